/// What stands behind the date of one message: sender, text and what the app wrote around them.
struct MessageBody {
  private(set) var sender: String?
  private(set) var kind = Message.Kind.text
  private(set) var text: String
  private(set) var attachment: String?
  private(set) var isEdited = false

  /// - Parameters:
  ///   - split: sender and the rest of the first line; nil where the line has no sender.
  ///   - firstLine: the whole first line behind the date.
  ///   - continuation: the lines below, as they are.
  ///   - isLineMarked: the line started with U+200E.
  ///   - isBracketed: iOS, where system lines have a sender as well.
  ///   - groupTitle: the sender of iOS's first line, where it never writes itself.
  init(
    split: (sender: String, rest: String)?, firstLine: String, continuation: [String], isLineMarked: Bool,
    isBracketed: Bool, groupTitle: String?
  ) {
    guard let split else {
      kind = .system
      text = Self.joined(firstLine, continuation)
      return
    }
    sender = split.sender
    let isMarked = split.rest.unicodeScalars.first == "\u{200E}"
    let raw = continuation.isEmpty ? split.rest : ([split.rest] + continuation).joined(separator: "\n")
    text = raw
    takeTrailingTags()
    text = Self.withoutLineMarks(text)
    takeLeadingAttachment(isMarked: isMarked)
    classify(
      isMarked: isMarked, isLineMarked: isLineMarked, isPoll: Self.isPoll(isMarked, continuation),
      isBracketed: isBracketed, groupTitle: groupTitle)
  }

  private mutating func classify(
    isMarked: Bool, isLineMarked: Bool, isPoll: Bool, isBracketed: Bool, groupTitle: String?
  ) {
    if isMarked, isPoll || attachment != nil { text.unicodeScalars.removeAll { $0 == "\u{200E}" } }
    if attachment != nil {
      kind = .media
    } else if AppWording.isDeletionNotice(text) {
      (kind, text) = (.deleted, "")
    } else if text == "null" {
      (kind, text) = (.media, "")
    } else if let rest = Self.afterOmissionTag(text) {
      (kind, text) = (.media, rest)
    } else if isMarked, isBracketed {
      classifyMarked(isLineMarked: isLineMarked, isPoll: isPoll, groupTitle: groupTitle)
    } else if isBracketed, AppWording.isOmission(text) {
      kind = .media
    }
  }

  /// A text that iOS wrote itself.
  private mutating func classifyMarked(isLineMarked: Bool, isPoll: Bool, groupTitle: String?) {
    if AppWording.isEncryptionNotice(text) || isAboutSender {
      (kind, sender) = (.system, nil)
    } else if isPoll || text.contains("://") {
      kind = .text
    } else if AppWording.isMarkedDeletionNotice(text) {
      (kind, text) = (.deleted, "")
    } else if AppWording.isMarkedOmission(text) {
      kind = .media
      text.unicodeScalars.removeAll { $0 == "\u{200E}" }
    } else if sender != groupTitle, AppWording.isCall(text) {
      kind = .system
    } else if sender != groupTitle, isLineMarked {
      kind = .media
    } else {
      (kind, sender) = (.system, nil)
    }
  }

  /// `Ana: ‎Ana created this group`.
  private var isAboutSender: Bool {
    guard let sender, text.hasPrefix(sender) else { return false }
    let next = text.unicodeScalars.dropFirst(sender.unicodeScalars.count).first
    return next.map { !$0.isASCII || !$0.properties.isAlphabetic } ?? true
  }

  /// Lines that the app wrote below a first line of its own: question and options of a poll.
  private static func isPoll(_ isMarked: Bool, _ continuation: [String]) -> Bool {
    isMarked && continuation.count(where: { $0.unicodeScalars.first == "\u{200E}" }) >= 2
  }

  /// Takes `‎<This message was edited>` and `‎<attached: NAME>` off the end.
  private mutating func takeTrailingTags() {
    for _ in 0..<2 {
      guard text.utf8.last == UInt8(ascii: ">"), let open = text.lastIndex(of: "<") else { return }
      let inside = text[text.index(after: open)...].dropLast()
      guard !inside.isEmpty, !inside.contains("\n") else { return }
      let before = text[..<open].unicodeScalars
      let isMarked = before.last == "\u{200E}" || inside.unicodeScalars.first == "\u{200E}"
      if let name = Self.attachmentName(inside, isMarked: isMarked), attachment == nil {
        attachment = name
      } else if attachment == nil, let name = Self.fileName(Self.trimmed(Substring(before))),
        AppWording.isAttachmentWord(String(inside))
      {
        // `NAME <attached>`, as iOS wrote until 2016.
        attachment = name
        text = ""
        return
      } else if !Self.isPlain(before), isMarked || AppWording.isEditedTag(String(inside)) {
        isEdited = true
      } else {
        return
      }
      text = Self.withoutTrailingBlanks(before)
    }
  }

  private static func withoutTrailingBlanks(_ before: Substring.UnicodeScalarView) -> String {
    var scalars = before
    while let last = scalars.last, ScalarScanner.isBlankOrMark(last) || last == "\n" { scalars.removeLast() }
    return String(scalars)
  }

  /// Whether nothing visible stands in front of a tag.
  private static func isPlain(_ before: Substring.UnicodeScalarView) -> Bool {
    before.allSatisfy(ScalarScanner.isBlankOrMark)
  }

  /// Takes `NAME (file attached)` or `<attached: NAME>` off the first line; what stands below is the caption.
  private mutating func takeLeadingAttachment(isMarked: Bool) {
    guard attachment == nil else { return }
    let lineEnd = text.utf8.firstIndex(of: 0x0A) ?? text.endIndex
    let line = text[..<lineEnd]
    var name: String?
    if line.utf8.last == UInt8(ascii: ")"), let open = line.lastIndex(of: "(") {
      let words = String(line[line.index(after: open)...].dropLast())
      let candidate = Self.fileName(Self.trimmed(line[..<open]))
      let isWord = AppWording.isAttachmentWord(words) || isMarked
      if let candidate, isWord || Self.isCameraName(candidate) { name = candidate }
    } else if line.utf8.last == UInt8(ascii: ">"), line.utf8.first == UInt8(ascii: "<") {
      name = Self.attachmentName(line.dropFirst().dropLast(), isMarked: isMarked)
    }
    guard let name else { return }
    attachment = name
    text = lineEnd == text.endIndex ? "" : String(text[text.utf8.index(after: lineEnd)...])
  }

  /// `attached: NAME`, in any language.
  private static func attachmentName(_ inside: Substring, isMarked: Bool) -> String? {
    guard let colon = inside.firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
    guard isMarked || AppWording.isAttachmentWord(String(inside[..<colon])) else { return nil }
    return fileName(trimmed(inside[inside.index(after: colon)...]))
  }

  /// A name with an extension, such as a file has; nil for anything else.
  private static func fileName(_ text: String) -> String? {
    guard text.utf8.count <= 255, let dot = text.lastIndex(of: "."), dot != text.startIndex else { return nil }
    let suffix = text[text.index(after: dot)...].utf8
    let isSuffix = (1...5).contains(suffix.count) && suffix.allSatisfy { Character(Unicode.Scalar($0)).isLetterOrDigit }
    return isSuffix && !text.contains(where: { $0 == "/" || $0 == "\\" || $0 == "\n" }) ? text : nil
  }

  /// `IMG-20231231-WA0001.jpg` and its kin, as Android names media.
  private static func isCameraName(_ name: String) -> Bool { name.contains("-WA") && !name.contains(" ") }

  /// The caption below `<Media omitted>`; nil when the text does not start with such a tag.
  private static func afterOmissionTag(_ text: String) -> String? {
    guard text.utf8.first == UInt8(ascii: "<"), let close = text.firstIndex(of: ">") else { return nil }
    let inside = text[..<close].dropFirst()
    let rest = text[text.index(after: close)...]
    guard rest.isEmpty || rest.first == "\n", AppWording.isOmissionTag(String(inside)) else { return nil }
    return String(rest.dropFirst())
  }

  private static func joined(_ firstLine: String, _ continuation: [String]) -> String {
    withoutLineMarks(continuation.isEmpty ? firstLine : ([firstLine] + continuation).joined(separator: "\n"))
  }

  /// The text without the app's U+200E at the starts of its lines.
  private static func withoutLineMarks(_ text: String) -> String {
    guard text.unicodeScalars.contains("\u{200E}") else { return text }
    var result = String.UnicodeScalarView()
    var isAtStart = true
    for scalar in text.unicodeScalars {
      if isAtStart, scalar == "\u{200E}" { continue }
      isAtStart = scalar == "\n"
      result.append(scalar)
    }
    return String(result)
  }

  /// Without blanks and marks at both ends.
  static func trimmed(_ text: Substring) -> String {
    var scalars = text.unicodeScalars
    while let first = scalars.first, ScalarScanner.isBlankOrMark(first) { scalars.removeFirst() }
    while let last = scalars.last, ScalarScanner.isBlankOrMark(last) { scalars.removeLast() }
    return String(scalars)
  }
}

extension Character {
  fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
