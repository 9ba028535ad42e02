import Foundation

/// Certificates and revocation lists that came with evidence, in any order. Parsed, and nothing checked.
///
/// Each piece is DER (one value or several behind one another), PEM (one block or several), or an AMD certificate table
/// whose entries are either.
public struct Endorsements: Sendable {
  /// Bounds for all pieces together.
  public static let byteLimit = 4 << 20
  public static let certificateLimit = 64
  public static let revocationListLimit = 8

  private(set) var certificates: [SEVSNP.Certificate] = []
  private(set) var revocationLists: [CertificateRevocationList] = []

  /// - Throws: `endorsement-limit`, `endorsement-unreadable`.
  public init(parsing pieces: [[UInt8]]) throws(AttestationError) {
    guard pieces.count <= Self.certificateLimit, pieces.reduce(0, { $0 + $1.count }) <= Self.byteLimit else {
      throw AttestationError(
        AttestationError.endorsementLimit,
        "endorsements have more than \(Self.certificateLimit) pieces or \(Self.byteLimit) bytes")
    }
    for piece in pieces { try add(piece, allowsTable: true) }
  }

  private static let unreadable = AttestationError(
    AttestationError.endorsementUnreadable, "endorsement is no certificate, revocation list or certificate table")

  private mutating func add(_ piece: [UInt8], allowsTable: Bool) throws(AttestationError) {
    if PEMBlock.isPresent(in: piece) {
      for block in try PEMBlock.blocks(in: piece) { try addDER(block[...]) }
    } else if let values = Self.sequences(in: piece) {
      for value in values { try addDER(value) }
    } else if allowsTable {
      let contents = try SEVSNP.CertificateTable(parsing: piece).endorsements
      for content in contents { try add(content, allowsTable: false) }
    } else {
      throw Self.unreadable
    }
  }

  private mutating func addDER(_ bytes: ArraySlice<UInt8>) throws(AttestationError) {
    if let certificate = try? SEVSNP.Certificate(derBytes: Array(bytes)) {
      guard !certificates.contains(where: { $0.derBytes == certificate.derBytes }) else { return }
      guard certificates.count < Self.certificateLimit else {
        throw AttestationError(
          AttestationError.endorsementLimit, "endorsements have more than \(Self.certificateLimit) certificates")
      }
      certificates.append(certificate)
    } else if let list = try? CertificateRevocationList(derBytes: bytes) {
      guard revocationLists.count < Self.revocationListLimit else {
        throw AttestationError(
          AttestationError.endorsementLimit, "endorsements have more than \(Self.revocationListLimit) revocation lists")
      }
      revocationLists.append(list)
    } else {
      throw Self.unreadable
    }
  }

  /// The DER sequences that stand one behind another, or nil where the bytes are anything else.
  private static func sequences(in bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
    var rest = bytes[...]
    var values: [ArraySlice<UInt8>] = []
    while !rest.isEmpty {
      guard rest.first == 0x30, values.count <= certificateLimit, let marker = rest.dropFirst().first else {
        return nil
      }
      let lengthByteCount = marker < 0x80 ? 0 : Int(marker & 0x7F)
      guard marker != 0x80, lengthByteCount <= 3, rest.count >= 2 + lengthByteCount else { return nil }
      let content = rest.dropFirst(2).prefix(lengthByteCount).reduce(0) { $0 << 8 | Int($1) }
      let byteCount = 2 + lengthByteCount + (marker < 0x80 ? Int(marker) : content)
      guard byteCount <= rest.count else { return nil }
      values.append(rest.prefix(byteCount))
      rest = rest.dropFirst(byteCount)
    }
    return values.isEmpty ? nil : values
  }
}

/// Textual encodings of certificates and revocation lists (RFC 7468). Text outside the blocks is passed over.
private enum PEMBlock {
  static let begin = Array("-----BEGIN ".utf8)

  /// True for a block behind nothing but text: a certificate table may hold PEM, behind binary headers.
  static func isPresent(in bytes: [UInt8]) -> Bool {
    guard let range = bytes.firstRange(of: begin) else { return false }
    return !bytes[..<range.lowerBound].contains(0)
  }

  static func blocks(in bytes: [UInt8]) throws(AttestationError) -> [[UInt8]] {
    let unreadable = AttestationError(AttestationError.endorsementUnreadable, "endorsement is no readable PEM")
    var blocks: [[UInt8]] = []
    var label: String?
    var body: [UInt8] = []
    for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("-----BEGIN ") {
        guard label == nil, text == "-----BEGIN CERTIFICATE-----" || text == "-----BEGIN X509 CRL-----" else {
          throw unreadable
        }
        label = String(text.dropFirst(11))
        body = []
      } else if text.hasPrefix("-----END ") {
        guard let opened = label, text.dropFirst(9) == opened, let content = Data(base64Encoded: Data(body)) else {
          throw unreadable
        }
        blocks.append(Array(content))
        label = nil
      } else if label != nil {
        body.append(contentsOf: text.utf8)
      }
    }
    guard label == nil, !blocks.isEmpty else { throw unreadable }
    return blocks
  }
}
