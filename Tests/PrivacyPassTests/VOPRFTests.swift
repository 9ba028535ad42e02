import BigInt
import Crypto
import PrivacyPass
import Testing

@Suite("Tokens of type 0x0001")
struct VOPRFTests {
  static let issuerResult = Result { try VOPRFTokenIssuer() }

  static func secretKey(_ issuer: VOPRFTokenIssuer) -> BigUInt {
    BigUInt(bytes: issuer.withRawRepresentation { $0 })
  }

  private func token(_ issuer: VOPRFTokenIssuer) throws -> Token {
    let pending = try PendingToken(challenge: try BatchTests.voprfChallenge(), key: issuer.publicKey)
    let response = try issuer.issue(pending.request)
    return try pending.finalize(response)
  }

  @Test("a token issued blindly verifies under the issuer's secret key, and its field carries it")
  func roundTrip() throws {
    let issuer = try Self.issuerResult.get()
    let token = try token(issuer)
    #expect(token.tokenType == .voprfP384)
    #expect(token.encoded.count == 146)
    try issuer.verify(token, challenge: try BatchTests.voprfChallenge())
    let field = PrivateTokenAuthorization.fieldValue(for: token)
    #expect(try PrivateTokenAuthorization.token(fieldValue: field).encoded == token.encoded)
    let stored = issuer.withRawRepresentation { $0 }
    try VOPRFTokenIssuer(rawRepresentation: stored).verify(token, challenge: try BatchTests.voprfChallenge())
  }

  @Test("a single changed byte of a token is refused")
  func changedToken() throws {
    let issuer = try Self.issuerResult.get()
    let encoded = try token(issuer).encoded
    for index in encoded.indices {
      var bytes = encoded
      bytes[index] ^= 0x80
      let expected =
        switch index {
        case 0..<2: "token-type-unsupported"
        case 34..<66: "token-challenge-mismatch"
        case 66..<98: "token-key-unknown"
        default: "token-authenticator-invalid"
        }
      #expect(
        refusal { try issuer.verify(Token(decoding: bytes), challenge: try BatchTests.voprfChallenge()) } == expected)
    }
  }

  @Test("each type is refused where the other is due")
  func otherType() throws {
    let voprf = try Self.issuerResult.get()
    let issuer = try Fixtures.rfcIssuer()
    let voprfChallenge = try BatchTests.voprfChallenge()
    let challenge = try Fixtures.challenge()
    let voprfToken = try token(voprf)
    let rsaToken = try Token(decoding: RFC9578Vector.token)
    let verifier = TokenVerifier(keys: [issuer.publicKey])
    let daily = DailyTokenVerifier(days: [.init(issuerDay: 7, keys: [issuer.publicKey], challenge: challenge)])
    let request = try PendingToken(challenge: voprfChallenge, key: voprf.publicKey).request
    for code in [
      refusal { try verifier.verify(voprfToken, challenge: voprfChallenge) },
      refusal { _ = try daily.verify(voprfToken) },
      refusal { try voprf.verify(rsaToken, challenge: challenge) },
      refusal { _ = try issuer.issue(request) },
      refusal { _ = try voprf.issue(TokenRequest(decoding: RFC9578Vector.request)) },
      refusal { _ = try PendingToken(challenge: challenge, key: voprf.publicKey) },
      refusal { _ = try PendingToken(challenge: voprfChallenge, key: issuer.publicKey) },
    ] {
      #expect(code == "token-type-unsupported")
    }
  }

  @Test("every truncation and one byte too many is refused, for token, request, response and key")
  func exactLength() throws {
    let issuer = try Self.issuerResult.get()
    let request = try PendingToken(challenge: try BatchTests.voprfChallenge(), key: issuer.publicKey).request
    let response = try issuer.issue(request).encoded
    func check(_ bytes: [UInt8], code: String, decode: ([UInt8]) throws -> Void) {
      #expect(refusal { try decode(bytes) } == nil)
      for count in 0..<bytes.count { #expect(refusal { try decode(Array(bytes.prefix(count))) } == code) }
      #expect(refusal { try decode(bytes + [0]) } == code)
    }
    check(try token(issuer).encoded, code: "token-malformed") { _ = try Token(decoding: $0) }
    check(request.encoded, code: "token-request-malformed") { _ = try TokenRequest(decoding: $0) }
    check(response, code: "token-response-malformed") { _ = try TokenResponse(decoding: $0, tokenType: .voprfP384) }
    check(issuer.publicKey.encoded, code: "token-issuer-key-malformed") { _ = try VOPRFPublicKey(decoding: $0) }
  }

  @Test("a blinded message or key that is no compressed point of the curve is refused")
  func badElements() throws {
    let issuer = try Self.issuerResult.get()
    let x = Array(issuer.publicKey.encoded.dropFirst())
    let offCurve = try #require(
      (1...255).lazy.map { Self.element(x: BigUInt($0)) }.first { P384Oracle.Element($0) == nil })
    for element in [
      [0] + x, [4] + x, [6] + x, [5] + x, [0x82] + x, [UInt8](repeating: 0, count: 49), offCurve,
      Self.element(x: P384Oracle.field), [2] + [UInt8](repeating: 0xFF, count: 48),
    ] {
      #expect(refusal { _ = try VOPRFPublicKey(decoding: element) } == "token-issuer-key-malformed")
      let request = try TokenRequest(decoding: [0, 1, issuer.publicKey.truncatedTokenKeyID] + element)
      #expect(refusal { _ = try issuer.issue(request) } == "token-request-malformed")
    }
  }

  @Test("a secret key of 0, of the group's order or of another length is refused")
  func badSecretKeys() {
    for scalar in [
      [UInt8](repeating: 0, count: 48), P384Oracle.octets(P384Oracle.order), [UInt8](repeating: 0xFF, count: 48), [],
      [UInt8](repeating: 1, count: 47), [UInt8](repeating: 1, count: 49),
    ] {
      #expect(refusal { _ = try VOPRFTokenIssuer(rawRepresentation: scalar) } == "token-issuer-key-malformed")
    }
  }

  @Test("a request that names another key is refused")
  func otherKey() throws {
    let issuer = try Self.issuerResult.get()
    var bytes = try PendingToken(challenge: try BatchTests.voprfChallenge(), key: issuer.publicKey).request.encoded
    bytes[2] ^= 1
    #expect(refusal { _ = try issuer.issue(TokenRequest(decoding: bytes)) } == "token-key-unknown")
  }

  @Test("a response of an independent issuer is accepted; with any other key, element or proof it is refused")
  func proofs() throws {
    let issuer = try Self.issuerResult.get()
    let secretKey = Self.secretKey(issuer)
    #expect(try Self.finalize(issuer) { Self.evaluate($0, secretKey) } == nil)
    #expect(try Self.finalize(issuer) { Self.evaluate($0, secretKey + 1) } == "token-invalid-issuance")
    for index in [0, 1, 48, 49, 96, 97, 144] {
      let code = try Self.finalize(issuer) { element in
        var bytes = Self.evaluate(element, secretKey)
        bytes[index] ^= 1
        return bytes
      }
      #expect(code == "token-invalid-issuance", "byte \(index)")
    }
  }

  /// The library would reduce such scalars and go on with them.
  @Test("a proof with a scalar of 0, or not below the group's order, is refused")
  func reducedScalars() throws {
    let issuer = try Self.issuerResult.get()
    let secretKey = Self.secretKey(issuer)
    for scalar in [BigUInt(0), P384Oracle.order, P384Oracle.order + 1, (BigUInt(1) << 384) - 1] {
      for place in [49, 97] {
        let code = try Self.finalize(issuer) { element in
          var bytes = Self.evaluate(element, secretKey)
          bytes.replaceSubrange(place..<place + 48, with: P384Oracle.octets(scalar))
          return bytes
        }
        #expect(code == "token-invalid-issuance")
      }
    }
  }

  /// The library ends the process at the point at infinity; an issuer that knows its key can steer a client there.
  @Test("a proof that leads to the point at infinity is refused and nothing ends")
  func infinity() throws {
    let issuer = try Self.issuerResult.get()
    let secretKey = Self.secretKey(issuer)
    let order = P384Oracle.order
    for (factor, c) in [(secretKey, BigUInt(1)), (secretKey, BigUInt(77)), (secretKey + 5, BigUInt(3))] {
      for answer in [order - c * factor % order, c * factor % order] {
        let code = try Self.finalize(issuer) { element in
          (factor * element).bytes + P384Oracle.octets(c) + P384Oracle.octets(answer)
        }
        #expect(code == "token-invalid-issuance")
      }
    }
    let zeros = try Self.finalize(issuer) { element in
      (secretKey * element).bytes + [UInt8](repeating: 0, count: 96)
    }
    #expect(zeros == "token-invalid-issuance")
  }

  private static func element(x: BigUInt) -> [UInt8] { [2] + P384Oracle.octets(x) }

  /// What an issuer with this key answers, by the oracle.
  private static func evaluate(_ blinded: P384Oracle.Element, _ secretKey: BigUInt) -> [UInt8] {
    let evaluated = secretKey * blinded
    return evaluated.bytes
      + VOPRFOracle(mode: 1).prove(secretKey: secretKey, blinded: [blinded], evaluated: [evaluated], random: 0x1234567)
  }

  private static func finalize(
    _ issuer: VOPRFTokenIssuer, _ answer: (P384Oracle.Element) -> [UInt8]
  ) throws -> String? {
    let pending = try PendingToken(challenge: try BatchTests.voprfChallenge(), key: issuer.publicKey)
    let blinded = try #require(P384Oracle.Element(pending.request.blindedMessage))
    let response = try TokenResponse(decoding: answer(blinded), tokenType: .voprfP384)
    do {
      let token = try pending.finalize(response)
      try issuer.verify(token, challenge: try BatchTests.voprfChallenge())
      return nil
    } catch let error as PrivacyPassError {
      return error.code.rawValue
    }
  }
}
