import StrictJSON
import Testing

/// Strings with and without escapes, which are read in two ways.
@Suite struct JSONStringTests {
  @Test(
    "a string is read to its text",
    arguments: [
      (#""""#, ""), (#""plain""#, "plain"), (#""é☃😀""#, "é☃😀"), (#""\u00e9\u2603\ud83d\ude00""#, "é☃😀"),
      (#""a\"b\\c\/d\b\f\n\r\te""#, "a\"b\\c/d\u{8}\u{C}\n\r\te"), (#""\n""#, "\n"), (#""x\u0000""#, "x\u{0}"),
      (#""é\né""#, "é\né"),
    ])
  func text(json: String, text: String) throws {
    #expect(try JSONValue(parsing: Array(json.utf8)) == .string(text))
    #expect(try JSONValue(parsing: Array("[\(json),\(json)]".utf8)) == [.string(text), .string(text)])
  }

  @Test("a string that is none is refused")
  func refused() {
    let cases: [[UInt8]] = [
      Array("\"".utf8), Array("\"a".utf8), Array("\"a\\".utf8), Array("\"a\\\"".utf8), Array("\"\\x\"".utf8),
      Array("\"\\u12\"".utf8), Array("\"\\ud83d\"".utf8), Array("\"\\ude00\"".utf8), Array("\"\\ud83d\\u0041\"".utf8),
      [0x22, 0x0A, 0x22], [0x22, 0x61, 0x00, 0x22], [0x22, 0x5C, 0x6E, 0x1F, 0x22], [0x22, 0xFF, 0x22],
      [0x22, 0xC3, 0x22], [0x22, 0x5C, 0x6E, 0xC3, 0x28, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
    ]
    for bytes in cases {
      #expect(throws: JSONError(JSONError.malformed, "")) { try JSONValue(parsing: bytes) }
    }
  }
}
