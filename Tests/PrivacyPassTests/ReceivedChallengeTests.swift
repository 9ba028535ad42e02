import PrivacyPass
import Testing

@Suite("Challenges that a client receives")
struct ReceivedChallengeTests {
  private func name(_ text: String) throws -> ServerName { try ServerName(text.utf8) }

  private func challenge(_ originInfo: String, issuer: String = "issuer.example") throws -> TokenChallenge {
    try TokenChallenge(issuerName: Array(issuer.utf8), redemptionContext: [], originInfo: Array(originInfo.utf8))
  }

  @Test("server names differ by host and port, not by case, and 443 is implied")
  func serverNames() throws {
    #expect(try name("Issuer.Example.com") == name("issuer.example.com:443"))
    #expect(try name("issuer.example.com:") == name("issuer.example.com"))
    #expect(try name("issuer.example.com:8443") != name("issuer.example.com"))
    #expect(try name("issuer.example.com:8443").port == 8443)
    #expect(try name("[2001:DB8::1]:80").host == "[2001:db8::1]")
    #expect(try name("[::1]").port == 443)
    #expect(try name("a:65535").port == 65535)
  }

  @Test(
    "a server name with user information, a scheme, a path, white space or a bad port is refused",
    arguments: [
      "", ":", ":443", "issuer@example.com", "a:b@c", "https://a", "a/b", "a b", " a", "a ", "a:65536", "a:-1", "a:+1",
      "a:4x", "a:1:2", "[", "[]", "[::1", "[::1]x", "::1", "a\u{0}", "\u{E4}.example", "a,b", "a?b", "a#b", "[g/]",
    ])
  func badServerNames(text: String) {
    #expect(refusal { _ = try name(text) } == "token-server-name-malformed")
  }

  @Test("a challenge is answered by the origins that it names, or by all where it names none")
  func origins() throws {
    let several = try challenge("foo.example,Bar.example:443,baz.example:8443")
    #expect(try several.originServerNames().count == 3)
    for origin in ["foo.example", "BAR.example", "baz.example:8443"] { try several.requireOrigin(try name(origin)) }
    for origin in ["baz.example", "oo.example", "example"] {
      #expect(refusal { try several.requireOrigin(try name(origin)) } == "token-challenge-mismatch")
    }
    try challenge("").requireOrigin(try name("any.example"))
  }

  @Test("origin lists with empty names, white space or too many names are refused")
  func badOrigins() throws {
    let origin = try name("a")
    for list in [",", "a,", ",a", "a,,b", "a, b", "a b"] {
      #expect(refusal { try challenge(list).requireOrigin(origin) } == "token-server-name-malformed")
    }
    func many(_ count: Int) -> String { Array(repeating: "a", count: count).joined(separator: ",") }
    #expect(refusal { try challenge(many(256)).requireOrigin(origin) } == nil)
    #expect(refusal { try challenge(many(257)).requireOrigin(origin) } == "token-server-name-malformed")
    #expect(
      refusal { try challenge("a", issuer: "me@issuer").requireOrigin(origin) } == "token-server-name-malformed")
  }

  @Test("several fields are read in order, each by itself")
  func severalFields() throws {
    let one = PrivateTokenChallenge(challenge: [0, 2, 1], tokenKey: nil)
    let two = PrivateTokenChallenge(challenge: [0, 1, 1, 1], tokenKey: [1], maximumAge: .seconds(5))
    let values = ["Basic realm=\"x\"", PrivateTokenChallenge.fieldValue([one, two]), two.fieldValue, ""]
    #expect(try PrivateTokenChallenge.parseAll(fieldValues: values) == [one, two, two])
    #expect(
      refusal { _ = try PrivateTokenChallenge.parseAll(fieldValues: [one.fieldValue, ", max-age=5"]) }
        == "token-field-malformed")
    #expect(
      refusal { _ = try PrivateTokenChallenge.parseAll(fieldValues: Array(repeating: "Basic", count: 33)) }
        == "token-field-malformed")
  }

  @Test("challenges of unknown types, malformed ones and those of other origins are ignored, the others kept in order")
  func answerable() throws {
    func parameters(_ challenge: [UInt8]) -> PrivateTokenChallenge {
      PrivateTokenChallenge(challenge: challenge, tokenKey: nil)
    }
    let good = try challenge("origin.example")
    let voprf = try TokenChallenge(
      tokenType: .voprfP384, issuerName: Array("issuer.example".utf8),
      redemptionContext: [UInt8](repeating: 5, count: 32), originInfo: [])
    var context = voprf.encoded
    context[18] = 31
    let challenges =
      [parameters([]), parameters([0]), parameters([0, 3] + good.encoded.dropFirst(2)), parameters(context)]
      + [parameters(voprf.encoded), parameters(try challenge("other.example").encoded), .greased()]
      + [parameters(good.encoded), parameters(good.encoded + [0])]
    let kept = try PrivateTokenChallenge.answerable(
      fieldValues: [PrivateTokenChallenge.fieldValue(challenges)], from: try name("ORIGIN.example"))
    #expect(kept.map(\.challenge) == [voprf, good])
  }

  @Test("a greased challenge has a reserved type and is written and read like any other")
  func greased() throws {
    #expect(TokenType.reserved.count == 17)
    for _ in 0..<50 {
      let greased = PrivateTokenChallenge.greased()
      #expect(TokenType.reserved.contains(try #require(greased.tokenType)))
      #expect(try PrivateTokenChallenge.parseAll(fieldValue: greased.fieldValue) == [greased])
    }
  }

  @Test("a challenge that cannot be read is ignored alone, in its field and beside it")
  func unreadable() throws {
    let good = try challenge("origin.example")
    let parameters = PrivateTokenChallenge(challenge: good.encoded, tokenKey: [1])
    let origin = try name("origin.example")
    for bad in [
      "PrivateToken challenge=\"AAA\"", "PrivateToken token-key=\"AAAA\"", "PrivateToken challenge=AAAA, max-age=x",
      "PrivateToken challenge=AAAA, token-key=\"A\"",
    ] {
      for fields in [["\(bad), \(parameters.fieldValue), \(bad)"], [bad, parameters.fieldValue]] {
        #expect(
          try PrivateTokenChallenge.answerable(fieldValues: fields, from: origin).map(\.parameters) == [parameters])
        #expect(
          refusal { _ = try PrivateTokenChallenge.parseAll(fieldValues: fields) } == "token-field-malformed")
      }
    }
    #expect(
      refusal {
        _ = try PrivateTokenChallenge.answerable(fieldValues: ["PrivateToken challenge=\"AAAA"], from: origin)
      } == "token-field-malformed")
  }

  @Test("padding must be there, with quotes or without")
  func padding() throws {
    #expect(
      try PrivateTokenChallenge.parseAll(fieldValue: "PrivateToken challenge=\"AAI=\"").map(\.challenge) == [[0, 2]])
    #expect(
      try PrivateTokenChallenge.parseAll(fieldValue: "PrivateToken challenge=AAIB").map(\.challenge) == [[0, 2, 1]])
    for (value, challenge) in [("AAI=", [0, 2]), ("AA==", [0]), ("AAI= ", [0, 2])] as [(String, [UInt8])] {
      #expect(
        try PrivateTokenChallenge.parseAll(fieldValue: "PrivateToken challenge=\(value)").map(\.challenge) == [
          challenge
        ])
    }
    // As privacypass-ts writes it, with another challenge behind.
    let two = "PrivateToken challenge=AAI=, token-key=AQ==, PrivateToken challenge=AA=="
    #expect(
      try PrivateTokenChallenge.parseAll(fieldValue: two) == [
        PrivateTokenChallenge(challenge: [0, 2], tokenKey: [1]), PrivateTokenChallenge(challenge: [0], tokenKey: nil),
      ])
    for value in [
      "PrivateToken challenge=AAI", "PrivateToken challenge=\"AAI\"", "PrivateToken challenge=A===",
      "PrivateToken challenge=AA=A", "PrivateToken challenge=AAI=x", "PrivateToken challenge==",
      "PrivateToken challenge=AAI=\"\"",
    ] {
      #expect(refusal { _ = try PrivateTokenChallenge.parseAll(fieldValue: value) } == "token-field-malformed")
    }
  }
}
