public import HybridPublicKeyEncryption
public import WireFormat

/// A pair of key derivation function and authenticated cipher that a gateway accepts with its key.
public struct SymmetricAlgorithm: Sendable, Hashable {
  public let kdf: KDFIdentifier
  public let aead: AEADIdentifier

  public init(kdf: KDFIdentifier = .hkdfSHA256, aead: AEADIdentifier) {
    self.kdf = kdf
    self.aead = aead
  }
}

/// A gateway's public key and the algorithms it accepts (RFC 9458, section 3.1).
///
///     Key Identifier (8) | HPKE KEM ID (16) | HPKE Public Key (Npk * 8)
///     | HPKE Symmetric Algorithms Length (16) = 4..65532 | { KDF ID (16), AEAD ID (16) } ...
///
/// Decoding says nothing about who wrote it: the caller authenticates the bytes.
public struct KeyConfiguration: Sendable, Equatable {
  public let keyIdentifier: UInt8
  public let publicKey: KEMPublicKey
  /// The algorithms known here, in the gateway's order; at least one. Unknown ones count only in `encoded`.
  public let symmetricAlgorithms: [SymmetricAlgorithm]
  /// The exact bytes received or written, unknown algorithms included: what digests of a key configuration cover.
  public let encoded: [UInt8]

  /// - Throws: `OHTTPError.noUsableKey` for an empty list of algorithms, `OHTTPError.malformed` for more than 16,383.
  public init(
    keyIdentifier: UInt8, publicKey: KEMPublicKey, symmetricAlgorithms: [SymmetricAlgorithm]
  ) throws(OHTTPError) {
    guard !symmetricAlgorithms.isEmpty else {
      throw OHTTPError(OHTTPError.noUsableKey, "key configuration has 0 symmetric algorithms, expected at least 1")
    }
    guard symmetricAlgorithms.count <= Self.maximumAlgorithmCount else {
      throw OHTTPError(
        OHTTPError.malformed,
        "key configuration has \(symmetricAlgorithms.count) symmetric algorithms, at most "
          + "\(Self.maximumAlgorithmCount) are allowed")
    }
    self.keyIdentifier = keyIdentifier
    self.publicKey = publicKey
    self.symmetricAlgorithms = symmetricAlgorithms
    var writer = WireWriter()
    writer.writeInteger(keyIdentifier)
    writer.writeInteger(publicKey.kem.rawValue)
    writer.write(publicKey.rawRepresentation)
    writer.writeInteger(UInt16(symmetricAlgorithms.count * 4))
    for algorithm in symmetricAlgorithms {
      writer.writeInteger(algorithm.kdf.rawValue)
      writer.writeInteger(algorithm.aead.rawValue)
    }
    encoded = writer.bytes
  }

  /// The largest number of symmetric algorithms that the format can count.
  public static let maximumAlgorithmCount = 16_383

  /// One key configuration and nothing after it.
  ///
  /// - Throws: `OHTTPError.malformed`; `OHTTPError.noUsableKey` for an unknown KEM or only unknown algorithms.
  public init(decoding bytes: [UInt8]) throws(OHTTPError) {
    var cursor = WireCursor(bytes)
    try self.init(parsing: &cursor)
    guard cursor.isAtEnd else {
      throw OHTTPError(
        OHTTPError.malformed, "\(cursor.remainingByteCount) bytes after the key configuration, expected 0")
    }
  }

  /// Reads one key configuration. After an unknown KEM the length of the rest is unknown: that throws.
  ///
  /// - Throws: as `init(decoding:)`.
  public init(parsing cursor: inout WireCursor) throws(OHTTPError) {
    let start = cursor.remainder
    let fields: (identifier: UInt8, kem: KEMIdentifier, key: ArraySlice<UInt8>, algorithms: ArraySlice<UInt8>)
    do throws(WireError) {
      let identifier: UInt8 = try cursor.readInteger(field: "key identifier")
      guard let kem = KEMIdentifier(rawValue: try cursor.readInteger(field: "KEM identifier")) else {
        throw WireError(Self.unknownKEM, "KEM identifier is unknown here")
      }
      let key = try cursor.readBytes(kem.publicKeyByteCount, field: "public key")
      fields = (identifier, kem, key, try cursor.readPrefixedBytes(UInt16.self, field: "symmetric algorithms"))
    } catch {
      throw OHTTPError(
        error.code == Self.unknownKEM ? OHTTPError.noUsableKey : OHTTPError.malformed,
        "key configuration: \(error.message)")
    }
    guard !fields.algorithms.isEmpty, fields.algorithms.count.isMultiple(of: 4) else {
      throw OHTTPError(
        OHTTPError.malformed,
        "symmetric algorithms have \(fields.algorithms.count) bytes, expected a positive multiple of 4")
    }
    keyIdentifier = fields.identifier
    symmetricAlgorithms = Self.knownAlgorithms(fields.algorithms)
    guard !symmetricAlgorithms.isEmpty else {
      throw OHTTPError(OHTTPError.noUsableKey, "key configuration has no symmetric algorithm known here")
    }
    do {
      publicKey = try KEMPublicKey(kem: fields.kem, rawRepresentation: Array(fields.key))
    } catch {
      throw OHTTPError(OHTTPError.malformed, "key configuration: \(error.message)")
    }
    encoded = Array(start.prefix(start.count - cursor.remainingByteCount))
  }

  private static let unknownKEM = WireError.invalidValue

  private static func knownAlgorithms(_ bytes: ArraySlice<UInt8>) -> [SymmetricAlgorithm] {
    var algorithms: [SymmetricAlgorithm] = []
    var index = bytes.startIndex
    while index + 4 <= bytes.endIndex {
      let kdf = UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
      let aead = UInt16(bytes[index + 2]) << 8 | UInt16(bytes[index + 3])
      if let kdf = KDFIdentifier(rawValue: kdf), let aead = AEADIdentifier(rawValue: aead) {
        algorithms.append(SymmetricAlgorithm(kdf: kdf, aead: aead))
      }
      index += 4
    }
    return algorithms
  }
}
