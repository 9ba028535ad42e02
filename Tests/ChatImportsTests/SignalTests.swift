import ChatHistory
import ChatImports
import ErrorCodes
import StrictJSON
import TestSupport
import Testing

@Suite("Signal's own export, main.jsonl")
struct SignalTests {
  /// Names and identifiers are invented.
  private static let lines = [
    #"{"version": "1", "backupTimeMs": "1781336700000"}"#,
    #"{"account": {"givenName": "Mia", "familyName": "Berg", "unknown": 1}}"#,
    #"{"recipient": {"id": "1", "self": {}}}"#,
    #"{"recipient": {"id": "2", "contact": {"aci": "AAAA", "e164": "491701234567", "profileGivenName": "Ana"}}}"#,
    #"{"recipient": {"id": "3", "contact": {"e164": "491709876543"}}}"#,
    #"{"recipient": {"id": "4", "group": {"snapshot": {"title": {"title": "Garden"}}}}}"#,
    #"{"chat": {"id": "10", "recipientId": "2"}}"#,
    #"{"chat": {"id": "11", "recipientId": "4"}}"#,
    #"{"chat": {"id": "12", "recipientId": "3"}}"#,
    #"{"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1781336709000", "incoming": {}, "standardMessage": {"text": {"body": "Hi \#u{FFFC}, 🎉 \#u{FFFC}?", "bodyRanges": [{"start": 3, "length": 1, "mentionAci": "AAAA"}]}}}}"#,
    #"{"chatItem": {"chatId": "11", "authorId": "1", "dateSent": "1781336760000", "outgoing": {}, "revisions": [{}], "standardMessage": {"text": {"body": "two\nlines"}}}}"#,
    #"{"chatItem": {"chatId": "11", "authorId": "3", "dateSent": 1781336820000, "standardMessage": {"text": {"body": "look"}, "attachments": [{"pointer": {"fileName": "a.jpg"}}]}}}"#,
    #"{"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1781336880000", "remoteDeletedMessage": {}}}"#,
    #"{"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1781336940000", "updateMessage": {"simpleUpdate": {"type": "IDENTITY_UPDATE"}}}}"#,
    #"{"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1781337000000", "updateMessage": {"individualCall": {}}}}"#,
    #"{"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1781337060000", "stickerMessage": {"sticker": {"emoji": "🎈"}}}}"#,
    #"{"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1781337120000", "somethingNew": {}}}"#,
    #"{"chatItem": {"chatId": "10", "authorId": "2", "dateSent": "1781337180000", "standardMessage": {"text": {"body": "private"}}}}"#,
    #"{"stickerPack": {}}"#,
  ]

  private static var bytes: [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }

  @Test("the chats are listed, and the chosen one has its people, mentions, edits, media and deletions")
  func reads() throws {
    let file = try ChatFile(Self.bytes)
    #expect(file.format == .signal)
    #expect(
      file.listings == [
        ChatListing(name: "Ana", identifier: "10", messageCount: 1),
        ChatListing(name: "Garden", identifier: "11", messageCount: 8),
      ])
    let messages = try file.chat("Garden").messages
    #expect(messages.map(\.sender) == ["Ana", "Mia Berg", "+491709876543", "Ana", nil, "Ana", "Ana", nil])
    #expect(messages.map(\.kind) == [.text, .text, .media, .deleted, .system, .system, .media, .system])
    #expect(messages[0].text == "Hi @Ana, 🎉 @someone?")
    #expect(messages[0].time == LocalTime("2026-06-13 07:45:09"))
    #expect(messages[1].text == "two\nlines" && messages[1].isEdited && !messages[0].isEdited)
    #expect(messages[2].attachment == "a.jpg" && messages[2].text == "look")
    #expect(messages[4].text == "identity update" && messages[5].text == "Call" && messages[6].text == "🎈")
    #expect(try file.chat("10").messages.map(\.text) == ["private"])
    #expect(throws: ChatImportError(ChatImportError.chatNotChosen, "")) { try file.chat() }
  }

  @Test("json-duplicate-member, json-malformed, chat-not-an-export: a line that is no frame refuses the file")
  func malformed() {
    for (line, code) in [
      (#"{"chat": {"id": "1", "id": "2"}}"#, JSONError.duplicateMember), ("{", JSONError.malformed),
      (#"{"chat": {"id": "1\x0B"}}"#, JSONError.malformed),
      ("[]", ChatHistoryError.notAnExport), ("7", ChatHistoryError.notAnExport),
    ] {
      let text = ([Self.lines[0], line] + Self.lines[1...]).joined(separator: "\n")
      #expect(throws: ChatImportError(code, "")) { try ChatFile(Array(text.utf8)) }
    }
    #expect(throws: ChatImportError(ChatHistoryError.notAnExport, "")) {
      try ChatFile(Array(Self.lines[..<9].joined(separator: "\n").utf8))
    }
  }

  @Test("chat-not-an-export: a message without a time is refused")
  func noTime() throws {
    let lines = Self.lines[..<9] + [#"{"chatItem": {"chatId": "11", "authorId": "2", "standardMessage": {}}}"#]
    let file = try ChatFile(Array(lines.joined(separator: "\n").utf8))
    #expect(throws: ChatImportError(ChatHistoryError.notAnExport, "")) { try file.chat() }
  }

  @Test("chat-line-too-long: a frame of one byte above the limit is refused")
  func longLine() throws {
    let limit = 1 << 20
    func line(_ count: Int) -> [UInt8] {
      let start = Array(#"{"chatItem": {"chatId": "11", "authorId": "2", "dateSent": "1", "x": ""#.utf8)
      return start + [UInt8](repeating: 0x78, count: count - start.count - 3) + Array(#""}}"#.utf8)
    }
    let start = Array((Self.lines[..<9].joined(separator: "\n") + "\n").utf8)
    #expect(try ChatFile(start + line(limit)).chat().messages.count == 1)
    #expect(throws: ChatImportError(ChatHistoryError.lineTooLong, "")) { try ChatFile(start + line(limit + 1)) }
  }

  @Test("an export cut at any byte is read as far as it goes or refused, and no changed byte does harm")
  func truncations() throws {
    let bytes = Self.bytes
    for length in 0..<bytes.count {
      guard let file = try? ChatFile(Array(bytes[..<length])) else { continue }
      #expect(file.listings.reduce(0) { $0 + $1.messageCount } <= 9)
    }
    for index in stride(from: 0, to: bytes.count, by: 3) {
      for value in [0, 0x22, 0x2C, 0x30, 0x7B, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = value
        guard let file = try? ChatFile(changed) else { continue }
        for listing in file.listings { _ = try? file.chat(listing.identifier) }
      }
    }
  }
}

@Suite("What tools make of Signal's messages")
struct SignalToolTests {
  private func chat(_ text: String, _ format: ChatFile.Format) throws -> Chat {
    let file = try ChatFile(Array(text.utf8), title: "Given")
    #expect(file.format == format)
    return try file.chat()
  }

  @Test("the published export gives its messages", .enabled(if: VectorFolder.isPresent))
  func vector() throws {
    struct Entry: Decodable { let time, sender, text: String }
    let chat = try ChatFile(try VectorFolder.bytes("chat-exports/signal/export.txt")).chat()
    let expected = try VectorFolder.json("chat-exports/signal/expected.json", as: [Entry].self)
    #expect(chat.messages.count == expected.count)
    #expect(
      try expected.count
        == VectorFolder.caseCount("chat-exports/signal/expected.json", published: 2, held: expected.count))
    for (message, entry) in zip(chat.messages, expected) {
      #expect(message.time == LocalTime(entry.time) && message.sender == entry.sender && message.text == entry.text)
    }
  }

  @Test("signal-export's Markdown, old and new")
  func markdown() throws {
    let text = """
      [2026-06-13 07:45:09] Ana: Hello  

      [2026-06-13 07:46:00] Böb: second  
      line: with a colon  

      [2026-06-13 07:47:00] Ana: (This message was deleted)
      """
    let chat = try chat(text, .signalText)
    #expect(chat.title == "Given")
    #expect(chat.messages.map(\.text) == ["Hello", "second  \nline: with a colon", ""])
    #expect(chat.messages.map(\.sender) == ["Ana", "Böb", "Ana"])
    #expect(chat.messages[2].kind == .deleted)
    #expect(try self.chat("[2026-06-13, 07:45] Ana: Hello", .signalText).messages[0].text == "Hello")
  }

  @Test("sigtop's short text, with its notes")
  func sigtop() throws {
    let text = """
      2026-06-13 07:45 You: Hello
      2026-06-13 07:46 Ana: [reply to You on 2026-06-13 07:45, edited] yes
      and more
      2026-06-13 07:47 Ana: [2 attachments] look
      2026-06-13 07:48 Ana: [group-v2-change message]
      2026-06-13 07:49 Ana: [sic] stays
      """
    let messages = try chat(text, .signalText).messages
    #expect(messages.map(\.text) == ["Hello", "yes\nand more", "look", "group-v2-change message", "[sic] stays"])
    #expect(messages.map(\.kind) == [.text, .text, .media, .system, .text])
  }

  @Test("signalbackup-tools' text")
  func backupTools() throws {
    let text = """
      [Jun 13, 2026 07:45:00] *** Ana added you to the group
      [Jun 13, 2026 07:46:00] <Ana> Hello
      again
      [Jun 13, 2026 07:47:00] *** <Böb> sent file "a.jpg"
      """
    let messages = try chat(text, .signalText).messages
    #expect(messages.map(\.sender) == [nil, "Ana", "Böb"])
    #expect(messages.map(\.text) == ["Ana added you to the group", "Hello\nagain", ""])
    #expect(messages[2].kind == .media && messages[1].time == LocalTime("2026-06-13 07:46"))
  }

  @Test("signal-export's data.json")
  func json() throws {
    let text = """
      {"date": "2026-06-13T07:45:09.120000", "sender": "Me", "body": "Hello  ", "quote": "", "attachments": []}
      {"date": "2026-06-13T07:46:00", "sender": "Ana", "body": "", "attachments": [{"name": "a.jpg", "path": "m/a.jpg"}]}
      {"date": "2026-06-13T07:47:00", "sender": "Ana", "body": "x", "deleted": true}
      """
    let messages = try chat(text, .signalExportJSON).messages
    #expect(messages.map(\.text) == ["Hello", "", ""])
    #expect(messages.map(\.kind) == [.text, .media, .deleted])
    #expect(messages[1].attachment == "a.jpg" && messages[0].time == LocalTime("2026-06-13 07:45:09"))
  }

  @Test("chat-not-an-export: a line of data.json without date, sender or body is refused")
  func malformedJSON() {
    let first = #"{"date": "2026-06-13T07:45:09", "sender": "Me", "body": "x"}"#
    for line in [
      #"{"sender": "Me", "body": "x"}"#, #"{"date": "2026-06-13", "body": "x"}"#,
      #"{"date": "x", "sender": "a", "body": "b"}"#,
    ] {
      #expect(throws: ChatImportError(ChatHistoryError.notAnExport, "")) {
        try ChatFile(Array("\(first)\n\(line)".utf8))
      }
    }
  }

  @Test(
    "WhatsApp's exports are not taken for Signal's",
    arguments: [
      "[2026-06-13, 07:45:09] Ana: Hello", "2026-06-13, 07:45 - Ana: Hello", "2026-06-13 07:45 - Ana: Hello",
      "\u{200E}[2026-06-13 07:45:09] Ana: Hello", "[2026-06-13 07:45:09] Garden: \u{200E}Messages are encrypted.",
      "13.06.18, 21:25 - a: m",
    ])
  func whatsApp(text: String) throws { #expect(try ChatFile(Array(text.utf8)).format == .whatsApp) }

  @Test("chat-not-an-export: HTML, and text of no known form, is refused")
  func unknown() {
    for text in ["<!DOCTYPE html>", "hello", "", "\n"] {
      #expect(throws: ChatImportError(ChatHistoryError.notAnExport, "")) { try ChatFile(Array(text.utf8)) }
    }
  }

  @Test("text cut at any byte is read or refused, and bytes that are no UTF-8 do no harm")
  func truncations() {
    let bytes = Array("[Jun 13, 2026 07:45:00] <Böb> x\n[Jun 13, 2026 07:46:00] *** <A> sent file\n".utf8)
    for length in 0...bytes.count { _ = try? ChatFile(Array(bytes[..<length])) }
    for index in bytes.indices {
      for value in [0, 0x0A, 0x20, 0x5D, 0x80, 0xC3, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = value
        _ = try? ChatFile(changed)
      }
    }
  }

  @Test("empty lines cost little, and those within a text stay")
  func emptyLines() throws {
    let start = "[Jun 13, 2026 07:45:00] <Ana> hi"
    let text = start + "\n\nyou" + String(repeating: "\n", count: 2_500_000)
    let begin = ContinuousClock.now
    let chat = try ChatFile(Array(text.utf8)).chat()
    // More than twenty seconds before.
    #expect(ContinuousClock.now - begin < .seconds(12))
    #expect(chat.messages.map(\.text) == ["hi\n\nyou"])
    #expect(try ChatFile(Array("\(start)\r\n \r\n".utf8)).chat().messages.map(\.text) == ["hi"])
  }

  @Test("a wall clock counts days as the calendar does")
  func clock() {
    for (seconds, text) in [
      (0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59"), (951_782_400, "2000-02-29 00:00:00"),
      (4_107_542_399, "2100-02-28 23:59:59"), (4_107_542_400, "2100-03-01 00:00:00"),
      (-62_135_596_800, "0001-01-01 00:00:00"), (253_402_300_799, "9999-12-31 23:59:59"),
    ] as [(Int64, String)] {
      #expect(WallClock.utc.time(atUnixSeconds: seconds) == LocalTime(text), "\(text)")
    }
    for seconds in [253_402_300_800, -62_135_596_801, .max, .min] as [Int64] {
      #expect(WallClock.utc.time(atUnixSeconds: seconds) == nil)
    }
  }
}
