/// Makes text that an engine or a chat wrote safe to print: no control characters but newline and tab, no characters
/// that change the direction of what follows, no byte order marks.
public enum AnswerSanitizer {
  public static func sanitized(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { !isAllowed($0) }) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.filter(isAllowed)))
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: true
    case 0..<0x20, 0x7F..<0xA0: false
    // Arabic letter mark, left-to-right and right-to-left marks, line and paragraph separators, embeddings, overrides,
    // isolates, deprecated formatting characters, byte order mark, interlinear annotations, tags.
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0001: false
    default: true
    }
  }
}
