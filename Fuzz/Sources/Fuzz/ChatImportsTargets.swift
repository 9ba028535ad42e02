import ChatArchive
import ChatHistory
import ChatImports

extension FuzzTarget {
  static let chatImports = [
    imported("telegram-export", ImportFixture.telegram), imported("signal-export", ImportFixture.signal),
    imported("signal-export-json", ImportFixture.signalExportJSON), imported("signal-text", ImportFixture.signalTexts),
    FuzzTarget("chat-archive", seeds: { ImportFixture.archives }) { bytes in
      guard let archive = try? ChatArchive(bytes) else { return }
      claim(archive.text.count <= ChatArchive.textByteCountLimit, "a text keeps to its limit")
      claim(archive.text.count / ChatArchive.ratioLimit <= bytes.count, "a text keeps to its ratio")
      claim(archive.name.hasSuffix(".txt") && !archive.name.contains("/"), "the chat's name is no path")
    },
  ]

  /// Whatever a file of chats is taken for, its messages fit a transcript.
  private static func imported(_ name: String, _ seeds: [String]) -> FuzzTarget {
    FuzzTarget(name, maximumByteCount: 1 << 13, seeds: { seeds.map { Array($0.utf8) } }) { bytes in
      guard let file = try? ChatFile(bytes) else { return }
      claim(!file.listings.isEmpty, "a file holds a chat")
      for listing in file.listings {
        guard let chat = try? file.chat(listing.identifier.isEmpty ? nil : listing.identifier) else { continue }
        let canonical = chat.messages.map(ChatTranscript.canonical)
        claim(
          try ChatTranscript.parse(ChatTranscript.text(of: chat.messages)) == canonical,
          "the transcript of an import reads as its messages")
      }
    }
  }
}

private enum ImportFixture {
  static let telegram = [
    #"""
    {"name": "Garden", "type": "private_group", "id": 7, "messages": [
     {"id": 1, "type": "service", "date": "2026-06-13T07:44:00", "actor": "Ana", "action": "create_group",
      "title": "Garden", "members": ["Ana"], "text": ""},
     {"id": 2, "type": "message", "date": "2026-06-13T07:45:09", "from": "Ana", "photo": "photos/a.jpg",
      "text": ["See ", {"type": "link", "text": "https:\/\/example.org"}], "edited_unixtime": "1780000000"}]}
    """#,
    #"{"chats": {"list": [{"name": "a", "id": 1, "messages": [{"date_unixtime": "1544006350", "from": "A", "text": "x"}]}]}}"#,
  ]
  static let signal = [
    #"""
    {"version": "1"}
    {"account": {"givenName": "Mia"}}
    {"recipient": {"id": "1", "self": {}}}
    {"recipient": {"id": "2", "contact": {"aci": "AAAA", "e164": "491701234567", "profileGivenName": "Ana"}}}
    {"chat": {"id": "10", "recipientId": "2"}}
    {"chatItem": {"chatId": "10", "authorId": "2", "dateSent": "1781336709000", "standardMessage": {"text": {"body": "\uFFFC!", "bodyRanges": [{"length": 1, "mentionAci": "AAAA"}]}}}}
    {"chatItem": {"chatId": "10", "authorId": "1", "dateSent": "1781336760000", "remoteDeletedMessage": {}}}

    """#
  ]
  static let signalExportJSON = [
    #"{"date": "2026-06-13T07:45:09", "sender": "Me", "body": "Hello  ", "attachments": [{"name": "a.jpg"}]}"#
  ]
  static let signalTexts = [
    "[2026-06-13, 07:45] Ana: Hello\nmore\n", "[2026-06-13 07:45:09] Ana: (This message was deleted)\n",
    "2026-06-13 07:45 You: [edited, 2 attachments] x\n2026-06-13 07:46 Ana: y\n",
    "[Jun 13, 2026 07:45:00] <Ana> x\n[Jun 13, 2026 07:46:00] *** <A> sent file\n[Jun 13, 2026 07:46:00] *** y\n",
  ]

  /// One stored text in an archive, and the same deflated.
  static let archives = [
    stored(name: "_chat.txt", content: Array("13.06.18, 21:25 - a: m\n".utf8), method: 0, byteCount: 23, 0xD560_7FA1),
    stored(
      name: "_chat.txt",
      content: [
        0x33, 0x34, 0xD6, 0x33, 0x30, 0xD3, 0x33, 0xB4, 0xD0, 0x51, 0x30, 0x32, 0xB4, 0x32, 0x32, 0x55, 0xD0, 0x55,
        0x48, 0xB4, 0x52, 0xC8, 0xE5, 0x02, 0x00,
      ], method: 8, byteCount: 23,
      0xD560_7FA1),
  ]

  private static func stored(
    name: String, content: [UInt8], method: UInt8, byteCount: UInt8, _ checksum: UInt32
  ) -> [UInt8] {
    var fields: [UInt8] = [20, 0, 0, 0, method, 0, 0, 0, 0, 0]
    fields += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32($0 * 8)) }
    fields += [UInt8(content.count), 0, 0, 0, byteCount, 0, 0, 0, UInt8(name.utf8.count), 0, 0, 0]
    let local: [UInt8] = [0x50, 0x4B, 3, 4] + fields + Array(name.utf8) + content
    var directory: [UInt8] = [0x50, 0x4B, 1, 2, 20, 0] + fields
    directory += [UInt8](repeating: 0, count: 14) + Array(name.utf8)
    let end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, UInt8(directory.count), 0, 0, 0]
    return local + directory + end + [UInt8(local.count), 0, 0, 0, 0, 0]
  }
}
