/// Reads the `.txt` file of a WhatsApp chat export, of iOS and Android, in the formats of their locales.
///
/// The file is anybody's text and not trusted: parsing is pure, bounded and total, and nothing in it is followed.
public enum WhatsAppExport {
  /// Of the file, in bytes.
  public static let byteCountLimit = 64 << 20
  /// Of one line of the file, in bytes.
  public static let lineByteCountLimit = 1 << 20
  /// Of message lines.
  public static let messageCountLimit = 2_000_000

  /// - Parameter title: what the caller knows the chat as, such as the file's name; else iOS's first line tells.
  /// - Throws: `chat-not-an-export` with the number of the first line that does not parse, `chat-too-large`,
  ///   `chat-line-too-long`.
  public static func parse(_ bytes: [UInt8], title: String? = nil) throws(ChatHistoryError) -> Chat {
    guard bytes.count <= byteCountLimit else {
      throw ChatHistoryError(
        ChatHistoryError.tooLarge, "export has \(bytes.count) bytes, at most \(byteCountLimit) are read")
    }
    let lines = try lines(bytes)
    let candidates = try messageLines(bytes, lines)
    let headers = candidates.map(\.header)
    let decision = DateOrderDecision(headers)
    let periods = DayPeriodDecision(headers, decision.order)

    var builder = Builder(bytes: bytes, lines: lines, title: title)
    builder.learnSenders(candidates)
    let valid = candidates.compactMap { candidate in
      periods.read(candidate.header).time(decision.order).map { (candidate, $0) }
    }
    guard let first = valid.first, first.0.lineIndex == candidates[0].lineIndex else {
      throw notAnExport(candidates[0].lineIndex)
    }
    for (index, (candidate, time)) in valid.enumerated() {
      let end = index + 1 < valid.count ? valid[index + 1].0.lineIndex : lines.count
      builder.append(candidate, time, until: end)
    }
    return Chat(
      title: builder.title, messages: builder.messages, dateOrder: decision.order,
      isDateOrderAmbiguous: decision.isAmbiguous, isDayPeriodAmbiguous: periods.isAmbiguous)
  }

  struct Candidate {
    let header: HeaderLine
    let lineIndex: Int
  }

  private static func notAnExport(_ lineIndex: Int) -> ChatHistoryError {
    ChatHistoryError(
      ChatHistoryError.notAnExport, "line \(lineIndex + 1) is no message line of a chat export",
      lineNumber: lineIndex + 1)
  }

  /// The lines without their endings (LF or CRLF) and without empty lines at the file's end.
  private static func lines(_ bytes: [UInt8]) throws(ChatHistoryError) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let newline = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let end = newline > start && bytes[newline - 1] == 0x0D ? newline - 1 : newline
      guard end - start <= lineByteCountLimit else {
        throw ChatHistoryError(
          ChatHistoryError.lineTooLong,
          "line \(lines.count + 1) has \(end - start) bytes, at most \(lineByteCountLimit) are read",
          lineNumber: lines.count + 1)
      }
      lines.append(start..<end)
      start = newline + 1
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// All lines of the first message line's shape.
  private static func messageLines(
    _ bytes: [UInt8], _ lines: [Range<Int>]
  ) throws(ChatHistoryError) -> [Candidate] {
    var candidates: [Candidate] = []
    for (lineIndex, line) in lines.enumerated() {
      if let header = HeaderLine(bytes, line) {
        if let first = candidates.first, first.header.shape != header.shape { continue }
        candidates.append(Candidate(header: header, lineIndex: lineIndex))
        guard candidates.count <= messageCountLimit else {
          throw ChatHistoryError(
            ChatHistoryError.tooLarge, "export has more than \(messageCountLimit) messages")
        }
      } else if candidates.isEmpty, !isInvisible(bytes, line) {
        throw notAnExport(lineIndex)
      }
    }
    guard !candidates.isEmpty else { throw notAnExport(0) }
    return candidates
  }

  private static func isInvisible(_ bytes: [UInt8], _ line: Range<Int>) -> Bool {
    var scanner = ScalarScanner(bytes, line)
    scanner.skip(while: ScalarScanner.isBlankOrMark)
    return scanner.isAtEnd
  }
}

/// Turns message lines and what follows them into messages.
private struct Builder {
  let bytes: [UInt8]
  let lines: [Range<Int>]
  let givenTitle: String?
  private var foundTitle: String?
  private var senders: Set<String> = []
  /// Senders of at least one text of their own.
  private var writers: Set<String> = []
  private(set) var messages: [Message] = []

  init(bytes: [UInt8], lines: [Range<Int>], title: String?) {
    self.bytes = bytes
    self.lines = lines
    givenTitle = title
  }

  var title: String? { givenTitle ?? foundTitle }

  private var groupTitle: String? { foundTitle.flatMap { writers.contains($0) ? nil : $0 } }

  /// Names in front of a colon and a blank, so that a line with a colon alone (`Ana:.`) is known to be hers.
  mutating func learnSenders(_ candidates: [WhatsAppExport.Candidate]) {
    for candidate in candidates {
      guard let split = SenderLine.split(text(candidate.header.body), knowing: []) else { continue }
      senders.insert(split.sender)
      if split.rest.unicodeScalars.first != "\u{200E}" { writers.insert(split.sender) }
    }
  }

  mutating func append(_ candidate: WhatsAppExport.Candidate, _ time: LocalTime, until end: Int) {
    let firstLine = text(candidate.header.body)
    let isBracketed = candidate.header.shape.ending != .dash
    let split = SenderLine.split(firstLine, knowing: senders)
    if messages.isEmpty, isBracketed, let split { learnTitle(split) }
    let body = MessageBody(
      split: split, firstLine: firstLine, continuation: lines[candidate.lineIndex + 1..<end].map(text),
      isLineMarked: candidate.header.isMarked, isBracketed: isBracketed, groupTitle: groupTitle)
    messages.append(
      Message(
        time: time, sender: body.sender, kind: body.kind, text: body.text, attachment: body.attachment,
        isEdited: body.isEdited))
  }

  /// The first line of an iOS export is the encryption notice, with the chat's title as its sender.
  private mutating func learnTitle(_ split: (sender: String, rest: String)) {
    guard split.rest.unicodeScalars.first == "\u{200E}", AppWording.isEncryptionNotice(split.rest) else { return }
    foundTitle = split.sender
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
