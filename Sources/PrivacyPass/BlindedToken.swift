import Crypto
import CryptoExtras
import Foundation

/// The secrets behind one token request.
struct BlindedToken {
  private enum Blind {
    case blindRSA(IssuerPublicKey, _RSA.BlindSigning.BlindingInverse)
    case voprf(VOPRFPublicKey, P384._VOPRF.BlindedInput)
  }

  private let tokenType: TokenType
  private let nonce: [UInt8]
  private let challengeDigest: [UInt8]
  private let tokenKeyID: [UInt8]
  private let blind: Blind

  /// - Throws: `token-type-unsupported`, `token-issuer-key-malformed`.
  static func make(
    challenge: TokenChallenge, key: IssuerPublicKey
  ) throws(PrivacyPassError) -> (request: TokenRequest, blinded: BlindedToken) {
    try challenge.tokenType.require(.blindRSA2048)
    let (nonce, input) = freshInput(challenge, tokenKeyID: key.tokenKeyID)
    do {
      let result = try key.blindSigningKey.blind(key.blindSigningKey.prepare(input))
      return (
        TokenRequest(
          tokenType: .blindRSA2048, truncatedTokenKeyID: key.truncatedTokenKeyID,
          blindedMessage: Array(result.blindedMessage)),
        BlindedToken(
          tokenType: .blindRSA2048, nonce: nonce, challengeDigest: challenge.digest, tokenKeyID: key.tokenKeyID,
          blind: .blindRSA(key, result.inverse))
      )
    } catch {
      throw PrivacyPassError(PrivacyPassError.issuerKeyMalformed, "issuer key cannot blind a message")
    }
  }

  /// - Throws: `token-type-unsupported`, `token-issuer-key-malformed`.
  static func make(
    challenge: TokenChallenge, key: VOPRFPublicKey
  ) throws(PrivacyPassError) -> (request: TokenRequest, blinded: BlindedToken) {
    try challenge.tokenType.require(.voprfP384)
    let (nonce, input) = freshInput(challenge, tokenKeyID: key.tokenKeyID)
    guard let blindedInput = try? key.functionKey().blind(input) else {
      throw PrivacyPassError(PrivacyPassError.issuerKeyMalformed, "issuer key cannot blind a message")
    }
    return (
      TokenRequest(
        tokenType: .voprfP384, truncatedTokenKeyID: key.truncatedTokenKeyID,
        blindedMessage: Array(blindedInput.blindedElement.oprfRepresentation)),
      BlindedToken(
        tokenType: .voprfP384, nonce: nonce, challengeDigest: challenge.digest, tokenKeyID: key.tokenKeyID,
        blind: .voprf(key, blindedInput))
    )
  }

  private static func freshInput(
    _ challenge: TokenChallenge, tokenKeyID: [UInt8]
  ) -> (nonce: [UInt8], input: [UInt8]) {
    var generator = SystemRandomNumberGenerator()
    let nonce = (0..<Token.nonceByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return (
      nonce,
      Token.input(
        tokenType: challenge.tokenType, nonce: nonce, challengeDigest: challenge.digest, tokenKeyID: tokenKeyID)
    )
  }

  /// - Throws: `token-invalid-issuance`.
  func finalize(_ response: TokenResponse) throws(PrivacyPassError) -> Token {
    guard response.tokenType == tokenType, let authenticator = try? authenticator(from: response.encoded) else {
      throw PrivacyPassError(PrivacyPassError.invalidIssuance, "issuer's answer does not unblind to a valid token")
    }
    return Token(
      tokenType: tokenType, nonce: nonce, challengeDigest: challengeDigest, tokenKeyID: tokenKeyID,
      authenticator: authenticator)
  }

  private func authenticator(from response: [UInt8]) throws -> [UInt8]? {
    switch blind {
    case .blindRSA(let key, let inverse):
      let input = Token.input(
        tokenType: tokenType, nonce: nonce, challengeDigest: challengeDigest, tokenKeyID: tokenKeyID)
      let signature = try key.blindSigningKey.finalize(
        _RSA.BlindSigning.BlindSignature(rawRepresentation: response), for: key.blindSigningKey.prepare(input),
        blindingInverse: inverse)
      return Array(signature.rawRepresentation)
    case .voprf(let key, let blindedInput):
      let blindedElement = Array(blindedInput.blindedElement.oprfRepresentation)
      guard let evaluation = VOPRFEvaluation(response, blindedElement: blindedElement, key: key) else { return nil }
      return Array(try key.functionKey().finalize(blindedInput, using: evaluation.blindEvaluation))
    }
  }
}
