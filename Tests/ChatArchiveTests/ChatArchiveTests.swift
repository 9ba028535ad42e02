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

  @Test("archive-no-chat: an archive without a text of WhatsApp's is refused")
  func noChat() {
    #expect(refusal([ZipWriter.Entry("notes.txt", Self.text)]) == ChatArchiveError.noChat)
    #expect(refusal([ZipWriter.Entry("WhatsApp.jpg", Self.text)]) == ChatArchiveError.noChat)
    #expect(refusal([ZipWriter.Entry("_CHAT.TXT", Self.text)]) == ChatArchiveError.noChat)
  }

  @Test("archive-several-chats: an archive with two possible chats is refused, not guessed")
  func severalChats() {
    let two = [ZipWriter.Entry("_chat.txt", Self.text), ZipWriter.Entry("WhatsApp Chat with Ana.txt", Self.text)]
    #expect(refusal(two) == ChatArchiveError.severalChats)
  }

  @Test("archive-name-repeated: two entries of one name are refused, whichever is the chat")
  func repeatedName() {
    let chat = ZipWriter.Entry("_chat.txt", Self.text)
    #expect(refusal([chat, chat]) == ChatArchiveError.repeatedName)
    let image = ZipWriter.Entry("a.jpg", "")
    #expect(refusal([chat, image, image]) == ChatArchiveError.repeatedName)
    let spellings = [ZipWriter.Entry("\u{E4}.jpg", ""), ZipWriter.Entry("a\u{308}.jpg", "")]
    #expect(refusal([chat] + spellings) == ChatArchiveError.repeatedName, "two spellings of one name")
  }

  @Test(
    "archive-name-unsafe: a name that is a path is refused, though nothing is ever written",
    arguments: ["../_chat.txt", "/etc/passwd", "a/_chat.txt", "a\\b.txt", "C:evil.txt", "..", "a\nb"])
  func unsafeName(name: String) {
    let chat = ZipWriter.Entry("_chat.txt", Self.text)
    #expect(refusal([chat, ZipWriter.Entry(name, "x")]) == ChatArchiveError.unsafeName)
  }

  @Test("archive-name-unsafe: no name, and one of a byte above the limit")
  func nameLength() {
    let chat = ZipWriter.Entry("_chat.txt", Self.text)
    let limit = ChatArchive.nameByteCountLimit
    let longest = ZipWriter.Entry(String(repeating: "n", count: limit), "")
    #expect(refusal([chat, longest]) == nil)
    #expect(refusal([chat, ZipWriter.Entry("a\u{1B}[2J.jpg", "")]) == ChatArchiveError.malformed, "as libzip sees it")
    #expect(refusal([chat, ZipWriter.Entry("", "")]) == ChatArchiveError.unsafeName)
    let longer = ZipWriter.Entry(String(repeating: "n", count: limit + 1), "")
    #expect(refusal([chat, longer]) == ChatArchiveError.unsafeName)
  }

  @Test("archive-encrypted: an encrypted entry is refused, be it the chat or not")
  func encrypted() {
    var chat = ZipWriter.Entry("_chat.txt", Self.text)
    var other = ZipWriter.Entry("a.jpg", "twelve bytes and more")
    other.flags = 0x0801
    #expect(refusal([chat, other]) == ChatArchiveError.encrypted)
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

  @Test("archive-malformed: a checksum, a length or a comment that is not as it should be is refused")
  func contradictions() {
    var checksum = deflated
    checksum.checksum = 1
    var shorter = deflated
    shorter.byteCount = UInt32(shorter.content.count - 1)
    var longer = deflated
    longer.byteCount = UInt32(longer.content.count + 1)
    for entry in [checksum, shorter, longer] { #expect(refusal([entry]) == ChatArchiveError.malformed) }
    #expect(refusal([deflated], comment: [0x20]) == ChatArchiveError.malformed)
    var changed = ZipWriter.archive([deflated])
    changed[30] ^= 1
    #expect(refusal(changed) == ChatArchiveError.malformed, "the local name is not the directory's")
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
