/// Untrusted text as lines that can stand in a quotation: sanitized, its control tokens broken, no line break in any.
enum QuotedText {
  /// - Parameter keepsEmptyLines: where they mean something, as in a draft.
  static func lines(of text: String, keepsEmptyLines: Bool = false) -> [String] {
    text.split(omittingEmptySubsequences: !keepsEmptyLines, whereSeparator: \.isNewline).map { line($0) }
  }

  /// Line breaks as spaces.
  static func singleLine(_ text: String) -> String { lines(of: text).joined(separator: " ") }

  private static func line(_ text: Substring) -> String {
    TemplateTokens.broken(in: AnswerSanitizer.sanitized(String(text)))
  }

  /// Pieces of at most `byteLimit` bytes of UTF-8 that together are the text, cut between characters; between scalars
  /// where one character alone is above the limit.
  /// - Parameter byteLimit: 4 or more, so that any scalar fits.
  static func pieces(of text: String, byteLimit: Int) -> [Substring] {
    var pieces: [Substring] = []
    var rest = text[...]
    while rest.utf8.count > byteLimit {
      let end = boundary(in: rest, byteLimit: byteLimit)
      pieces.append(rest[..<end])
      rest = rest[end...]
    }
    if !rest.isEmpty || pieces.isEmpty { pieces.append(rest) }
    return pieces
  }

  /// At most `byteLimit` bytes, `…` at the end where something is missing.
  static func cut(_ text: String, byteLimit: Int) -> String {
    guard text.utf8.count > byteLimit else { return text }
    let mark = "…"
    return text[..<boundary(in: text[...], byteLimit: byteLimit - mark.utf8.count)] + mark
  }

  /// Where the last whole character within the limit ends, or scalar where there is none. The text is longer.
  private static func boundary(in text: Substring, byteLimit: Int) -> String.Index {
    let limit = text.utf8.index(text.startIndex, offsetBy: byteLimit)
    // Stepping from the middle of an element goes to its end.
    let character = text.index(before: text.index(after: limit))
    if character > text.startIndex { return character }
    return text.unicodeScalars.index(before: text.unicodeScalars.index(after: limit))
  }
}
