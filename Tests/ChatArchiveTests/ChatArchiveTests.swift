import ChatArchive
import ErrorCodes
import Testing

@Suite("WhatsApp's zip archive: one text is unpacked, and nothing else is looked at")
struct ChatArchiveTests {
  private static let text = "13.06.18, 21:25 - a: hello\n"

  private func refusal(_ entries: [ZipWriter.Entry], comment: [UInt8] = []) -> ErrorCode? {
    refusal(ZipWriter.archive(entries, comment: comment))
  }

  private func refusal(_ archive: [UInt8]) -> ErrorCode? {
    do {
      _ = try ChatArchive(archive)
      return nil
    } catch {
      return error.code
    }
  }

  /// Twenty lines, deflated.
  private var deflated: ZipWriter.Entry {
    var entry = ZipWriter.Entry("_chat.txt", String(repeating: Self.text, count: 20))
    entry.packed = [
      0x33, 0x34, 0xD6, 0x33, 0x30, 0xD3, 0x33, 0xB4, 0xD0, 0x51, 0x30, 0x32, 0xB4, 0x32, 0x32, 0x55, 0xD0, 0x55, 0x48,
      0xB4, 0x52, 0xC8, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 0x32, 0x1C, 0x95, 0x1A, 0xD9, 0x52, 0x00,
    ]
    entry.method = 8
    return entry
  }

  @Test(
    "the chat of each phone's archive is read, with media beside it",
    arguments: ["_chat.txt", "WhatsApp Chat with Ana.txt", "Chat de WhatsApp con Ana.txt", "WhatsApp Chat mit Böb.txt"])
  func reads(name: String) throws {
    let archive = try ChatArchive(
      ZipWriter.archive([
        ZipWriter.Entry("IMG-20260613-WA0001.jpg", "not looked at"), ZipWriter.Entry(name, Self.text),
        ZipWriter.Entry("shopping.txt", "milk"),
      ]))
    #expect(archive.name == name)
    #expect(archive.text == Array(Self.text.utf8))
  }

  @Test("a deflated chat is inflated, and an empty one is empty")
  func inflates() throws {
    #expect(try ChatArchive(ZipWriter.archive([deflated])).text == deflated.content)
    #expect(try ChatArchive(ZipWriter.archive([ZipWriter.Entry("_chat.txt", "")])).text == [])
  }

  @Test("an archive is told by its first bytes")
  func isArchive() {
    #expect(ChatArchive.isArchive(ZipWriter.archive([deflated])))
    #expect(ChatArchive.isArchive(ZipWriter.archive([])))
    for text in ["", "PK", Self.text, "{}"] { #expect(!ChatArchive.isArchive(Array(text.utf8))) }
  }

  @Test("the one text of an archive is its chat, whatever it is called: not every language names WhatsApp")
  func onlyText() throws {
    let image = ZipWriter.Entry("WhatsApp.jpg", "")
    for name in ["دردشة واتساب مع سلمى.txt", "chat.txt", "Chat/chat.txt"] {
      let archive = try ChatArchive(ZipWriter.archive([image, ZipWriter.Entry(name, Self.text)]))
      #expect(archive.text == Array(Self.text.utf8))
    }
    let two = [ZipWriter.Entry("chat.txt", Self.text), ZipWriter.Entry("notes.txt", "milk")]
    #expect(refusal(two) == ChatArchiveError.severalChats)
    #expect(try ChatArchive(ZipWriter.archive(two + [ZipWriter.Entry("result.json", "{}")])).name == "result.json")
  }

  @Test("archive-no-chat: an archive without a text is refused")
  func noChat() {
    #expect(refusal([ZipWriter.Entry("WhatsApp.jpg", Self.text)]) == ChatArchiveError.noChat)
    #expect(refusal([ZipWriter.Entry("_CHAT.TXT", Self.text)]) == ChatArchiveError.noChat)
  }

  @Test("_chat.txt wins over a chat that was sent in it, and WhatsApp's text over other apps'")
  func preferred() throws {
    let sent = ZipWriter.Entry("00000012-WhatsApp Chat with Ana.txt", "sent")
    let chat = ZipWriter.Entry("_chat.txt", Self.text)
    #expect(try ChatArchive(ZipWriter.archive([sent, sent, chat])).text == Array(Self.text.utf8))
    let other = ZipWriter.Entry("result.json", "{}")
    #expect(try ChatArchive(ZipWriter.archive([other, sent])).name == "00000012-WhatsApp Chat with Ana.txt")
  }

  @Test("Telegram's and Signal's files are chats of an archive too", arguments: ["result.json", "main.jsonl"])
  func otherApps(name: String) throws {
    for path in [name, "ChatExport_2026-06-13/" + name] {
      let attached = ZipWriter.Entry("ChatExport_2026-06-13/files/WhatsApp Chat with Ana.txt", "sent")
      let archive = try ChatArchive(ZipWriter.archive([ZipWriter.Entry(path, "{}"), attached]))
      #expect(archive.name == name && archive.text == Array("{}".utf8))
    }
  }

  @Test("an archive that a computer packed again is read: a folder, its shadows, repeated, odd and encrypted media")
  func packedAgain() throws {
    var image = ZipWriter.Entry("Chat/a.jpg", "twelve bytes and more")
    image.flags = 0x0801
    let long = String(repeating: "n", count: ChatArchive.nameByteCountLimit + 1)
    let others = [
      "Chat/", "__MACOSX/", "__MACOSX/._chat.txt", "../x", "/etc/passwd", "a\\b.txt", "C:x", "..", "a\nb", "", long,
    ]
    let entries = others.map { ZipWriter.Entry($0, "") } + [image, image]
    for name in ["_chat.txt", "WhatsApp Chat with Ana.txt"] {
      let shadow = ZipWriter.Entry("__MACOSX/Chat/._\(name)", "not looked at")
      for folder in ["", "Chat/"] {
        let chat = ZipWriter.Entry(folder + name, Self.text)
        let archive = try ChatArchive(ZipWriter.archive(entries + [shadow, chat], comment: Array("packed".utf8)))
        #expect(archive.name == name && archive.text == Array(Self.text.utf8))
      }
    }
  }

  @Test("a chat at the top is the archive's, whatever lies in folders")
  func top() throws {
    let entries = [ZipWriter.Entry("other/_chat.txt", "other"), ZipWriter.Entry("_chat.txt", Self.text)]
    #expect(try ChatArchive(ZipWriter.archive(entries)).text == Array(Self.text.utf8))
  }

  @Test("archive-several-chats: an archive with two possible chats is refused, not guessed")
  func severalChats() {
    for names in [
      ["WhatsApp Chat with Ana.txt", "WhatsApp Chat with Ben.txt"], ["result.json", "main.jsonl"],
      ["a/_chat.txt", "b/_chat.txt"], ["a/_chat.txt", "b/WhatsApp Chat with Ben.txt"],
    ] {
      #expect(refusal(names.map { ZipWriter.Entry($0, Self.text) }) == ChatArchiveError.severalChats, "\(names)")
    }
  }

  @Test("archive-no-chat: two folders deep, and what a Mac keeps beside a file")
  func hidden() {
    for name in [
      "a/b/_chat.txt", "__MACOSX/_chat.txt", "__MACOSX/._chat.txt", "._WhatsApp Chat with Ana.txt", "_chat.txt/",
    ] {
      #expect(refusal([ZipWriter.Entry(name, Self.text)]) == ChatArchiveError.noChat, "\(name)")
    }
  }

  @Test("archive-name-repeated: two chats of one name are refused, whichever is meant")
  func repeatedName() {
    for name in ["_chat.txt", "Chat/_chat.txt", "WhatsApp Chat with Ana.txt", "result.json"] {
      let chat = ZipWriter.Entry(name, Self.text)
      #expect(refusal([chat, chat]) == ChatArchiveError.repeatedName, "\(name)")
    }
  }

  @Test(
    "archive-name-unsafe: a chat whose name is a path is refused, though nothing is ever written",
    arguments: [
      "../_chat.txt", "/_chat.txt", "./_chat.txt", "C:/_chat.txt", "a\\b/_chat.txt", "a\nb/_chat.txt", "C:WhatsApp.txt",
      "..\\WhatsApp.txt", "a\nWhatsApp.txt",
    ])
  func unsafeName(name: String) {
    #expect(refusal([ZipWriter.Entry(name, Self.text)]) == ChatArchiveError.unsafeName)
  }

  @Test("archive-name-unsafe: a chat's name of a byte above the limit")
  func nameLength() {
    let chat = ZipWriter.Entry("_chat.txt", Self.text)
    let limit = ChatArchive.nameByteCountLimit
    let start = "WhatsApp Chat with "
    func named(_ byteCount: Int) -> ZipWriter.Entry {
      ZipWriter.Entry(start + String(repeating: "n", count: byteCount - start.utf8.count - 4) + ".txt", "")
    }
    #expect(refusal([named(limit)]) == nil)
    #expect(refusal([named(limit + 1)]) == ChatArchiveError.unsafeName)
    #expect(refusal([chat, ZipWriter.Entry("a\u{1B}[2J.jpg", "")]) == ChatArchiveError.malformed, "as libzip sees it")
  }

  @Test("archive-encrypted: an encrypted chat is refused")
  func encrypted() {
    var chat = ZipWriter.Entry("_chat.txt", Self.text)
    chat.flags = 0x0801
    #expect(refusal([chat]) == ChatArchiveError.encrypted)
  }

  @Test("archive-method: a chat packed by another method than WhatsApp's is refused")
  func method() {
    for method in [1, 6, 9, 12, 14, 93, 95] as [UInt16] {
      var chat = ZipWriter.Entry("_chat.txt", Self.text)
      chat.method = method
      #expect(refusal([chat]) == ChatArchiveError.method, "\(method)")
    }
  }

  @Test("archive-ratio: a chat that grows by more than the limit is refused before it is unpacked")
  func bomb() {
    var chat = deflated
    let packedByteCount = UInt32(chat.packed?.count ?? 0)
    chat.byteCount = packedByteCount * UInt32(ChatArchive.ratioLimit) + UInt32(ChatArchive.ratioLimit)
    #expect(refusal([chat]) == ChatArchiveError.ratio)
    // At the limit the ratio is no reason: that the directory lies is found when the text is unpacked.
    chat.byteCount = packedByteCount * UInt32(ChatArchive.ratioLimit)
    #expect(refusal([chat]) == ChatArchiveError.malformed)
  }

  @Test("archive-too-large: a chat of one byte above the limit is refused by the directory alone")
  func tooLarge() {
    var chat = deflated
    chat.byteCount = UInt32(ChatArchive.textByteCountLimit) + 1
    #expect(refusal([chat]) == ChatArchiveError.tooLarge)
  }

  @Test("archive-too-large: one entry above the limit is refused, and so is the form for more than 65,534")
  func entryCount() {
    let end: (UInt16) -> [UInt8] = { count in
      let bytes = [UInt8(count & 0xFF), UInt8(count >> 8)]
      return [0x50, 0x4B, 0x05, 0x06, 0, 0, 0, 0] + bytes + bytes + [UInt8](repeating: 0, count: 10)
    }
    #expect(refusal(end(UInt16(ChatArchive.entryCountLimit) + 1)) == ChatArchiveError.tooLarge)
    #expect(refusal(end(0xFFFF)) == ChatArchiveError.tooLarge)
    #expect(refusal(end(UInt16(ChatArchive.entryCountLimit))) == ChatArchiveError.malformed)
  }

  @Test("archive-malformed: a checksum or a length that is not as it should be is refused")
  func contradictions() {
    var checksum = deflated
    checksum.checksum = 1
    var shorter = deflated
    shorter.byteCount = UInt32(shorter.content.count - 1)
    var longer = deflated
    longer.byteCount = UInt32(longer.content.count + 1)
    let image = ZipWriter.Entry("a.jpg", "")
    for entry in [checksum, shorter, longer] {
      #expect(refusal([entry]) == ChatArchiveError.malformed)
      // Where libzip's own check is left out.
      #expect(refusal([entry, image, image]) == ChatArchiveError.malformed)
    }
    var changed = ZipWriter.archive([deflated])
    changed[30] ^= 1
    #expect(refusal(changed) == ChatArchiveError.malformed, "the local name is not the directory's")
  }

  @Test("archive-malformed: a comment that is another end, or the record of the large form before the end")
  func ends() {
    let archive = ZipWriter.archive([deflated])
    let end = Array(archive.suffix(22))
    #expect(refusal([deflated], comment: end) == ChatArchiveError.malformed)
    var count = end
    count.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(
      refusal([deflated], comment: count + [0]) == ChatArchiveError.tooLarge, "an end that does not fit counts too")
    let locator = [0x50, 0x4B, 0x06, 0x07] + [UInt8](repeating: 0, count: 16)
    #expect(refusal(archive.dropLast(22) + locator + end) == ChatArchiveError.malformed)
    let longest = [UInt8](repeating: 0x20, count: 0xFFFF)
    #expect(refusal([deflated], comment: longest) == nil)
    #expect(refusal(ZipWriter.archive([deflated], comment: longest) + [0x20]) == ChatArchiveError.malformed)
  }

  @Test("archive-malformed: every truncation and one byte too many is refused, and no changed byte does harm")
  func truncations() {
    let archive = ZipWriter.archive([deflated, ZipWriter.Entry("a.jpg", "x")])
    for length in 0..<archive.count { #expect(refusal(Array(archive[..<length])) == ChatArchiveError.malformed) }
    #expect(refusal(archive + [0]) == ChatArchiveError.malformed)
    for index in archive.indices {
      for bit in 0..<8 {
        var changed = archive
        changed[index] ^= 1 << bit
        if let read = try? ChatArchive(changed) { #expect(read.text == deflated.content) }
      }
    }
  }
}
