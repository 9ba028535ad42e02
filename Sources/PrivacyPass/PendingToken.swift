import CryptoExtras
import Foundation

/// The client's side of issuance (RFC 9578, section 6.1 and 6.3), between its request and the issuer's response.
///
/// It holds the nonce and the blind, which no one else may learn, and can be finalized once.
public struct PendingToken: ~Copyable {
  /// What goes to the issuer.
  public let request: TokenRequest
  private let blinded: BlindedToken

  /// Draws a fresh nonce and a fresh blind.
  ///
  /// - Throws: `token-type-unsupported` for a challenge of another type; `token-issuer-key-malformed` where the key
  ///   cannot blind.
  public init(challenge: TokenChallenge, key: IssuerPublicKey) throws(PrivacyPassError) {
    (request, blinded) = try BlindedToken.make(challenge: challenge, key: key)
  }

  /// - Throws: `token-invalid-issuance` where the response does not unblind to a token that verifies. Nothing of it is
  ///   kept then: sending such a token would tell the issuer who sends it.
  public consuming func finalize(_ response: TokenResponse) throws(PrivacyPassError) -> Token {
    try blinded.finalize(response)
  }
}

/// Several tokens under one challenge and key, drawn together.
public struct PendingTokenBatch: ~Copyable {
  public let requests: [TokenRequest]
  private let blinded: [BlindedToken]

  /// - Parameter count: number of tokens, 0 or more.
  /// - Throws: as `PendingToken`.
  public init(count: Int, challenge: TokenChallenge, key: IssuerPublicKey) throws(PrivacyPassError) {
    var requests: [TokenRequest] = []
    var blinded: [BlindedToken] = []
    while requests.count < count {
      let next = try BlindedToken.make(challenge: challenge, key: key)
      requests.append(next.request)
      blinded.append(next.blinded)
    }
    self.requests = requests
    self.blinded = blinded
  }

  /// - Parameter responses: one for each request, in the order of `requests`.
  /// - Throws: `token-invalid-issuance` where their number differs or a single one does not verify: all are discarded.
  public consuming func finalize(_ responses: [TokenResponse]) throws(PrivacyPassError) -> [Token] {
    guard responses.count == blinded.count else {
      throw PrivacyPassError(
        PrivacyPassError.invalidIssuance, "issuer answered \(responses.count) of \(blinded.count) token requests")
    }
    var tokens: [Token] = []
    for (pending, response) in zip(blinded, responses) { tokens.append(try pending.finalize(response)) }
    return tokens
  }
}

/// The secrets behind one token request.
private struct BlindedToken {
  let nonce: [UInt8]
  let challengeDigest: [UInt8]
  let key: IssuerPublicKey
  let inverse: _RSA.BlindSigning.BlindingInverse

  static func make(
    challenge: TokenChallenge, key: IssuerPublicKey
  ) throws(PrivacyPassError) -> (request: TokenRequest, blinded: BlindedToken) {
    try challenge.tokenType.requireSupported()
    var generator = SystemRandomNumberGenerator()
    let nonce = (0..<Token.nonceByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let digest = challenge.digest
    let input = Token.input(nonce: nonce, challengeDigest: digest, tokenKeyID: key.tokenKeyID)
    do {
      let result = try key.blindSigningKey.blind(key.blindSigningKey.prepare(input))
      let request = TokenRequest(
        truncatedTokenKeyID: key.truncatedTokenKeyID, blindedMessage: Array(result.blindedMessage))
      return (request, BlindedToken(nonce: nonce, challengeDigest: digest, key: key, inverse: result.inverse))
    } catch {
      throw PrivacyPassError(PrivacyPassError.issuerKeyMalformed, "issuer key cannot blind a message")
    }
  }

  func finalize(_ response: TokenResponse) throws(PrivacyPassError) -> Token {
    let input = Token.input(nonce: nonce, challengeDigest: challengeDigest, tokenKeyID: key.tokenKeyID)
    do {
      let signature = try key.blindSigningKey.finalize(
        _RSA.BlindSigning.BlindSignature(rawRepresentation: response.blindSignature),
        for: key.blindSigningKey.prepare(input), blindingInverse: inverse)
      return Token(
        nonce: nonce, challengeDigest: challengeDigest, tokenKeyID: key.tokenKeyID,
        authenticator: Array(signature.rawRepresentation))
    } catch {
      throw PrivacyPassError(PrivacyPassError.invalidIssuance, "issuer's answer does not unblind to a valid token")
    }
  }
}
