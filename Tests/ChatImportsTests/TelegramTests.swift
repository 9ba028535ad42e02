import ChatHistory
import ChatImports
import ErrorCodes
import StrictJSON
import TestSupport
import Testing

@Suite("Telegram Desktop's result.json")
struct TelegramTests {
  private static let head = #"{"id": 1, "type": "message", "date": "2026-06-13T07:45:09", "from": "Ana""#

  private func message(_ members: String) throws -> Message {
    let file = try ChatFile(Array(#"{"messages": [\#(Self.head), \#(members)}]}"#.utf8))
    #expect(file.format == .telegram)
    return try #require(try file.chat().messages.first)
  }

  @Test("a single chat has its name, and each message its time, sender and text")
  func single() throws {
    let text = """
      {"name": "Garden", "type": "private_group", "id": 7, "messages": [
       {"id": 1, "type": "service", "date": "2026-06-13T07:44:00", "actor": "Ana", "action": "create_group",
        "title": "Garden", "members": ["Ana", "Böb"], "text": ""},
       {"id": 2, "type": "message", "date": "2026-06-13T07:45:09", "date_unixtime": "1", "from": "Ana",
        "from_id": "user1", "text": "Shall we meet?\\nAt 7?", "reply_to_message_id": 1},
       {"id": 3, "type": "message", "date": "2026-06-13T07:46:00", "edited": "2026-06-13T07:47:00", "from": "Böb",
        "text": ["See ", {"type": "link", "text": "https://example.org"}, {"type": "bold", "text": "!"}]}
      ]}
      """
    let file = try ChatFile(Array(text.utf8))
    #expect(file.listings == [ChatListing(name: "Garden", identifier: "7", messageCount: 3)])
    let chat = try file.chat()
    #expect(chat.title == "Garden" && !chat.isDateOrderAmbiguous)
    #expect(chat.messages.map(\.kind) == [.system, .text, .text])
    #expect(chat.messages.map(\.sender) == [nil, "Ana", "Böb"])
    #expect(chat.messages[0].text == "Ana: create group “Garden” Ana, Böb")
    #expect(chat.messages[1].text == "Shall we meet?\nAt 7?")
    #expect(chat.messages[1].time == LocalTime("2026-06-13 07:45:09"))
    #expect(chat.messages[2].text == "See https://example.org!")
    #expect(chat.messages.map(\.isEdited) == [false, false, true])
  }

  @Test("media have their caption and file name; what was not exported has none")
  func media() throws {
    let photo = try message(#""photo": "photos/photo_1.jpg", "text": "look""#)
    #expect(photo.kind == .media && photo.text == "look" && photo.attachment == "photo_1.jpg")
    let file = try message(
      #""file": "files/x.pdf", "file_name": "plan.pdf", "mime_type": "application/pdf", "text": """#)
    #expect(file.kind == .media && file.attachment == "plan.pdf")
    let missing = try message(
      #""file": "(File not included. Change data exporting settings to download.)", "media_type": "sticker", "text": """#
    )
    #expect(missing.kind == .media && missing.attachment == nil)
    for member in [#""location_information": {"latitude": 1.5}"#, #""contact_information": {"first_name": "X"}"#] {
      #expect(try message(member).kind == .media)
    }
  }

  @Test("polls are text, calls keep their caller, deleted accounts are named, and 1970 is not edited")
  func others() throws {
    let poll = try message(
      #""text": "", "poll": {"question": "When?", "closed": false, "answers": [{"text": "Mo", "voters": 1}]}"#)
    #expect(poll.kind == .text && poll.text == "When?\n– Mo")
    let call = try ChatFile(
      Array(
        #"{"messages": [{"type": "service", "date": "2026-06-13T07:45:09", "actor": "Ana", "action": "phone_call", "discard_reason": "missed", "text": ""}]}"#
          .utf8)
    ).chat().messages[0]
    #expect(call.kind == .system && call.sender == "Ana" && call.text == "phone call (missed)")
    let gone = try ChatFile(
      Array(#"{"messages": [{"type": "message", "date": "2026-06-13T07:45:09", "from": null, "text": "x"}]}"#.utf8))
    #expect(try gone.chat().messages[0].sender == "Deleted Account")
    #expect(try !message(#""text": "x", "edited": "1970-01-01T01:00:00""#).isEdited)
    #expect(try message(#""text": "x", "edited_unixtime": "1780000000""#).isEdited)
  }

  @Test("an instant alone is read as the given clock showed it")
  func instants() throws {
    let bytes = Array(
      #"{"messages": [{"type": "message", "date_unixtime": "1544006350", "from": "A", "text": "x"}]}"#.utf8)
    #expect(try ChatFile(bytes).chat().messages[0].time == LocalTime("2018-12-05 10:39:10"))
    let berlin = WallClock { _ in 3600 }
    #expect(try ChatFile(bytes, clock: berlin).chat().messages[0].time == LocalTime("2018-12-05 11:39:10"))
  }

  @Test("what Telegram could not export is left out and counted, and the rest of the chat is read")
  func unexported() throws {
    let text = #"""
      {"name": "Garden", "id": 7, "messages": [{"id": 9, "type": "unsupported"}, \#(Self.head), "text": "one"},
       {"id": 10, "type": "unsupported"}]}
      """#
    let chat = try ChatFile(Array(text.utf8)).chat()
    #expect(chat.messages.map(\.text) == ["one"] && chat.unexportedCount == 2)
    let omission = ChatSelection(chat).omission
    #expect(omission.unexportedCount == 2 && !omission.isEmpty)
  }

  @Test(
    "chat-not-an-export: a message of an unknown type that has words or a time is not passed over, nor is one of no type",
    arguments: [
      #"{"id": 9, "type": "unsupported", "text": "x"}"#, #"{"id": 9, "type": "unsupported", "date": "x"}"#,
      #"{"id": 9, "type": "message"}"#, #"{"id": 9, "type": "service"}"#, #"{"id": 9}"#,
    ])
  func notPassedOver(message: String) throws {
    let text = #"{"messages": [\#(Self.head), "text": "one"}, \#(message)]}"#
    #expect(throws: ChatImportError(ChatHistoryError.notAnExport, "")) { try ChatFile(Array(text.utf8)).chat() }
  }

  @Test("chat-not-an-export: a chat of nothing but messages that could not be exported")
  func unexportedAlone() {
    let text = #"{"messages": [{"id": 9, "type": "unsupported"}]}"#
    #expect(throws: ChatImportError(ChatHistoryError.notAnExport, "")) { try ChatFile(Array(text.utf8)).chat() }
  }

  private static let account = """
    {"about": "x", "contacts": {"list": []}, "chats": {"about": "y", "list": [
      {"name": "Garden", "id": 7, "messages": [\(head), "text": "one"}]},
      {"name": "Work", "id": 8, "messages": [\(head), "text": "two"}]},
      {"name": "Work", "id": 9, "messages": [\(head), "text": "three"}]}]},
     "left_chats": {"list": [{"id": 10, "messages": [\(head), "text": "four"}]}]}}
    """

  @Test("of a whole account one chat is read, by name or identifier")
  func account() throws {
    let file = try ChatFile(Array(Self.account.utf8))
    #expect(file.listings.map(\.identifier) == ["7", "8", "9", "10"])
    #expect(try file.chat("Garden").messages[0].text == "one")
    #expect(try file.chat("9").messages[0].text == "three")
    #expect(try file.chat("10").title == nil)
  }

  @Test("chat-not-chosen, chat-unknown, chat-name-ambiguous: no chat of an account is guessed")
  func choices() throws {
    let file = try ChatFile(Array(Self.account.utf8))
    for (choice, code) in [
      (nil, ChatImportError.chatNotChosen), ("garden", ChatImportError.chatUnknown), ("", ChatImportError.chatUnknown),
      ("Work", ChatImportError.chatNameAmbiguous),
    ] as [(String?, ErrorCode)] {
      #expect(throws: ChatImportError(code, "")) { try file.chat(choice) }
    }
  }

  @Test("of two texts, as what a bot's page sent has them, the last counts")
  func repeatedText() throws {
    let text = #"""
      {"messages": [{"id": 1, "type": "service", "date": "2026-06-13T07:45:09", "actor": "Ana",
       "action": "send_webview_data", "text": "Order", "text": [{"type": "plain", "text": "b"}]}]}
      """#
    let chat = try ChatFile(Array(text.utf8)).chat()
    #expect(chat.messages.map(\.text) == ["Ana: send webview data b"])
  }

  @Test("control characters, which Telegram Desktop writes in two digits, are blanks")
  func controls() throws {
    let plain = try message(#""text": "a\x0Bb\x1fc\n\"""#)
    #expect(plain.text == "a b c\n\"")
    let media = try message(#""text": "", "file": "files/a.pdf", "file_name": "a\x00.pdf""#)
    #expect(media.attachment == "a .pdf")
  }

  @Test(
    "json-malformed: two digits of any other character, one digit, and none",
    arguments: [#"\x20"#, #"\x7F"#, #"\x1"#, #"\x"#, #"\x1G"#, #"\X0B"#, #"\x 1"#])
  func otherDigits(escape: String) {
    let bytes = Array(#"{"messages": [\#(Self.head), "text": "\#(escape)"}]}"#.utf8)
    #expect(throws: ChatImportError(JSONError.malformed, "")) { try ChatFile(bytes) }
  }

  @Test(
    "chat-not-an-export: JSON that is no chat, and a message without a time or with a text of another type",
    arguments: [
      #"{"a": 1, "chats": {"list": []}}"#, #"{"chats": 1}"#, #"{"chats": {"list": [{"name": "x"}]}}"#,
      #"{"messages": 1}"#, #"{"messages": []}"#, #"{"messages": [{"type": "message", "from": "A", "text": "x"}]}"#,
      #"{"messages": [{"date": "2026-13-13T07:45:09", "from": "A", "text": "x"}]}"#,
      #"{"messages": [{"date": "2026-06-13T07:45:09", "from": "A", "text": 5}]}"#,
      #"{"messages": [{"date": "2026-06-13T07:45:09", "from": "A", "text": [5]}]}"#, #"{"messages": [1]}"#,
    ])
  func malformed(text: String) {
    let error = #expect(throws: ChatImportError.self) { try ChatFile(Array(text.utf8)).chat() }
    #expect(error?.code == ChatHistoryError.notAnExport)
  }

  @Test("chat-too-large: more values than the limit are refused before any is made")
  func values() {
    let bytes = Array(#"{"messages": ["#.utf8) + [UInt8](repeating: UInt8(ascii: ","), count: 8 << 20)
    #expect(throws: ChatImportError(ChatHistoryError.tooLarge, "")) { try ChatFile(bytes) }
    let large = [UInt8](repeating: 0x20, count: ChatFile.byteCountLimit + 1)
    #expect(throws: ChatImportError(ChatHistoryError.tooLarge, "")) { try ChatFile(large) }
  }

  @Test("an export cut at any byte is refused, and no changed byte does harm")
  func truncations() {
    let bytes = Array(Self.account.utf8)
    for length in 0..<bytes.count { #expect(throws: ChatImportError.self) { try ChatFile(Array(bytes[..<length])) } }
    #expect(throws: ChatImportError.self) { try ChatFile(bytes + [UInt8(ascii: "}")]) }
    for index in bytes.indices {
      for value in [0, 0x22, 0x2C, 0x30, 0x5B, 0x5C, 0x7D, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = value
        guard let file = try? ChatFile(changed) else { continue }
        for listing in file.listings { _ = try? file.chat(listing.identifier) }
      }
    }
  }

  private struct Expected: Decodable {
    let timeUnix: Int64
    let sender: String
    let text: String

    enum CodingKeys: String, CodingKey {
      case sender, text
      case timeUnix = "time_unix"
    }
  }

  @Test("the published export gives its messages, parts joined by nothing", .enabled(if: VectorFolder.isPresent))
  func vector() throws {
    let chat = try ChatFile(try VectorFolder.bytes("chat-exports/telegram/single.json")).chat()
    let expected = try VectorFolder.json("chat-exports/telegram/expected.json", as: [Expected].self)
    #expect(chat.messages.count == expected.count)
    #expect(
      try expected.count
        == VectorFolder.caseCount("chat-exports/telegram/expected.json", published: 2, held: expected.count))
    for (message, entry) in zip(chat.messages, expected) {
      #expect(message.sender == entry.sender)
      #expect(message.text.replacing(" ", with: "") == entry.text.replacing(" ", with: ""))
      #expect(message.time == WallClock.utc.time(atUnixSeconds: entry.timeUnix))
    }
  }
}
