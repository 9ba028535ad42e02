import Crypto
import CryptoExtras
import Foundation

/// Issuer and origin of tokens of type 0x0001 (RFC 9578, sections 5.2 and 5.4): one private key, which evaluates what it
/// cannot read, and without which no token can be verified.
///
/// The private key is a secret of the issuer; it leaves this type only through `withRawRepresentation`. Cloister issues
/// type 0x0002 only, because its gateway redeems with public keys; this is for deployments where both are one party.
public struct VOPRFTokenIssuer: Sendable {
  private let privateKey: P384.Signing.PrivateKey
  public let publicKey: VOPRFPublicKey

  /// A new random key.
  ///
  /// - Throws: `token-issuer-key-malformed` where the random source fails.
  public init() throws(PrivacyPassError) { try self.init(privateKey: P384.Signing.PrivateKey()) }

  /// A stored key: `skI` as 48 big-endian bytes, above 0 and below the group's order.
  ///
  /// - Throws: `token-issuer-key-malformed`.
  public init(rawRepresentation: [UInt8]) throws(PrivacyPassError) {
    guard let key = try? P384.Signing.PrivateKey(rawRepresentation: rawRepresentation) else {
      throw PrivacyPassError(PrivacyPassError.issuerKeyMalformed, "private key of the issuer is no scalar of P-384")
    }
    try self.init(privateKey: key)
  }

  private init(privateKey: P384.Signing.PrivateKey) throws(PrivacyPassError) {
    self.privateKey = privateKey
    publicKey = try VOPRFPublicKey(decoding: Array(privateKey.publicKey.compressedRepresentation))
  }

  /// The private key for storage: the caller keeps it as secret as the issuer itself.
  public func withRawRepresentation<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
    try body(Array(privateKey.rawRepresentation))
  }

  /// Evaluates one blinded element and proves that this key did it.
  ///
  /// - Throws: `token-type-unsupported` for a request of another type; `token-key-unknown` where it names another key;
  ///   `token-request-malformed` where its blinded message is no element of P-384.
  public func issue(_ request: TokenRequest) throws(PrivacyPassError) -> TokenResponse {
    try request.tokenType.require(.voprfP384)
    guard request.truncatedTokenKeyID == publicKey.truncatedTokenKeyID else {
      throw PrivacyPassError(PrivacyPassError.keyUnknown, "token request names another key")
    }
    guard VOPRFPublicKey.isCompressedElement(request.blindedMessage),
      let element = try? P384._VOPRF.BlindedElement(oprfRepresentation: request.blindedMessage),
      let evaluation = try? functionKey().evaluate(element)
    else {
      throw PrivacyPassError(PrivacyPassError.requestMalformed, "blinded message is no element of P-384")
    }
    return TokenResponse(tokenType: .voprfP384, encoded: Array(evaluation.rawRepresentation))
  }

  /// Decides whether a token is genuine. Whether it was spent before is another question.
  ///
  /// - Throws: `token-type-unsupported`, `token-key-unknown`, `token-challenge-mismatch`,
  ///   `token-authenticator-invalid`.
  public func verify(_ token: Token, challenge: TokenChallenge) throws(PrivacyPassError) {
    try token.tokenType.require(.voprfP384)
    guard token.tokenKeyID == publicKey.tokenKeyID else {
      throw PrivacyPassError(PrivacyPassError.keyUnknown, "token names another issuer key")
    }
    guard token.challengeDigest == challenge.digest else {
      throw PrivacyPassError(PrivacyPassError.challengeMismatch, "token answers another challenge")
    }
    guard let expected = try? functionKey().evaluate(token.authenticatorInput),
      Self.areEqualInConstantTime(Array(expected), token.authenticator)
    else {
      throw PrivacyPassError(PrivacyPassError.authenticatorInvalid, "authenticator of the token does not verify")
    }
  }

  /// Made anew for each use, because the library's type may not be shared between threads.
  private func functionKey() throws -> P384._VOPRF.PrivateKey {
    try P384._VOPRF.PrivateKey(rawRepresentation: privateKey.rawRepresentation)
  }

  /// The authenticator is a secret that only this key can compute, so time must not tell how far a guess is right.
  private static func areEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
