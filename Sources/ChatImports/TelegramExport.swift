import ChatHistory
import StrictJSON

/// Reads `result.json`, the machine-readable export of Telegram Desktop: of one chat, or of the whole account
/// (https://core.telegram.org/import-export).
///
///     chat    = {"name", "type", "id", "messages": [message]}
///     account = {"chats"?: {"list": [chat]}, "left_chats"?: {"list": [chat]}, …}
///     message = {"type": "message" / "service", "date", "date_unixtime"?, "from" / "actor", "text", …}
///
/// A message that Telegram Desktop could not write is `{"id", "type": "unsupported"}` and nothing else: it is left out,
/// and counted. Members that say nothing of a message's words are passed over.
///
/// Telegram Desktop does not always write JSON: control characters are `\xNN`, which is a blank here, and what a bot's
/// page sent has `text` twice, of which the last is the message's.
///
/// Which message a reply answers is not kept: a transcript has no place for it.
struct TelegramExport: ImportedChats {
  let listings: [ChatListing]
  private let chats: [JSONText.Value]
  private let clock: WallClock

  /// - Throws: `chat-not-an-export`, `chat-too-large`, the codes of StrictJSON.
  init(_ bytes: [UInt8], clock: WallClock) throws(ChatImportError) {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let root = try BoundedJSON.parse(
      start == 0 ? bytes : Array(bytes[start...]), tolerating: [.hexadecimalControls, .repeatedMembers]
    ).root
    if root.member("messages") != nil {
      chats = [root]
    } else {
      chats =
        (root.member("chats")?.member("list")?.elements ?? [])
        + (root.member("left_chats")?.member("list")?.elements ?? [])
      guard !chats.isEmpty else { throw .notAnExport("JSON has neither messages nor a list of chats") }
    }
    self.clock = clock
    var listings: [ChatListing] = []
    for chat in chats {
      guard let messages = chat.member("messages")?.elements else { throw .notAnExport("a chat has no messages") }
      guard messages.count <= WhatsAppExport.messageCountLimit else {
        throw .tooLarge("export has more than \(WhatsAppExport.messageCountLimit) messages")
      }
      listings.append(
        ChatListing(
          name: chat.text("name"), identifier: chat.member("id")?.wideInteger.map(String.init) ?? "",
          messageCount: messages.count))
    }
    self.listings = listings
  }

  func chat(at index: Int) throws(ChatImportError) -> Chat {
    var messages: [Message] = []
    var unexportedCount = 0
    for (number, value) in (chats[index].member("messages")?.elements ?? []).enumerated() {
      if TelegramMessage.isUnexported(value) {
        unexportedCount += 1
        continue
      }
      guard let message = TelegramMessage(value, clock: clock)?.message else {
        throw .notAnExport("message \(number + 1) has no time or no text")
      }
      messages.append(message)
    }
    guard !messages.isEmpty else { throw .notAnExport("the chat has no messages") }
    return Chat(
      title: listings[index].name, messages: messages, dateOrder: .yearMonthDay, isDateOrderAmbiguous: false,
      unexportedCount: unexportedCount)
  }
}

/// One element of `messages`.
private struct TelegramMessage {
  let message: Message

  init?(_ value: JSONText.Value, clock: WallClock) {
    guard let time = Self.time(value, clock: clock), let text = Self.text(value.member("text")) else { return nil }
    if value.text("type") == "service" {
      message = Self.service(value, time: time, text: text)
      return
    }
    let isMedia = Self.mediaMembers.contains { name in value.member(name).map { !$0.isNull } ?? false }
    message = Message(
      time: time, sender: value.text("from") ?? value.text("from_id") ?? "Deleted Account",
      kind: isMedia ? .media : .text, text: isMedia ? text : Self.poll(value).map { text + $0 } ?? text,
      attachment: isMedia ? Self.fileName(value) : nil, isEdited: Self.isEdited(value))
  }

  /// Of a type that is neither of the two, without a time and without words. One that has either is read, or refused.
  static func isUnexported(_ value: JSONText.Value) -> Bool {
    guard let type = value.text("type"), type != "message", type != "service" else { return false }
    return value.member("date") == nil && value.member("date_unixtime") == nil && value.member("text") == nil
  }

  private static let mediaMembers: [StaticString] = [
    "photo", "file", "media_type", "contact_information", "location_information", "game_title", "invoice_information",
  ]

  /// `date` is what the exporter's wall clock showed; the other is an instant.
  private static func time(_ value: JSONText.Value, clock: WallClock) -> LocalTime? {
    value.text("date").flatMap { LocalTime($0) }
      ?? value.member("date_unixtime")?.wideInteger.flatMap { clock.time(atUnixSeconds: $0) }
  }

  /// A string, or strings and entities to be joined without anything between them; absent where nothing was written.
  private static func text(_ value: JSONText.Value?) -> String? {
    guard let value, !value.isNull else { return "" }
    if let text = value.string { return text }
    guard let parts = value.elements else { return nil }
    var text = ""
    for part in parts {
      guard let piece = part.string ?? part.member("text")?.string else { return nil }
      text += piece
    }
    return text
  }

  /// Old versions wrote 1970 for what was never edited.
  private static func isEdited(_ value: JSONText.Value) -> Bool {
    if let instant = value.member("edited_unixtime")?.wideInteger { return instant > 86_400 }
    return value.text("edited").flatMap { LocalTime($0) }.map { $0.year > 1970 } ?? false
  }

  /// Only the name: media are not read. What was not exported has a sentence in place of its path.
  private static func fileName(_ value: JSONText.Value) -> String? {
    if let name = value.text("file_name") { return name }
    guard let path = value.text("photo") ?? value.text("file"), !path.hasPrefix("("),
      let name = path.split(separator: "/").last
    else { return nil }
    return String(name)
  }

  /// Question and options of a poll, which stand beside the text.
  private static func poll(_ value: JSONText.Value) -> String? {
    guard let poll = value.member("poll"), let question = text(poll.member("question")) else { return nil }
    let options = (poll.member("answers")?.elements ?? []).compactMap { text($0.member("text")) }
    return ([question] + options.map { "– " + $0 }).joined(separator: "\n")
  }

  /// `Ana: pin message`; a call keeps its caller as sender.
  private static func service(_ value: JSONText.Value, time: LocalTime, text: String) -> Message {
    let actor = value.text("actor") ?? value.text("from")
    let action = value.text("action")?.replacing("_", with: " ") ?? "service message"
    var words = [action]
    if let title = value.text("title") { words.append("“\(title)”") }
    let members = (value.member("members")?.elements ?? []).compactMap(\.string)
    if !members.isEmpty { words.append(members.joined(separator: ", ")) }
    if !text.isEmpty { words.append(text) }
    let isCall = value.text("action") == "phone_call"
    if isCall, let reason = value.text("discard_reason") { words.append("(\(reason))") }
    let sentence = words.joined(separator: " ")
    return Message(
      time: time, sender: isCall ? actor : nil, kind: .system,
      text: isCall ? sentence : actor.map { "\($0): \(sentence)" } ?? sentence)
  }
}
