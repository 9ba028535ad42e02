import Crypto
import CryptoExtras
import Foundation

/// An issuer's public key for tokens of type 0x0001: an element of P-384 in compressed form, 49 bytes
/// (RFC 9578, section 5.5; RFC 9497, section 4.4). One key has one encoding.
public struct VOPRFPublicKey: Sendable, Hashable {
  /// `Ne` and `Ns` of the ciphersuite P384-SHA384.
  public static let elementByteCount = 49
  static let scalarByteCount = 48

  /// The encoded key: exactly the bytes that `tokenKeyID` is the digest of.
  public let encoded: [UInt8]
  /// SHA-256 of `encoded`.
  public let tokenKeyID: [UInt8]

  /// - Throws: `token-issuer-key-malformed`.
  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) {
    encoded = bytes
    tokenKeyID = Array(SHA256.hash(data: bytes))
    _ = try functionKey()
  }

  /// The last byte of `tokenKeyID`: what a token request carries of it.
  public var truncatedTokenKeyID: UInt8 { tokenKeyID[TokenType.keyIDByteCount - 1] }

  /// Made anew for each use, because the library's type may not be shared between threads.
  func functionKey() throws(PrivacyPassError) -> P384._VOPRF.PublicKey {
    guard Self.isCompressedElement(encoded), let key = try? P384._VOPRF.PublicKey(compressedRepresentation: encoded)
    else { throw PrivacyPassError(PrivacyPassError.issuerKeyMalformed, "issuer key is no element of P-384") }
    return key
  }

  /// Whether the bytes have the length and the first byte of a compressed point; on the curve is another question.
  static func isCompressedElement(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.count == elementByteCount && (bytes.first == 0x02 || bytes.first == 0x03)
  }
}
