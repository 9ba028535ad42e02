import PrivacyPass
import Testing

@Suite("Authentication fields of the PrivateToken scheme")
struct FieldTests {
  static let challenge = Base64URL.encode(RFC9578Vector.challenge)

  @Test("an authorization carries a token there and back")
  func authorization() throws {
    let token = try Token(decoding: RFC9578Vector.token)
    let value = PrivateTokenAuthorization.fieldValue(for: token)
    #expect(value.hasPrefix("PrivateToken token=\""))
    #expect(try PrivateTokenAuthorization.token(fieldValue: value).encoded == RFC9578Vector.token)
  }

  @Test("scheme and names of any case, unquoted values and unknown parameters are read")
  func tolerated() throws {
    let text = Base64URL.encode(RFC9578Vector.token)
    for value in [
      "privatetoken TOKEN=\(text)", "PRIVATETOKEN  grease=\"a, \\\"b\\\" = c\" ,token = \"\(text)\" , x=y",
      ", PrivateToken token=\"\(text)\",",
    ] {
      #expect(try PrivateTokenAuthorization.token(fieldValue: value).encoded == RFC9578Vector.token)
    }
  }

  @Test(
    "an authorization of another shape is refused",
    arguments: [
      "", " ", "PrivateToken", "PrivateToken token", "PrivateToken token=", "PrivateToken token=\"", "Bearer abc",
      "PrivateToken tokens=\"AAAA\"", "PrivateToken token=\"A\"", "PrivateToken token=\"AAA\"",
      "PrivateToken token=\"AB==\"", "PrivateToken token=\"A+/A\"", "PrivateToken token=\"AAAA\\", "token=\"AAAA\"",
      "PrivateToken token=\"AAAA\", token=\"AAAA\"", "PrivateToken token=\"AAAA\", Basic x", "PrivateToken \u{0}",
      "PrivateToken token=\"AA\u{7F}A\"", "=", "\"", "PrivateToken token=\"AAAA\" b", "PrivateToken abc= def",
    ])
  func refused(value: String) {
    #expect(refusal { _ = try PrivateTokenAuthorization.token(fieldValue: value) } == "token-field-malformed")
  }

  @Test("an authorization whose token is short or of another type is refused by the token's codes")
  func badToken() {
    func code(_ bytes: [UInt8]) -> String? {
      refusal {
        _ = try PrivateTokenAuthorization.token(fieldValue: "PrivateToken token=\"\(Base64URL.encode(bytes))\"")
      }
    }
    #expect(code(Array(RFC9578Vector.token.dropLast(3))) == "token-malformed")
    #expect(code([]) == "token-malformed")
    #expect(code([0, 0] + RFC9578Vector.token.dropFirst(2)) == "token-type-unsupported")
  }

  @Test("every truncation of a field is refused or lists fewer challenges, and never traps")
  func truncations() throws {
    let one = PrivateTokenChallenge(
      challenge: RFC9578Vector.challenge, tokenKey: RFC9578Vector.subjectPublicKeyInfo, maximumAge: .seconds(10))
    let value = "Basic realm=\"x\", " + one.fieldValue + ", Negotiate YWJj==, " + one.fieldValue
    #expect(try PrivateTokenChallenge.parseAll(fieldValue: value) == [one, one])
    for count in 0..<value.utf8.count {
      let parsed = try? PrivateTokenChallenge.parseAll(fieldValue: String(value.prefix(count)))
      #expect((parsed?.count ?? 0) <= 2)
    }
  }

  @Test("other schemes, also with a token68, are ignored")
  func otherSchemes() throws {
    for value in ["Basic", "Negotiate /abc=", "Negotiate abc==, Basic realm=\"a\"", "Digest a=b, c=\"d\""] {
      #expect(try PrivateTokenChallenge.parseAll(fieldValue: value).isEmpty)
    }
  }

  @Test("a challenge without its parameter, with bad base64url or a bad age is refused")
  func badChallenges() {
    for value in [
      "PrivateToken token-key=\"AAAA\"", "PrivateToken challenge=\"AAA\"",
      "PrivateToken challenge=AAAA, token-key=\"A\"",
      "PrivateToken challenge=AAAA, max-age=x", "PrivateToken challenge=AAAA, max-age=\"-1\"",
      "PrivateToken challenge=AAAA, max-age=4294967296", "PrivateToken challenge=AAAA, max-age=\"\"",
    ] {
      #expect(refusal { _ = try PrivateTokenChallenge.parseAll(fieldValue: value) } == "token-field-malformed")
    }
  }

  @Test("length, challenges and parameters are bounded")
  func limits() throws {
    func parse(_ value: String) -> String? { refusal { _ = try PrivateTokenChallenge.parseAll(fieldValue: value) } }
    func list(_ count: Int, _ element: (Int) -> String) -> String { (0..<count).map(element).joined(separator: ",") }
    #expect(parse("X y=\"" + String(repeating: "a", count: (16 << 10) - 6) + "\"") == nil)
    #expect(parse("X y=\"" + String(repeating: "a", count: (16 << 10) - 5) + "\"") == "token-field-malformed")
    #expect(parse(list(32) { "S\($0)" }) == nil)
    #expect(parse(list(33) { "S\($0)" }) == "token-field-malformed")
    #expect(parse("X " + list(32) { "p\($0)=v" }) == nil)
    #expect(parse("X " + list(33) { "p\($0)=v" }) == "token-field-malformed")
  }

  @Test("base64url follows RFC 4648, section 10, and takes one form only")
  func base64URL() {
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64URL.encode(Array(text.utf8)) == encoded)
      #expect(Base64URL.decode(encoded.utf8) == Array(text.utf8))
    }
    #expect(Base64URL.encode([0xFB, 0xFF, 0xBF]) == "-_-_")
    for text in ["Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===", "Zg==Zg==", "Zm9\n", "Zm+v", "=Zg="] {
      #expect(Base64URL.decode(text.utf8) == nil, "\(text)")
    }
  }
}
