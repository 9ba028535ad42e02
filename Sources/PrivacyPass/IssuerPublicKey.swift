import Crypto
import CryptoExtras
import Foundation
import SwiftASN1

/// An issuer's public key for tokens of type 0x0002: RSA with 2048 bits and the exponent 65537, in a
/// SubjectPublicKeyInfo with the RSASSA-PSS identifier, SHA-384, MGF1 with SHA-384 and 48 bytes of salt
/// (RFC 9578, section 6.5). One key has one encoding, of 342 bytes; no other is accepted.
public struct IssuerPublicKey: Sendable {
  typealias BlindSigningKey = _RSA.BlindSigning.PublicKey<SHA384>

  public static let bitCount = 2048
  public static let subjectPublicKeyInfoByteCount = 342

  /// The encoded key: exactly the bytes that `tokenKeyID` is the digest of.
  public let subjectPublicKeyInfo: [UInt8]
  /// SHA-256 of `subjectPublicKeyInfo`.
  public let tokenKeyID: [UInt8]
  let blindSigningKey: BlindSigningKey

  /// - Throws: `token-issuer-key-malformed`, `token-issuer-key-size`, `token-issuer-key-exponent`.
  public init(subjectPublicKeyInfo bytes: [UInt8]) throws(PrivacyPassError) {
    let primitives = try RSAPrimitives(subjectPublicKeyInfo: bytes)
    try self.init(modulus: primitives.modulus, publicExponent: primitives.publicExponent)
    guard subjectPublicKeyInfo == bytes else {
      throw PrivacyPassError(PrivacyPassError.issuerKeyMalformed, "issuer key is not in its only encoding")
    }
  }

  init(modulus: some Collection<UInt8>, publicExponent: some Collection<UInt8>) throws(PrivacyPassError) {
    let bitCount = modulus.first.map { modulus.count * 8 - $0.leadingZeroBitCount } ?? 0
    guard bitCount == Self.bitCount else {
      throw PrivacyPassError(
        PrivacyPassError.issuerKeySize, "issuer key has \(bitCount) bits, expected \(Self.bitCount)")
    }
    guard publicExponent.elementsEqual(Self.publicExponent) else {
      throw PrivacyPassError(PrivacyPassError.issuerKeyExponent, "public exponent of the issuer key is not 65537")
    }
    subjectPublicKeyInfo = Self.encodingPrefix + modulus + Self.encodingSuffix
    tokenKeyID = Array(SHA256.hash(data: subjectPublicKeyInfo))
    do {
      blindSigningKey = try BlindSigningKey(
        n: Array(modulus), e: Self.publicExponent, parameters: .RSABSSA_SHA384_PSS_Deterministic)
    } catch {
      throw PrivacyPassError(PrivacyPassError.issuerKeyMalformed, "issuer key is no RSA key")
    }
  }

  /// The last byte of `tokenKeyID`: what a token request carries of it.
  public var truncatedTokenKeyID: UInt8 { tokenKeyID[TokenType.keyIDByteCount - 1] }

  /// Whether a token's authenticator is this key's signature over the rest of it.
  func verifiesAuthenticator(of token: Token) -> Bool {
    blindSigningKey.isValidSignature(
      _RSA.Signing.RSASignature(rawRepresentation: token.authenticator),
      for: blindSigningKey.prepare(token.authenticatorInput))
  }
}

extension IssuerPublicKey: Equatable, Hashable {
  public static func == (left: IssuerPublicKey, right: IssuerPublicKey) -> Bool {
    left.subjectPublicKeyInfo == right.subjectPublicKeyInfo
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(tokenKeyID) }
}

extension IssuerPublicKey {
  private static let publicExponent: [UInt8] = [0x01, 0x00, 0x01]

  /// AlgorithmIdentifier: id-RSASSA-PSS with SHA-384, MGF1 with SHA-384, salt length 48.
  fileprivate static let algorithmIdentifier: [UInt8] = [
    0x30, 0x3D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A, 0x30, 0x30, 0xA0,
    0x0D, 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0xA1, 0x1A,
    0x30, 0x18, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08, 0x30, 0x0B, 0x06,
    0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0xA2, 0x03, 0x02, 0x01, 0x30,
  ]

  /// What stands before the 256 bytes of the modulus: SEQUENCE, the algorithm, BIT STRING, SEQUENCE, INTEGER.
  private static let encodingPrefix: [UInt8] =
    [0x30, 0x82, 0x01, 0x52] + algorithmIdentifier
    + [0x03, 0x82, 0x01, 0x0F, 0x00, 0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01, 0x00]

  /// What stands behind it: INTEGER 65537.
  private static let encodingSuffix: [UInt8] = [0x02, 0x03] + publicExponent
}

/// Modulus and exponent as a SubjectPublicKeyInfo of any size names them, so that each refusal has its own code.
private struct RSAPrimitives {
  /// Big-endian, without leading zeros.
  let modulus: ArraySlice<UInt8>
  let publicExponent: ArraySlice<UInt8>

  /// More than an RSA-16384 key needs.
  static let byteLimit = 4096

  init(subjectPublicKeyInfo bytes: [UInt8]) throws(PrivacyPassError) {
    guard bytes.count <= Self.byteLimit else {
      throw PrivacyPassError(
        PrivacyPassError.issuerKeyMalformed,
        "issuer key has \(bytes.count) bytes, at most \(Self.byteLimit) are allowed")
    }
    do {
      let key = try DER.sequence(try DER.parse(bytes), identifier: .sequence) { nodes in
        guard let algorithm = nodes.next(), algorithm.encodedBytes.elementsEqual(IssuerPublicKey.algorithmIdentifier)
        else { throw ASN1Error.invalidASN1Object(reason: "algorithm") }
        return try ASN1BitString(derEncoded: &nodes)
      }
      self = try DER.sequence(try DER.parse(key.bytes), identifier: .sequence) { nodes in
        let modulus = try ArraySlice<UInt8>(derEncoded: &nodes)
        let publicExponent = try ArraySlice<UInt8>(derEncoded: &nodes)
        return RSAPrimitives(modulus: modulus.drop { $0 == 0 }, publicExponent: publicExponent.drop { $0 == 0 })
      }
    } catch {
      throw PrivacyPassError(
        PrivacyPassError.issuerKeyMalformed, "issuer key is no RSASSA-PSS key with SHA-384 and 48 bytes of salt")
    }
  }

  private init(modulus: ArraySlice<UInt8>, publicExponent: ArraySlice<UInt8>) {
    self.modulus = modulus
    self.publicExponent = publicExponent
  }
}
