import StrictJSON

extension FuzzTarget {
  static let strictJSON = [
    FuzzTarget("json", seeds: { JSONFixture.texts.map { Array($0.utf8) } }) { bytes in
      guard let value = try? JSONValue(parsing: bytes) else { return }
      claim(try JSONValue(parsing: value.canonicalBytes) == value, "a canonical text has the value")
      claim(
        try JSONValue(parsing: value.canonicalBytes).canonicalBytes == value.canonicalBytes,
        "a canonical text is its own canonical text")
      claim(try JSONValue(parsing: Array(value.indentedText.utf8)) == value, "an indented text has the value")
    }
  ]
}

private enum JSONFixture {
  static let texts = [
    "{\"a\": [1, -2.5e3, true, false, null], \"b\": {\"c\": \"d\"}}",
    "[\"\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\/\\b\\f\\r\\t\", 9223372036854775807, -9223372036854775808, 1e308, -0, 0.1]",
    "\"text \u{1F600} e\u{301}\"", "[[[[]]],{}]",
  ]
}
