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
    if let values = try DERValues.parse(piece, countLimit: Self.certificateLimit) {
      for value in values { try addDER(value) }
    } else if allowsTable {
      let contents = try SEVSNP.CertificateTable(parsing: piece).endorsements
      for content in contents { try add(content, allowsTable: false) }
    } else {
      throw Self.unreadable
    }
  }

  private mutating func addDER(_ bytes: [UInt8]) throws(AttestationError) {
    if let certificate = try? SEVSNP.Certificate(derBytes: bytes) {
      guard !certificates.contains(where: { $0.derBytes == certificate.derBytes }) else { return }
      guard certificates.count < Self.certificateLimit else {
        throw AttestationError(
          AttestationError.endorsementLimit, "endorsements have more than \(Self.certificateLimit) certificates")
      }
      certificates.append(certificate)
    } else if let list = try? CertificateRevocationList(derBytes: bytes[...]) {
      guard revocationLists.count < Self.revocationListLimit else {
        throw AttestationError(
          AttestationError.endorsementLimit, "endorsements have more than \(Self.revocationListLimit) revocation lists")
      }
      revocationLists.append(list)
    } else {
      throw Self.unreadable
    }
  }
}
