import Crypto
import CryptoExtras
import Foundation

/// The issuer's side of issuance (RFC 9578, section 6.2): one private key, which signs what it cannot read.
///
/// The private key is a secret of the issuer; it leaves this type only through `withPKCS8PEMRepresentation`.
public struct TokenIssuer: Sendable {
  private let privateKey: _RSA.BlindSigning.PrivateKey<SHA384>
  public let publicKey: IssuerPublicKey

  /// A new random key. Takes some 50 to 300 ms.
  ///
  /// - Throws: `token-issuer-key-malformed` where the random source fails.
  public init() throws(PrivacyPassError) {
    try self.init {
      try _RSA.BlindSigning.PrivateKey(keySize: .bits2048, parameters: .RSABSSA_SHA384_PSS_Deterministic)
    }
  }

  /// A stored key, in PKCS #8 or PKCS #1.
  ///
  /// - Throws: `token-issuer-key-malformed`, `token-issuer-key-size`, `token-issuer-key-exponent`.
  public init(pemRepresentation: String) throws(PrivacyPassError) {
    try self.init {
      try _RSA.BlindSigning.PrivateKey(
        pemRepresentation: pemRepresentation, parameters: .RSABSSA_SHA384_PSS_Deterministic)
    }
  }

  private init(_ makeKey: () throws -> _RSA.BlindSigning.PrivateKey<SHA384>) throws(PrivacyPassError) {
    let primitives: _RSA.BlindSigning.PublicKey<SHA384>.Primitives
    do {
      privateKey = try makeKey()
      primitives = try privateKey.publicKey.getKeyPrimitives()
    } catch {
      throw PrivacyPassError(PrivacyPassError.issuerKeyMalformed, "private key of the issuer is no RSA key")
    }
    publicKey = try IssuerPublicKey(modulus: primitives.modulus, publicExponent: primitives.publicExponent)
  }

  /// The private key for storage: the caller keeps it as secret as the issuer itself.
  public func withPKCS8PEMRepresentation<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    try body(privateKey.pkcs8PEMRepresentation)
  }

  /// Signs one blinded message. Takes some 0.4 ms.
  ///
  /// - Throws: `token-type-unsupported` for a request of another type; `token-key-unknown` where it names another key;
  ///   `token-request-malformed` where its blinded message is not below the modulus.
  public func issue(_ request: TokenRequest) throws(PrivacyPassError) -> TokenResponse {
    try request.tokenType.require(.blindRSA2048)
    guard request.truncatedTokenKeyID == publicKey.truncatedTokenKeyID else {
      throw PrivacyPassError(PrivacyPassError.keyUnknown, "token request names another key")
    }
    do {
      let signature = try privateKey.blindSignature(for: request.blindedMessage)
      return TokenResponse(tokenType: .blindRSA2048, encoded: Array(signature.rawRepresentation))
    } catch {
      throw PrivacyPassError(PrivacyPassError.requestMalformed, "blinded message is not below the modulus")
    }
  }
}
