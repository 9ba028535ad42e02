import Crypto

/// A recipient's public key in the serialization of its KEM (RFC 9180, section 7.1.1).
///
/// Making one checks the bytes: P-256 points are uncompressed and on the curve, and an X-Wing key has passed one
/// encapsulation, since the library finds coefficients that are not reduced modulo q only there. A low-order X25519
/// key is found when it is used.
public struct KEMPublicKey: Sendable, Equatable {
  enum Storage: Sendable {
    case p256(P256.KeyAgreement.PublicKey)
    case x25519(Curve25519.KeyAgreement.PublicKey)
    case xWing(XWingMLKEM768X25519.PublicKey)
  }

  public let kem: KEMIdentifier
  public let rawRepresentation: [UInt8]
  let storage: Storage

  /// - Throws: `HPKEError.malformedKey`.
  public init(kem: KEMIdentifier, rawRepresentation: [UInt8]) throws(HPKEError) {
    self.kem = kem
    self.rawRepresentation = rawRepresentation
    storage = try Self.parse(kem, rawRepresentation, name: "public key")
    if case .xWing(let key) = storage {
      do {
        _ = try key.encapsulate()
      } catch {
        throw HPKEError(HPKEError.malformedKey, "X-Wing public key has a coefficient that is not below q")
      }
    }
  }

  /// A public key computed from its private key: nothing to check.
  init(trusted storage: Storage) {
    self.storage = storage
    switch storage {
    case .p256(let key): (kem, rawRepresentation) = (.p256, Array(key.x963Representation))
    case .x25519(let key): (kem, rawRepresentation) = (.x25519, Array(key.rawRepresentation))
    case .xWing(let key): (kem, rawRepresentation) = (.xWing, Array(key.rawRepresentation))
    }
  }

  public static func == (left: KEMPublicKey, right: KEMPublicKey) -> Bool {
    left.kem == right.kem && left.rawRepresentation == right.rawRepresentation
  }

  /// Also reads the encapsulated key of a Diffie-Hellman KEM, which is an ephemeral public key.
  static func parse(_ kem: KEMIdentifier, _ bytes: [UInt8], name: StaticString) throws(HPKEError) -> Storage {
    guard bytes.count == kem.publicKeyByteCount else {
      throw HPKEError(
        HPKEError.malformedKey, "\(name) has \(bytes.count) bytes, expected \(kem.publicKeyByteCount)")
    }
    do {
      switch kem {
      case .p256:
        guard bytes[0] == 4 else { throw HPKEError(HPKEError.malformedKey, "\(name) is no uncompressed point") }
        return .p256(try P256.KeyAgreement.PublicKey(x963Representation: bytes))
      case .x25519: return .x25519(try Curve25519.KeyAgreement.PublicKey(rawRepresentation: bytes))
      case .xWing: return .xWing(try XWingMLKEM768X25519.PublicKey(rawRepresentation: bytes))
      }
    } catch {
      throw HPKEError(HPKEError.malformedKey, "\(name) is no element of its group")
    }
  }
}
