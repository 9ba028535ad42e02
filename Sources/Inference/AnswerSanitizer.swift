/// Makes text that an engine or a chat wrote safe to print: no control characters but newline and tab, so that no escape
/// sequence of a terminal begins; no characters that change the direction of what follows; none that nobody sees and
/// that could hold a message all the same.
///
/// What an escape sequence had behind its first character stays as text. Joiners and variation selectors stay, since
/// emoji, Persian and Indic scripts need them; of flags of a country's parts the plain flag stays.
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
    // isolates, deprecated formatting characters.
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x206F: false
    // Soft hyphen, grapheme joiner, fillers of Hangul, Khmer's inherent vowels, Mongolian vowel separator, zero-width
    // space, word joiner, invisible operators of mathematics, byte order mark, interlinear annotations.
    case 0xAD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2060...0x2065, 0x3164, 0xFEFF, 0xFFA0: false
    case 0xFFF0...0xFFFB: false
    // Noncharacters: the last two of each plane, and 32 of Arabic's presentation forms.
    case let value where value & 0xFFFE == 0xFFFE: false
    case 0xFDD0...0xFDEF: false
    // Shorthand and musical format controls; tags, and variation selectors of which ideographs alone have so many.
    case 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF: false
    default: true
    }
  }
}
