import HybridPublicKeyEncryption
import WireFormat

/// What an encapsulated request of either form starts with (RFC 9458, section 4.3):
///
///     Key Identifier (8) | HPKE KEM ID (16) | HPKE KDF ID (16) | HPKE AEAD ID (16)
struct RequestHeader: Sendable, Hashable {
  static let byteCount = 7

  let keyIdentifier: UInt8
  let ciphersuite: Ciphersuite

  init(keyIdentifier: UInt8, ciphersuite: Ciphersuite) {
    self.keyIdentifier = keyIdentifier
    self.ciphersuite = ciphersuite
  }

  /// - Throws: `OHTTPError.malformed` when the bytes end, `OHTTPError.keyUnknown` for an algorithm unknown here.
  init(parsing cursor: inout WireCursor) throws(OHTTPError) {
    let (identifier, kem, kdf, aead): (UInt8, UInt16, UInt16, UInt16)
    do throws(WireError) {
      identifier = try cursor.readInteger(field: "key identifier")
      kem = try cursor.readInteger(field: "KEM identifier")
      kdf = try cursor.readInteger(field: "KDF identifier")
      aead = try cursor.readInteger(field: "AEAD identifier")
    } catch {
      throw OHTTPError(OHTTPError.malformed, "encapsulated request: \(error.message)")
    }
    guard let kem = KEMIdentifier(rawValue: kem), let kdf = KDFIdentifier(rawValue: kdf),
      let aead = AEADIdentifier(rawValue: aead)
    else {
      throw OHTTPError(OHTTPError.keyUnknown, "encapsulated request names an algorithm unknown here")
    }
    self.init(keyIdentifier: identifier, ciphersuite: Ciphersuite(kem: kem, kdf: kdf, aead: aead))
  }

  var encoded: [UInt8] {
    var writer = WireWriter(reservingCapacity: Self.byteCount)
    writer.writeInteger(keyIdentifier)
    writer.writeInteger(ciphersuite.kem.rawValue)
    writer.writeInteger(ciphersuite.kdf.rawValue)
    writer.writeInteger(ciphersuite.aead.rawValue)
    return writer.bytes
  }

  /// The key schedule for requests with this header: its `info` is the form's label, a zero byte, the header.
  func keySchedule(_ form: OHTTPForm) -> KeySchedule {
    KeySchedule(ciphersuite: ciphersuite, info: form.requestLabel + [0] + encoded)
  }
}
