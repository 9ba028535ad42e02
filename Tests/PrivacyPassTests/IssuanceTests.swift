import PrivacyPass
import Testing

@Suite("Issuance and redemption")
struct IssuanceTests {
  @Test("a token issued blindly verifies under the issuer's public key")
  func roundTrip() throws {
    let issuer = try Fixtures.rfcIssuer()
    let challenge = try Fixtures.challenge()
    let token = try Fixtures.token(from: issuer, challenge: challenge)
    try TokenVerifier(keys: [issuer.publicKey]).verify(token, challenge: challenge)
    #expect(token.encoded.count == Token.byteCount)
    #expect(token.challengeDigest == challenge.digest)
  }

  @Test("two requests for one challenge share no nonce and no blinded message")
  func freshness() throws {
    let issuer = try Fixtures.rfcIssuer()
    let challenge = try Fixtures.challenge()
    let batch = try PendingTokenBatch(count: 2, challenge: challenge, key: issuer.publicKey)
    let requests = batch.request.requests
    #expect(requests[0].blindedMessage != requests[1].blindedMessage)
    let response = issuer.issue(batch.request)
    let tokens = try batch.finalize(response)
    #expect(tokens[0].nonce != tokens[1].nonce)
    #expect(tokens[0].digest != tokens[1].digest)
  }

  @Test("an issuer's random answer is refused, and so is another request's")
  func garbage() throws {
    let issuer = try Fixtures.rfcIssuer()
    let challenge = try Fixtures.challenge()
    for fill in [0, 1, 0x55, 0xFF] as [UInt8] {
      let pending = try PendingToken(challenge: challenge, key: issuer.publicKey)
      let response = try TokenResponse(decoding: [UInt8](repeating: fill, count: 256))
      #expect(Self.finalize(pending, response) == "token-invalid-issuance")
    }
    let first = try PendingToken(challenge: challenge, key: issuer.publicKey)
    let second = try PendingToken(challenge: challenge, key: issuer.publicKey)
    #expect(Self.finalize(first, try issuer.issue(second.request)) == "token-invalid-issuance")
  }

  @Test("an answer signed with another key is refused")
  func otherKey() throws {
    let issuer = try Fixtures.rfcIssuer()
    let other = try Fixtures.otherIssuer()
    let challenge = try Fixtures.challenge()
    var refused = false
    // A blinded message may be above the other modulus, and that issuer refuses it then: a later one is not.
    for _ in 0..<64 where !refused {
      let pending = try PendingToken(challenge: challenge, key: issuer.publicKey)
      var request = pending.request.encoded
      request[2] = other.publicKey.truncatedTokenKeyID
      guard let response = try? other.issue(TokenRequest(decoding: request)) else { continue }
      #expect(Self.finalize(pending, response) == "token-invalid-issuance")
      refused = true
    }
    #expect(refused)
  }

  @Test("an issuer refuses a request that names another key")
  func requestForAnotherKey() throws {
    let issuer = try Fixtures.rfcIssuer()
    var request = RFC9578Vector.request
    request[2] ^= 0x01
    #expect(refusal { _ = try issuer.issue(TokenRequest(decoding: request)) } == "token-key-unknown")
  }

  @Test("a blinded message that is not below the modulus is refused")
  func aboveModulus() throws {
    let issuer = try Fixtures.rfcIssuer()
    let bytes = [0, 2, issuer.publicKey.truncatedTokenKeyID] + [UInt8](repeating: 0xFF, count: 256)
    #expect(refusal { _ = try issuer.issue(TokenRequest(decoding: bytes)) } == "token-request-malformed")
  }

  @Test("a challenge of another type cannot be answered")
  func otherType() throws {
    let issuer = try Fixtures.rfcIssuer()
    let challenge = try TokenChallenge(
      tokenType: TokenType(rawValue: 1), issuerName: [0x61], redemptionContext: [], originInfo: [])
    #expect(
      refusal { _ = try PendingToken(challenge: challenge, key: issuer.publicKey) } == "token-type-unsupported")
  }

  @Test("a single changed byte of a token is refused")
  func changedToken() throws {
    let challenge = try TokenChallenge(decoding: RFC9578Vector.challenge)
    let verifier = TokenVerifier(keys: [try IssuerPublicKey(subjectPublicKeyInfo: RFC9578Vector.subjectPublicKeyInfo)])
    for index in RFC9578Vector.token.indices {
      var bytes = RFC9578Vector.token
      bytes[index] ^= 0x80
      let expected =
        switch index {
        case 0..<2: "token-type-unsupported"
        case 2..<34: "token-authenticator-invalid"
        case 34..<66: "token-challenge-mismatch"
        case 66..<98: "token-key-unknown"
        default: "token-authenticator-invalid"
        }
      #expect(refusal { try verifier.verify(Token(decoding: bytes), challenge: challenge) } == expected)
    }
  }

  @Test("a token of another issuer, origin or day is refused")
  func otherChallenge() throws {
    let issuer = try Fixtures.rfcIssuer()
    let token = try Fixtures.token(from: issuer, challenge: try Fixtures.challenge(issuerDay: 7))
    let verifier = TokenVerifier(keys: [issuer.publicKey])
    for challenge in [
      try Fixtures.challenge(issuerDay: 8),
      try TokenChallenge.cloister(issuerName: "other.test", originInfo: "gateway.test", issuerDay: 7),
      try TokenChallenge.cloister(issuerName: "issuer.test", originInfo: "other.test", issuerDay: 7),
    ] {
      #expect(refusal { try verifier.verify(token, challenge: challenge) } == "token-challenge-mismatch")
    }
  }

  @Test("a daily verifier names the day of a token and refuses tokens of days that are over")
  func days() throws {
    let yesterday = try Fixtures.otherIssuer()
    let today = try Fixtures.rfcIssuer()
    func day(_ number: UInt64, _ issuer: TokenIssuer) throws -> DailyTokenVerifier.IssuerDay {
      DailyTokenVerifier.IssuerDay(
        issuerDay: number, keys: [issuer.publicKey], challenge: try Fixtures.challenge(issuerDay: number))
    }
    let verifier = DailyTokenVerifier(days: [try day(3, yesterday), try day(4, today)])
    let old = try Fixtures.token(from: yesterday, challenge: try Fixtures.challenge(issuerDay: 3))
    #expect(try verifier.verify(old) == 3)
    #expect(try verifier.verify(Fixtures.token(from: today, challenge: try Fixtures.challenge(issuerDay: 4))) == 4)

    let crossed = try Fixtures.token(from: today, challenge: try Fixtures.challenge(issuerDay: 3))
    #expect(refusal { _ = try verifier.verify(crossed) } == "token-challenge-mismatch")
    let later = DailyTokenVerifier(days: [try day(4, today)])
    #expect(refusal { _ = try later.verify(old) } == "token-key-unknown")
  }

  private static func finalize(_ pending: consuming PendingToken, _ response: TokenResponse) -> String? {
    do {
      _ = try pending.finalize(response)
      return nil
    } catch {
      return error.code.rawValue
    }
  }
}
