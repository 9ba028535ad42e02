import ChatHistory
import StrictJSON

/// Reads `main.jsonl`, the export that Signal's own apps write: the frames of a backup (`Backup.proto`), one a line, in
/// the JSON form of protocol buffers, where integers of 64 bits are strings.
///
///     {"account": {…}}  {"recipient": {"id", "contact" / "group" / "self" / …}}  {"chat": {"id", "recipientId"}}
///     {"chatItem": {"chatId", "authorId", "dateSent", "standardMessage" / "remoteDeletedMessage" / …}}
///
/// Frames and members of other kinds are passed over; a line that is no JSON object makes the whole file refused.
struct SignalExport: ImportedChats {
  let listings: [ChatListing]
  private let bytes: [UInt8]
  /// The lines of each listing's items, in the order of the file.
  private let items: [[Range<Int>]]
  private let people: SignalPeople
  private let clock: WallClock

  /// - Throws: `chat-not-an-export`, `chat-too-large`, `chat-line-too-long`, the codes of StrictJSON.
  init(_ bytes: [UInt8], clock: WallClock) throws(ChatImportError) {
    var people = SignalPeople()
    var chats: [(identifier: String, recipient: String)] = []
    var lines: [String: [Range<Int>]] = [:]
    var itemCount = 0
    for line in try TextLines.ranges(of: bytes) where !line.isEmpty {
      let frame = try Self.frame(bytes, line)
      if let account = frame.member("account") { people.learn(account: account) }
      if let recipient = frame.member("recipient") { people.learn(recipient: recipient) }
      if let chat = frame.member("chat"), let identifier = chat.identifier("id") {
        chats.append((identifier, chat.identifier("recipientId") ?? ""))
      }
      if let chat = frame.member("chatItem")?.identifier("chatId") {
        lines[chat, default: []].append(line)
        itemCount += 1
      }
      guard itemCount <= WhatsAppExport.messageCountLimit else {
        throw .tooLarge("export has more than \(WhatsAppExport.messageCountLimit) messages")
      }
    }
    let used = chats.filter { lines[$0.identifier] != nil }
    guard !used.isEmpty else { throw .notAnExport("no line holds a message of a chat") }
    items = used.map { lines[$0.identifier] ?? [] }
    listings = zip(used, items).map { chat, items in
      ChatListing(name: people.name(chat.recipient), identifier: chat.identifier, messageCount: items.count)
    }
    self.bytes = bytes
    self.people = people
    self.clock = clock
  }

  func chat(at index: Int) throws(ChatImportError) -> Chat {
    var messages: [Message] = []
    for (number, line) in items[index].enumerated() {
      guard let item = try Self.frame(bytes, line).member("chatItem"),
        let sent = item.member("dateSent")?.wideInteger, let time = clock.time(atUnixSeconds: sent / 1000)
      else { throw .notAnExport("message \(number + 1) has no time") }
      messages.append(
        SignalItem(item, author: people.name(item.identifier("authorId") ?? ""), people).message(at: time))
    }
    return Chat(title: listings[index].name, messages: messages, dateOrder: .yearMonthDay, isDateOrderAmbiguous: false)
  }

  private static func frame(_ bytes: [UInt8], _ line: Range<Int>) throws(ChatImportError) -> JSONText.Value {
    do {
      let frame = try JSONText(parsing: Array(bytes[line]), byteLimit: TextLines.byteCountLimit).root
      guard frame.isObject else { throw ChatImportError.notAnExport("a line is no JSON object") }
      return frame
    } catch let error as JSONError {
      throw ChatImportError(error)
    } catch let error as ChatImportError {
      throw error
    } catch {
      throw .notAnExport("a line is no JSON object")
    }
  }
}

extension JSONText.Value {
  /// A number that names something, with one spelling.
  fileprivate func identifier(_ name: StaticString) -> String? { member(name)?.wideInteger.map(String.init) }
}

/// Who is who in one export.
private struct SignalPeople {
  private var names: [String: String] = [:]
  /// By the account identifiers that mentions hold.
  private var namesByAccount: [String: String] = [:]
  private var selfIdentifier: String?
  private var selfName = "Me"

  mutating func learn(account: JSONText.Value) {
    if let name = Self.joined(account, "givenName", "familyName") { selfName = name }
  }

  mutating func learn(recipient: JSONText.Value) {
    guard let identifier = recipient.identifier("id") else { return }
    if recipient.member("self") != nil {
      selfIdentifier = identifier
    } else if let contact = recipient.member("contact") {
      let name = Self.name(of: contact)
      names[identifier] = name
      if let account = contact.text("aci") { namesByAccount[account] = name }
    } else if let group = recipient.member("group") {
      names[identifier] = group.member("snapshot")?.member("title")?.text("title")
    } else if recipient.member("releaseNotes") != nil {
      names[identifier] = "Signal"
    }
  }

  func name(_ identifier: String) -> String? { identifier == selfIdentifier ? selfName : names[identifier] }

  func name(ofAccount account: String) -> String? { namesByAccount[account] }

  /// What the person calls them first, then what they call themselves, then their number.
  private static func name(of contact: JSONText.Value) -> String? {
    contact.member("nickname").flatMap { joined($0, "given", "family") }
      ?? joined(contact, "systemGivenName", "systemFamilyName")
      ?? joined(contact, "profileGivenName", "profileFamilyName") ?? contact.text("username")
      ?? contact.member("e164")?.wideInteger.map { "+\($0)" }
  }

  private static func joined(_ value: JSONText.Value, _ given: StaticString, _ family: StaticString) -> String? {
    let parts = [value.text(given), value.text(family)].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}

/// One `chatItem`.
private struct SignalItem {
  let item: JSONText.Value
  let author: String?
  let people: SignalPeople

  init(_ item: JSONText.Value, author: String?, _ people: SignalPeople) {
    self.item = item
    self.author = author
    self.people = people
  }

  func message(at time: LocalTime) -> Message {
    let sender = author ?? "Unknown"
    let isEdited = item.member("revisions")?.elements?.isEmpty == false
    func made(_ kind: Message.Kind, _ text: String, attachment: String? = nil) -> Message {
      Message(time: time, sender: sender, kind: kind, text: text, attachment: attachment, isEdited: isEdited)
    }
    if let message = item.member("standardMessage") {
      let attachments = message.member("attachments")?.elements ?? []
      let text = Self.body(message.member("text"), people)
      guard let first = attachments.first else { return made(.text, text) }
      return made(.media, text, attachment: first.member("pointer")?.text("fileName"))
    }
    if item.member("remoteDeletedMessage") != nil || item.member("adminDeletedMessage") != nil {
      return made(.deleted, "")
    }
    if let reply = item.member("directStoryReplyMessage") {
      return made(.text, Self.body(reply.member("textReply")?.member("text"), people) + (reply.text("emoji") ?? ""))
    }
    if let poll = item.member("poll") {
      let options = (poll.member("options")?.elements ?? []).compactMap { $0.text("option") }
      return made(.text, ([poll.text("question") ?? ""] + options.map { "– " + $0 }).joined(separator: "\n"))
    }
    if let sticker = item.member("stickerMessage")?.member("sticker") {
      return made(.media, sticker.text("emoji") ?? "")
    }
    if item.member("contactMessage") != nil || item.member("viewOnceMessage") != nil { return made(.media, "") }
    if let update = item.member("updateMessage"), Self.isCall(update) {
      return Message(time: time, sender: sender, kind: .system, text: "Call")
    }
    let update = item.member("updateMessage")?.member("simpleUpdate")?.text("type")
    return Message(
      time: time, sender: nil, kind: .system,
      text: update.map { $0.lowercased().replacing("_", with: " ") } ?? "Signal event")
  }

  private static func isCall(_ update: JSONText.Value) -> Bool {
    update.member("individualCall") != nil || update.member("groupCall") != nil
  }

  /// The words, with names where U+FFFC stands for mentions.
  private static func body(_ text: JSONText.Value?, _ people: SignalPeople) -> String {
    guard let body = text?.text("body") else { return "" }
    guard body.unicodeScalars.contains("\u{FFFC}") else { return body }
    // Positions count UTF-16 code units.
    var mentions: [Int64: String] = [:]
    for range in text?.member("bodyRanges")?.elements ?? [] {
      guard let account = range.text("mentionAci"), let name = people.name(ofAccount: account) else { continue }
      mentions[range.member("start")?.wideInteger ?? 0] = name
    }
    var position: Int64 = 0
    var result = ""
    for scalar in body.unicodeScalars {
      if scalar == "\u{FFFC}" {
        result += "@" + (mentions[position] ?? "someone")
      } else {
        result.unicodeScalars.append(scalar)
      }
      position += Int64(UTF16.width(scalar))
    }
    return result
  }
}
