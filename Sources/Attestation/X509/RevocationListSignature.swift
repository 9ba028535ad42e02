package import Crypto
package import CryptoExtras
import SwiftASN1

/// How a revocation list is signed (RFC 5280, section 5.1.1.2): the algorithms of the vendors that are known here.
enum RevocationListSignatureAlgorithm: Sendable {
  /// AMD.
  case rsaPSSWithSHA384
  /// Intel.
  case ecdsaWithSHA256
  /// NVIDIA, AWS.
  case ecdsaWithSHA384

  /// - Parameter identifier: AlgorithmIdentifier in DER.
  init(_ identifier: ArraySlice<UInt8>) throws(DERError) {
    if RSASSAPSS.isAlgorithmIdentifier(identifier) {
      self = .rsaPSSWithSHA384
    } else if identifier.elementsEqual(ObjectIdentifier.ecdsaWithSHA256Identifier) {
      self = .ecdsaWithSHA256
    } else if identifier.elementsEqual(ObjectIdentifier.ecdsaWithSHA384Identifier) {
      self = .ecdsaWithSHA384
    } else {
      throw DERError()
    }
  }
}

extension CertificateRevocationList {
  package func isSigned(by key: _RSA.Signing.PublicKey) -> Bool {
    signatureAlgorithm == .rsaPSSWithSHA384 && key.isValidPSSSignature(signature, for: tbsBytes)
  }

  package func isSigned(by key: P256.Signing.PublicKey) -> Bool {
    guard signatureAlgorithm == .ecdsaWithSHA256,
      let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature)
    else { return false }
    return key.isValidSignature(signature, for: SHA256.hash(data: tbsBytes))
  }

  package func isSigned(by key: P384.Signing.PublicKey) -> Bool {
    guard signatureAlgorithm == .ecdsaWithSHA384,
      let signature = try? P384.Signing.ECDSASignature(derRepresentation: signature)
    else { return false }
    return key.isValidSignature(signature, for: SHA384.hash(data: tbsBytes))
  }
}
