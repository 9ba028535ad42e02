import X509

extension NVIDIA {
  /// Certificates and revocation lists that came with a device's evidence, in any order. Parsed, and nothing checked.
  struct Endorsements: Sendable {
    static let byteLimit = 1 << 20
    static let certificateLimit = 32
    static let revocationListLimit = 8

    private(set) var certificates: [VendorCertificate] = []
    private(set) var revocationLists: [CertificateRevocationList] = []

    /// - Throws: `endorsement-limit`, `endorsement-unreadable`.
    init(parsing pieces: [[UInt8]]) throws(AttestationError) {
      guard pieces.count <= Self.certificateLimit, pieces.reduce(0, { $0 + $1.count }) <= Self.byteLimit else {
        throw Self.overLimit
      }
      for piece in pieces {
        guard let values = try DERValues.parse(piece, countLimit: Self.certificateLimit) else {
          throw Self.unreadable
        }
        for value in values { try add(value) }
      }
    }

    private static let overLimit = AttestationError(
      AttestationError.endorsementLimit,
      "endorsements have more than \(byteLimit) bytes, \(certificateLimit) certificates or "
        + "\(revocationListLimit) revocation lists")

    private static let unreadable = AttestationError(
      AttestationError.endorsementUnreadable, "endorsement is no certificate or revocation list")

    private mutating func add(_ bytes: [UInt8]) throws(AttestationError) {
      if let certificate = try? VendorCertificate(derBytes: bytes) {
        guard !certificates.contains(certificate) else { return }
        guard certificates.count < Self.certificateLimit else { throw Self.overLimit }
        certificates.append(certificate)
      } else if let list = try? CertificateRevocationList(derBytes: bytes[...]) {
        guard revocationLists.count < Self.revocationListLimit else { throw Self.overLimit }
        revocationLists.append(list)
      } else {
        throw Self.unreadable
      }
    }

    /// The certificate of the key that signed the report: the one that is no authority, and with several of them the
    /// one whose key it is.
    func leaf(for report: Report) throws(AttestationError) -> VendorCertificate {
      let leaves = certificates.filter { !$0.isAuthority }
      guard let first = leaves.first else {
        throw AttestationError(AttestationError.leafMissing, "endorsements hold no certificate of a device")
      }
      guard leaves.count > 1 else { return first }
      return leaves.first { report.isSigned(by: $0) } ?? first
    }
  }
}
