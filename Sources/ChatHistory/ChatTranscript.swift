/// The text form in which a selection of messages travels inside a request, and its parser.
///
/// UTF-8, every line ended by one LF:
///
///     transcript   = 0*(message)
///     message      = "[" time *(SP mark) "] " (sender ": " / "") first-line LF *(continuation)
///     time         = yyyy-MM-dd SP HH:mm                  ; local wall clock, no zone
///     mark         = "system" / "call" / "deleted" / "edited" / "media" [SP file-name]
///     continuation = SP SP line LF
///
/// Marks come in this order: `edited`, then one of `system` (no sender), `call` (a system line with a sender),
/// `deleted` and `media`; a file name reaches up to the first `]`. The text of a message can forge neither a message
/// line nor a mark: each of its further lines starts with two blanks, while a message line starts with `[`, and all
/// that a line break can be (CR, LF, VT, FF, U+0085, U+2028, U+2029) becomes such a line; other control characters but
/// the tab become blanks. A sender holds no `: ` and a file name no `]`.
///
/// The parser is strict: what it accepts, written again, is the same bytes. Seconds are not kept.
public enum ChatTranscript {
  /// Of a whole transcript, in bytes.
  public static let byteCountLimit = 480 << 10
  public static let messageCountLimit = 8192
  /// Of one message's text, in bytes.
  public static let textByteCountLimit = 32 << 10
  /// Of a sender or a file name, in bytes.
  public static let nameByteCountLimit = 256

  /// The canonical text of `messages`. Texts and names above their limits are cut, a cut text ends in `…`.
  public static func text(of messages: [Message]) -> String {
    messages.reduce(into: "") { $0 += line(of: canonical($1)) }
  }

  /// The bytes that one message takes in a transcript.
  public static func byteCount(of message: Message) -> Int { line(of: canonical(message)).utf8.count }

  /// The message as a transcript keeps it: `parse(text(of: [message]))` gives exactly this. Without a sender it is a
  /// system line.
  public static func canonical(_ message: Message) -> Message {
    let time = message.time
    let sender = message.sender.map(canonicalSender) ?? ""
    let kind = sender.isEmpty ? .system : message.kind
    let fileName = message.attachment.map { cut(attachmentName($0), nameByteCountLimit) } ?? ""
    let text = cut(canonicalText(message.text), textByteCountLimit)
    return Message(
      time: LocalTime(year: time.year, month: time.month, day: time.day, hour: time.hour, minute: time.minute) ?? time,
      sender: sender.isEmpty ? nil : sender, kind: kind, text: text,
      attachment: kind == .media && !fileName.isEmpty ? fileName : nil, isEdited: message.isEdited)
  }

  /// A sender as a transcript keeps it; empty where nothing is left of the name.
  package static func canonicalSender(_ sender: String) -> String { cut(senderName(sender), nameByteCountLimit) }

  /// A text as a transcript keeps it, but for its length.
  package static func canonicalText(_ text: String) -> String { lines(text).joined(separator: "\n") }

  /// - Throws: `chat-transcript-malformed` with the line's number, `chat-transcript-too-large`.
  public static func parse(_ text: String) throws(ChatHistoryError) -> [Message] { try parse(Array(text.utf8)) }

  /// - Throws: `chat-transcript-malformed` with the line's number, `chat-transcript-too-large`.
  public static func parse(_ bytes: [UInt8]) throws(ChatHistoryError) -> [Message] {
    guard bytes.count <= byteCountLimit else {
      throw ChatHistoryError(
        ChatHistoryError.transcriptTooLarge,
        "transcript has \(bytes.count) bytes, at most \(byteCountLimit) are taken")
    }
    var parser = TranscriptParser()
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.popLast()?.isEmpty == true else {
      throw TranscriptParser.malformed(lines.count + 1, "does not end with a newline")
    }
    for (index, line) in lines.enumerated() { try parser.read(line, lineNumber: index + 1) }
    let messages = try parser.finish()
    guard Array(self.text(of: messages).utf8) == bytes else {
      throw ChatHistoryError(ChatHistoryError.transcriptMalformed, "transcript is not in its canonical form")
    }
    return messages
  }

  static func line(of message: Message) -> String {
    var line = "[" + message.time.minuteText
    if message.isEdited { line += " edited" }
    switch message.kind {
    case .text: break
    case .system: line += message.sender == nil ? " system" : " call"
    case .deleted: line += " deleted"
    case .media: line += " media" + (message.attachment.map { " " + $0 } ?? "")
    }
    line += "] "
    if let sender = message.sender { line += sender + ": " }
    return line + lines(message.text).joined(separator: "\n  ") + "\n"
  }

  /// The lines of a text, by everything that a reader may take for a line break, without control characters.
  private static func lines(_ text: String) -> [String] {
    var lines = [""]
    var isAfterReturn = false
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A where isAfterReturn: break
      case 0x0A...0x0D, 0x85, 0x2028, 0x2029: lines.append("")
      case 0x09: lines[lines.count - 1].unicodeScalars.append(scalar)
      case 0...0x1F, 0x7F...0x9F: lines[lines.count - 1].unicodeScalars.append(" ")
      default: lines[lines.count - 1].unicodeScalars.append(scalar)
      }
      isAfterReturn = scalar.value == 0x0D
    }
    return lines
  }

  /// One line without blanks at its ends.
  private static func name(_ text: String) -> String { MessageBody.trimmed(lines(text).joined(separator: " ")[...]) }

  /// A name without `: `, which would end it early: no colon keeps the blanks behind it.
  private static func senderName(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    var isAfterColon = false
    for scalar in name(text).unicodeScalars where !(isAfterColon && scalar == " ") {
      kept.append(scalar)
      isAfterColon = scalar == ":"
    }
    return String(kept)
  }

  /// A name without `]`, which would end it early.
  private static func attachmentName(_ text: String) -> String {
    String(String.UnicodeScalarView(name(text).unicodeScalars.map { $0 == "]" ? ")" : $0 }))
  }

  /// At most `limit` bytes, whole scalars, `…` at the end when something is missing.
  private static func cut(_ text: String, _ limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var kept = String.UnicodeScalarView()
    var byteCount = "…".utf8.count
    for scalar in text.unicodeScalars {
      byteCount += UTF8.width(scalar)
      guard byteCount <= limit else { break }
      kept.append(scalar)
    }
    return String(kept) + "…"
  }
}

/// Reads a transcript line by line.
private struct TranscriptParser {
  private var messages: [Message] = []
  private var current: (head: Message, text: [UInt8])?

  static func malformed(_ lineNumber: Int, _ what: StaticString) -> ChatHistoryError {
    ChatHistoryError(
      ChatHistoryError.transcriptMalformed, "transcript line \(lineNumber) \(what)", lineNumber: lineNumber)
  }

  mutating func read(_ line: ArraySlice<UInt8>, lineNumber: Int) throws(ChatHistoryError) {
    if line.starts(with: "  ".utf8) {
      guard var open = current else { throw Self.malformed(lineNumber, "continues no message") }
      current = nil
      open.text.append(0x0A)
      open.text += line.dropFirst(2)
      current = open
      return
    }
    try close()
    let limit = ChatTranscript.messageCountLimit
    guard messages.count < limit else {
      throw ChatHistoryError(ChatHistoryError.transcriptTooLarge, "transcript has more than \(limit) messages")
    }
    guard line.first == UInt8(ascii: "["), let marks = line.dropFirst().splitOnce(at: UInt8(ascii: "]")),
      let head = Self.head(marks.before)
    else { throw Self.malformed(lineNumber, "starts with no time and known marks in brackets") }
    var rest = marks.after
    var sender: String?
    if head.kind != .system || head.sender != nil {
      guard let name = rest.splitOnce(at: UInt8(ascii: ":")) else { throw Self.malformed(lineNumber, "has no sender") }
      guard name.before.count <= ChatTranscript.nameByteCountLimit else {
        throw Self.malformed(lineNumber, "has a sender that is too long")
      }
      sender = String(decoding: name.before, as: UTF8.self)
      rest = name.after
    }
    let message = Message(
      time: head.time, sender: sender, kind: head.kind, text: "", attachment: head.attachment, isEdited: head.isEdited)
    current = (message, Array(rest))
  }

  mutating func finish() throws(ChatHistoryError) -> [Message] {
    try close()
    return messages
  }

  private mutating func close() throws(ChatHistoryError) {
    guard let (head, text) = current else { return }
    let limit = ChatTranscript.textByteCountLimit
    guard text.count <= limit else {
      throw ChatHistoryError(
        ChatHistoryError.transcriptTooLarge, "message has \(text.count) bytes, at most \(limit) are taken")
    }
    messages.append(
      Message(
        time: head.time, sender: head.sender, kind: head.kind, text: String(decoding: text, as: UTF8.self),
        attachment: head.attachment, isEdited: head.isEdited))
    current = nil
  }

  /// Time and marks; the sender is not nil (but empty) where the kind alone does not say that there is one.
  private static func head(_ bytes: ArraySlice<UInt8>) -> Message? {
    guard bytes.count >= 16, let time = LocalTime(String(decoding: bytes.prefix(16), as: UTF8.self)) else { return nil }
    var marks = bytes.dropFirst(16)
    func take(_ mark: String) -> Bool {
      guard marks.starts(with: mark.utf8) else { return false }
      marks = marks.dropFirst(mark.utf8.count)
      return true
    }
    let isEdited = take(" edited")
    var (kind, sender, attachment) = (Message.Kind.text, String?.none, String?.none)
    if take(" system") {
      kind = .system
    } else if take(" call") {
      (kind, sender) = (.system, "")
    } else if take(" deleted") {
      kind = .deleted
    } else if take(" media") {
      kind = .media
      if take(" ") {
        guard marks.count <= ChatTranscript.nameByteCountLimit else { return nil }
        (attachment, marks) = (String(decoding: marks, as: UTF8.self), [])
      }
    }
    guard marks.isEmpty else { return nil }
    return Message(time: time, sender: sender, kind: kind, text: "", attachment: attachment, isEdited: isEdited)
  }
}

extension ArraySlice<UInt8> {
  /// What stands before and behind the first `byte` with a blank behind it, without both; nil where there is none.
  /// The library's search for a sequence is generic: it took a third of what the node needs to decode a short chat.
  fileprivate func splitOnce(at byte: UInt8) -> (before: ArraySlice<UInt8>, after: ArraySlice<UInt8>)? {
    var rest = self
    while let index = rest.firstIndex(of: byte) {
      let next = index + 1
      if next < endIndex, self[next] == UInt8(ascii: " ") { return (self[..<index], self[(next + 1)...]) }
      rest = self[next...]
    }
    return nil
  }
}
