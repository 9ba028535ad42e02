import Crypto

/// A recipient's private key: a P-256 scalar, an X25519 scalar or the seed of an X-Wing key, 32 bytes each.
///
/// Secret: the type cannot be printed, encoded or compared. The bytes lie in storage that is cleared when it is freed;
/// the library's own expansion of an X-Wing key is not (docs/decisions/0001-own-hpke-key-schedule.md).
public struct KEMPrivateKey: Sendable {
  enum Storage: Sendable {
    case p256(P256.KeyAgreement.PrivateKey)
    case x25519(Curve25519.KeyAgreement.PrivateKey)
    case xWing(XWingMLKEM768X25519.PrivateKey)
  }

  public let publicKey: KEMPublicKey
  let storage: Storage
  private let rawBytes: SymmetricKey

  public var kem: KEMIdentifier { publicKey.kem }

  /// A new key from the system's random numbers.
  public static func generate(_ kem: KEMIdentifier) throws(HPKEError) -> KEMPrivateKey {
    // Of random 32-byte strings, P-256 refuses one in 2^32: those that are no scalar below the group's order.
    var refusal: HPKEError?
    for _ in 0..<8 {
      do {
        return try KEMPrivateKey(kem: kem, rawBytes: SymmetricKey(size: .bits256))
      } catch {
        refusal = error
      }
    }
    throw refusal ?? HPKEError(HPKEError.malformedKey, "no private key could be generated")
  }

  /// The caller erases its own copy of `rawRepresentation`.
  ///
  /// - Throws: `HPKEError.malformedKey`.
  public init(kem: KEMIdentifier, rawRepresentation: [UInt8]) throws(HPKEError) {
    guard rawRepresentation.count == kem.privateKeyByteCount else {
      throw HPKEError(
        HPKEError.malformedKey,
        "private key has \(rawRepresentation.count) bytes, expected \(kem.privateKeyByteCount)")
    }
    try self.init(kem: kem, rawBytes: SymmetricKey(data: rawRepresentation))
  }

  private init(kem: KEMIdentifier, rawBytes: SymmetricKey) throws(HPKEError) {
    self.rawBytes = rawBytes
    do {
      switch kem {
      case .p256:
        let key = try P256.KeyAgreement.PrivateKey(rawRepresentation: rawBytes)
        storage = .p256(key)
        publicKey = KEMPublicKey(trusted: .p256(key.publicKey))
      case .x25519:
        let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: rawBytes)
        storage = .x25519(key)
        publicKey = KEMPublicKey(trusted: .x25519(key.publicKey))
      case .xWing:
        let key = try rawBytes.withUnsafeBytes {
          try XWingMLKEM768X25519.PrivateKey(seedRepresentation: $0, publicKey: nil)
        }
        storage = .xWing(key)
        publicKey = KEMPublicKey(trusted: .xWing(key.publicKey))
      }
    } catch {
      throw HPKEError(HPKEError.malformedKey, "private key is no scalar of its group")
    }
  }

  /// The 32 secret bytes, for storing the key. They are valid inside `body` alone.
  public func withUnsafeRawRepresentation<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try rawBytes.withUnsafeBytes(body)
  }
}
