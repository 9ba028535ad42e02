import Inference
import Testing

@Suite("Answers are untrusted text")
struct SanitizerTests {
  @Test(
    "what changes a terminal, the direction of text, or is not seen is removed",
    arguments: [
      ("\u{1B}[31mred\u{1B}[0m", "[31mred[0m"), ("\u{9B}31mred", "31mred"),
      ("\u{1B}]8;;https://example.test\u{7}link\u{1B}]8;;\u{1B}\\", "]8;;https://example.testlink]8;;\\"),
      ("a\rb\u{8}c\u{0}\u{7F}", "abc"), ("abc\u{202E}fed\u{2066}x\u{2069}", "abcfedx"), ("a\u{200F}\u{61C}b", "ab"),
      ("a\u{200B}\u{2060}\u{FEFF}\u{AD}\u{34F}\u{180E}b", "ab"), ("a\u{3164}\u{115F}\u{1160}\u{FFA0}b", "ab"),
      ("hi\u{E0041}\u{E0042}\u{E007F}\u{E0001}\u{E0100}", "hi"),
      ("a\u{2028}b\u{2029}c\u{85}d", "abcd"), ("a\u{FFF9}b\u{FFFB}\u{1D173}", "ab"), ("\u{2063}\u{2064}x", "x"),
    ])
  func removed(text: String, expected: String) {
    #expect(AnswerSanitizer.sanitized(text) == expected)
  }

  @Test("noncharacters are removed", arguments: [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10_FFFF] as [UInt32])
  func noncharacters(value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    #expect(AnswerSanitizer.sanitized("a\(Character(scalar))b") == "ab")
  }

  @Test(
    "what people write stays",
    arguments: [
      "tab\tand\nline", "👩‍👧 ❤️ 1️⃣ 🇩🇪 🏳️‍🌈", "می‌خواهم", "क्‍ष", "שלום, عربي", "日本語", "Ünïcödé e\u{301}", "<b>not html</b>",
    ])
  func kept(text: String) {
    #expect(AnswerSanitizer.sanitized(text) == text)
  }
}
