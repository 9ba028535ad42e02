import ChatHistory

/// Reads the one-line texts that tools make of Signal's messages. All lines of a file begin in one of these ways:
///
///     [2026-06-13, 07:45] Ana: text          signal-export, `chat.md`, before version 2
///     [2026-06-13 07:45:00] Ana: text        signal-export, `chat.md`
///     2026-06-13 07:45 Ana: text             sigtop, `export-messages -f text-short`
///     [Jun 13, 2026 07:45:00] <Ana> text     signalbackup-tools, `--exporttxt`; `*** text` without a sender
///
/// Every other line goes on with the text above it, so that a message can look like several: these formats do not tell.
enum SignalText {
  enum Form: CaseIterable { case minutes, seconds, unbracketed, monthName }

  /// Whether the first line that is not empty begins a message. WhatsApp's lines can have the second form too; its iOS
  /// app, which writes them, marks what it says itself with U+200E.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    let start = TextLines.start(of: bytes)
    let line = bytes[start..<min(start + 512, bytes.count)].prefix { $0 != 0x0A }
    guard let form = form(of: String(decoding: line, as: UTF8.self)) else { return false }
    return form != .seconds || bytes.firstRange(of: [0xE2, 0x80, 0x8E]) == nil
  }

  /// - Throws: `chat-not-an-export`, `chat-too-large`, `chat-line-too-long`.
  static func parse(_ bytes: [UInt8], title: String?) throws(ChatImportError) -> Chat {
    let lines = try TextLines.ranges(of: bytes).lazy.map { String(decoding: bytes[$0], as: UTF8.self) }
    guard let form = lines.first.flatMap(form(of:)) else { throw .notAnExport("line 1 begins no message") }
    var messages: [Message] = []
    var open: (head: Head, text: String)?
    for line in lines {
      guard let head = head(line, form) else {
        open?.text.append("\n")
        open?.text.append(line)
        continue
      }
      if let open { messages.append(message(open.head, open.text)) }
      guard messages.count < WhatsAppExport.messageCountLimit else {
        throw .tooLarge("export has more than \(WhatsAppExport.messageCountLimit) messages")
      }
      open = (head, head.text)
    }
    if let open { messages.append(message(open.head, open.text)) }
    return Chat(title: title, messages: messages, dateOrder: .yearMonthDay, isDateOrderAmbiguous: false)
  }

  /// Blanks and empty lines that signal-export adds for Markdown.
  static func withoutTrailingBlanks(_ text: String) -> String {
    let end = text.utf8.lastIndex { $0 != 0x20 && $0 != 0x0A }.map { text.utf8.index(after: $0) }
    return String(text[..<(end ?? text.startIndex)])
  }

  private struct Head {
    let time: LocalTime
    let sender: String?
    let text: String
    let isMedia: Bool
  }

  private static func form(of line: String) -> Form? { Form.allCases.first { head(line, $0) != nil } }

  /// - Parameter text: with the lines below the first.
  private static func message(_ head: Head, _ text: String) -> Message {
    let text = withoutTrailingBlanks(text)
    guard let sender = head.sender else { return Message(time: head.time, sender: nil, kind: .system, text: text) }
    if text == "(This message was deleted)" {
      return Message(time: head.time, sender: sender, kind: .deleted, text: "")
    }
    return Message(time: head.time, sender: sender, kind: head.isMedia ? .media : .text, text: text)
  }

  private static func head(_ line: String, _ form: Form) -> Head? {
    let text = line.utf8
    switch form {
    case .minutes:
      guard text.count > 20, byte(text, 0) == "[", byte(text, 11) == ",", byte(text, 18) == "]", byte(text, 19) == " "
      else { return nil }
      return named(time(text, 1, 10) + time(text, 12, 6), text.dropFirst(20))
    case .seconds:
      guard text.count > 22, byte(text, 0) == "[", byte(text, 11) == " ", byte(text, 20) == "]", byte(text, 21) == " "
      else { return nil }
      return named(time(text, 1, 19), text.dropFirst(22))
    case .unbracketed:
      guard text.count > 17, byte(text, 16) == " " else { return nil }
      let rest = text.dropFirst(17)
      // A dash there is WhatsApp's.
      guard !["-", "–", "—"].contains(where: { rest.starts(with: $0.utf8) }) else { return nil }
      return noted(named(time(text, 0, 16), rest))
    case .monthName: return angled(line)
    }
  }

  private static func byte(_ text: String.UTF8View, _ offset: Int) -> Unicode.Scalar? {
    Unicode.Scalar(text[text.index(text.startIndex, offsetBy: offset)])
  }

  private static func time(_ text: String.UTF8View, _ start: Int, _ count: Int) -> String {
    String(decoding: text.dropFirst(start).prefix(count), as: UTF8.self)
  }

  /// `Ana: text` behind a time.
  private static func named(_ time: String, _ rest: Substring.UTF8View) -> Head? {
    guard let time = LocalTime(time), let colon = rest.firstIndex(of: UInt8(ascii: ":")), colon != rest.startIndex,
      rest.distance(from: rest.startIndex, to: colon) <= ChatTranscript.nameByteCountLimit
    else { return nil }
    let behind = rest[rest.index(after: colon)...]
    guard behind.isEmpty || behind.first == 0x20 else { return nil }
    return Head(
      time: time, sender: String(decoding: rest[..<colon], as: UTF8.self),
      text: String(decoding: behind.dropFirst(), as: UTF8.self), isMedia: false)
  }

  /// sigtop's notes, such as `[edited, 2 attachments]`, stand in front of the text.
  private static func noted(_ head: Head?) -> Head? {
    guard let head, head.text.hasPrefix("["), let end = head.text.firstIndex(of: "]") else { return head }
    let note = head.text[..<end].dropFirst()
    let rest = String(head.text[head.text.index(after: end)...].drop { $0 == " " })
    if note.hasSuffix(" message") { return Head(time: head.time, sender: nil, text: String(note), isMedia: false) }
    guard
      note == "edited" || note.hasPrefix("reply to ") || note.hasSuffix("attachment") || note.hasSuffix("attachments")
    else { return head }
    return Head(time: head.time, sender: head.sender, text: rest, isMedia: note.contains("attachment"))
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `[Jun 13, 2026 07:45:00] ` and what follows.
  private static func angled(_ line: String) -> Head? {
    guard line.utf8.first == UInt8(ascii: "["), let end = line.utf8.firstIndex(of: UInt8(ascii: "]")),
      let time = monthTime(line[..<end].dropFirst())
    else { return nil }
    let rest = line[line.utf8.index(after: end)...]
    if rest.hasPrefix(" *** <"), let close = rest.firstRange(of: "> sent file") {
      let sender = String(rest[..<close.lowerBound].dropFirst(" *** <".count))
      return Head(time: time, sender: sender, text: "", isMedia: true)
    }
    if rest.hasPrefix(" *** ") { return Head(time: time, sender: nil, text: String(rest.dropFirst(5)), isMedia: false) }
    guard rest.hasPrefix(" <"), let close = rest.firstRange(of: "> ") else { return nil }
    let sender = String(rest[..<close.lowerBound].dropFirst(2))
    guard !sender.isEmpty, sender.utf8.count <= ChatTranscript.nameByteCountLimit else { return nil }
    return Head(time: time, sender: sender, text: String(rest[close.upperBound...]), isMedia: false)
  }

  private static func monthTime(_ text: Substring) -> LocalTime? {
    let parts = text.split(separator: " ")
    guard parts.count == 4, parts[1].hasSuffix(","), parts[1].utf8.count == 3,
      let month = months.firstIndex(of: String(parts[0]))
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return LocalTime("\(parts[2])-\(number)-\(parts[1].dropLast()) \(parts[3])")
  }
}
