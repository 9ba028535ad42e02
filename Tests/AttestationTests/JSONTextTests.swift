import StrictJSON
import Testing

/// Texts that are read where they stand, and the values that are made of them.
@Suite struct JSONTextTests {
  private func text(_ json: String) throws -> JSONText { try JSONText(parsing: Array(json.utf8)) }

  @Test("a member is found behind others of every kind, and only in its own object")
  func members() throws {
    let json = #"{"a":{"x":1,"y":[2,{"z":3}]},"b":[[],{},""],"c":null,"d":true,"e":-1.5e3,"f":"\u0066","x":7}"#
    let root = try text(json).root
    #expect(root.isObject && root.member("x")?.integer == 7)
    #expect(root.member("a")?.member("y")?.elements?.last?.member("z")?.integer == 3)
    #expect(root.member("z") == nil && root.member("") == nil && root.member("a")?.member("b") == nil)
    #expect(root.member("b")?.elements?.count == 3)
    #expect(root.member("c")?.isNull == true && root.member("e")?.integer == nil && root.member("d")?.string == nil)
    #expect(root.member("f")?.string == "f" && root.member("f")?.utf8?.elementsEqual([0x66]) == true)
    #expect(
      try JSONValue(parsing: Array(json.utf8)) == [
        "a": ["x": 1, "y": [2, ["z": 3]]], "b": [[], [:], ""], "c": nil, "d": true, "e": .number(-1500), "f": "f",
        "x": 7,
      ])
  }

  @Test("the exact text of a member, whatever stands in strings around it")
  func exactText() throws {
    let root = try text(#" { "a" : "}\"," , "b":[{"c":1}, 2 ] ,"d":1.5, "e" : null ,"f":{ } } "#).root
    let members: [(JSONText.Value?, String)] = [
      (root.member("a"), #""}\",""#), (root.member("b"), #"[{"c":1}, 2 ]"#), (root.member("d"), "1.5"),
      (root.member("e"), "null"), (root.member("f"), "{ }"),
    ]
    for (value, expected) in members { #expect(value?.encodedBytes.elementsEqual(expected.utf8) == true) }
    #expect(root.encodedBytes.first == UInt8(ascii: "{") && root.encodedBytes.last == UInt8(ascii: "}"))
  }

  @Test("a name is found however it is written")
  func escapedNames() throws {
    #expect(try text(#"{"\u0073vn":5}"#).root.member("svn")?.integer == 5)
    #expect(try text(#"{"a\/b":5,"c":6}"#).root.member("a/b")?.integer == 5)
  }

  @Test("an object that names a member twice is refused, whatever its size and however the name is written")
  func twice() {
    let many = (0..<40).map { #""m\#($0)":\#($0)"# }
    for count in [1, 15, 16, 17, 40] {
      let members = many.prefix(count)
      #expect(throws: Never.self) { try text("{\(members.joined(separator: ","))}") }
      #expect(throws: JSONError(JSONError.duplicateMember, "")) {
        try text("{\((members + [#""m0":{}"#]).joined(separator: ","))}")
      }
      #expect(throws: JSONError(JSONError.duplicateMember, "")) {
        try text("[{\((members + [#""\u006d0":[1]"#]).joined(separator: ","))}]")
      }
    }
    for json in [#"{"":1,"":2}"#, #"{"a":{"b":1,"b":2}}"#, #"{"\n":1,"\u000a":2}"#] {
      #expect(throws: JSONError(JSONError.duplicateMember, "")) { try text(json) }
    }
  }

  @Test("names that differ in their bytes and that Swift takes for one are refused where a dictionary is made")
  func canonicallyEquivalent() throws {
    let json = "{\"\u{00E9}\":1,\"e\u{0301}\":2}"
    #expect(throws: JSONError(JSONError.duplicateMember, "")) { try JSONValue(parsing: Array(json.utf8)) }
  }

  @Test(
    "an integer is read up to 64 bits, and other numbers as such",
    arguments: [
      ("0", .integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
      ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
      ("1.0", .number(1)), ("1e2", .number(100)), ("1E-2", .number(0.01)),
    ] as [(String, JSONValue)])
  func numbers(json: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: Array(json.utf8)) == value)
    let integer: Int64? = if case .integer(let number) = value { number } else { nil }
    #expect(try text(json).root.integer == integer)
  }

  @Test(
    "a text that is no JSON is refused",
    arguments: [
      "", " ", "nul", "truth", "01", "-", "1.", "1e", "+1", ".5", "1e400", "-1e400", "{", "[", "[1,]", "{\"a\":1,}",
      "{\"a\" 1}", "{a:1}", "{1:1}", "[1 2]", "1 2", "]", "}", "\"", "{\"a\":}", "[,]", "{,}", "nan", "'a'",
    ])
  func malformed(json: String) {
    #expect(throws: JSONError(JSONError.malformed, "")) { try text(json) }
  }

  @Test("depth and length are bounded")
  func limits() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(throws: Never.self) { try JSONText(parsing: nested(32)) }
    #expect(throws: JSONError(JSONError.malformed, "")) { try JSONText(parsing: nested(33)) }
    #expect(throws: Never.self) { try JSONText(parsing: nested(2), byteLimit: 4) }
    #expect(throws: JSONError(JSONError.malformed, "")) { try JSONText(parsing: nested(2), byteLimit: 3) }
  }

  @Test("control characters of two digits and a member named again are taken where tolerated, and nowhere else")
  func tolerance() throws {
    let control = Array(#"{"a": "1\x002\x1F3"}"#.utf8)
    let repeated = Array(#"{"a": 1, "b": 5, "a": 2, "\u0061": 3}"#.utf8)
    let taken = try JSONText(parsing: control, tolerating: .hexadecimalControls)
    #expect(taken.root.member("a")?.string == "1 2 3")
    #expect(try JSONText(parsing: repeated, tolerating: .repeatedMembers).root.member("a")?.integer == 3)
    for tolerance in [[], .repeatedMembers] as [JSONText.Tolerance] {
      #expect(throws: JSONError(JSONError.malformed, "")) { try JSONText(parsing: control, tolerating: tolerance) }
    }
    for tolerance in [[], .hexadecimalControls] as [JSONText.Tolerance] {
      #expect(throws: JSONError(JSONError.duplicateMember, "")) {
        try JSONText(parsing: repeated, tolerating: tolerance)
      }
    }
    #expect(throws: JSONError(JSONError.malformed, "")) { try JSONValue(parsing: control) }
    #expect(throws: JSONError(JSONError.duplicateMember, "")) { try JSONValue(parsing: repeated) }
  }

  @Test("every truncation of a tolerated text is refused", arguments: [#"["\x0B"]"#, #"{"a": 1, "a": "\x1f"}"#])
  func toleratedTruncations(json: String) {
    let bytes = Array(json.utf8)
    for length in 0..<bytes.count {
      #expect(throws: JSONError(JSONError.malformed, "")) {
        try JSONText(parsing: Array(bytes[..<length]), tolerating: [.hexadecimalControls, .repeatedMembers])
      }
    }
  }
}
