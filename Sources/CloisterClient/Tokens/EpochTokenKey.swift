import Crypto
public import NodeVerification
public import PrivacyPass

extension VerifiedEpoch {
  /// The token key of the issuer day, in its only form.
  /// - Throws: the codes of `IssuerPublicKey`.
  public func tokenKey() throws(ClientError) -> IssuerPublicKey {
    try coded { try IssuerPublicKey(subjectPublicKeyInfo: issuerKey.publicKey) }
  }

  /// SHA-256 of the token key.
  var issuerKeyDigest: [UInt8] { Array(SHA256.hash(data: issuerKey.publicKey)) }
}
