import StrictJSON
import WireFormat

extension TDX {
  /// What came with a quote: at most one collateral document in JSON or the two answers of the vendor's service that it
  /// is made of, and certificates and revocation lists in DER or PEM, in any order. Parsed, and nothing checked.
  struct Endorsements: Sendable {
    let collateral: Collateral?
    let certificates: [VendorCertificate]
    let revocationLists: [CertificateRevocationList]

    /// - Parameter pool: keeps one certificate of every DER value, since the same ones come again and again.
    /// - Throws: `endorsement-limit`, `endorsement-unreadable`, `collateral-malformed`.
    init(parsing pieces: [[UInt8]], pool: inout CertificatePool) throws(AttestationError) {
      typealias Limits = Attestation.Endorsements
      guard pieces.count <= Limits.certificateLimit, pieces.reduce(0, { $0 + $1.count }) <= Limits.byteLimit else {
        throw AttestationError(AttestationError.endorsementLimit, "endorsements have too many pieces or bytes")
      }
      var texts: [CollateralReader] = []
      var certificates: [VendorCertificate] = []
      var lists: [CertificateRevocationList] = []
      for piece in pieces {
        if Self.isObject(piece) {
          texts.append(try CollateralReader(parsing: piece, byteLimit: Collateral.byteLimit, "collateral"))
          continue
        }
        guard let values = try DERValues.parse(piece, countLimit: Limits.certificateLimit) else {
          throw Self.unreadable
        }
        for value in values {
          if let certificate = try? pool.certificate(value) {
            certificates.append(certificate)
          } else if let list = try? CertificateRevocationList(derBytes: value[...]) {
            lists.append(list)
          } else {
            throw Self.unreadable
          }
        }
        guard certificates.count <= Limits.certificateLimit, lists.count <= Limits.revocationListLimit else {
          throw AttestationError(
            AttestationError.endorsementLimit, "endorsements have too many certificates or revocation lists")
        }
      }
      switch texts.count {
      case 0: collateral = nil
      case 1: collateral = try Collateral(document: texts[0], pool: &pool)
      default: collateral = try Collateral(answers: texts, chain: certificates)
      }
      self.certificates = certificates
      revocationLists = lists
    }

    private static let unreadable = AttestationError(
      AttestationError.endorsementUnreadable, "endorsement is no certificate, revocation list or collateral")

    private static func isObject(_ piece: [UInt8]) -> Bool {
      piece.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{")
    }
  }

  /// Certificates by their DER bytes and by the PEM text that held them: parsed once.
  struct CertificatePool {
    // There are few, and to compare them is cheaper than to hash them.
    private var certificates: [VendorCertificate] = []
    private var chains: [(text: [UInt8], chain: [VendorCertificate])] = []

    /// - Throws: `endorsement-unreadable`.
    mutating func certificate(_ derBytes: [UInt8]) throws(AttestationError) -> VendorCertificate {
      if let known = certificates.first(where: { $0.derBytes == derBytes }) { return known }
      guard let certificate = try? VendorCertificate(derBytes: derBytes) else {
        throw AttestationError(AttestationError.endorsementUnreadable, "a certificate is not of its format")
      }
      certificates.append(certificate)
      return certificate
    }

    /// The certificates of one PEM text.
    ///
    /// - Throws: `endorsement-unreadable`, `endorsement-limit`.
    mutating func chain(_ text: [UInt8]) throws(AttestationError) -> [VendorCertificate] {
      if let known = chains.first(where: { $0.text == text }) { return known.chain }
      let limit = Attestation.Endorsements.certificateLimit
      guard let values = try DERValues.parse(text, countLimit: limit), values.count <= limit else {
        throw AttestationError(AttestationError.endorsementUnreadable, "a chain is not in PEM")
      }
      var chain: [VendorCertificate] = []
      for value in values { chain.append(try certificate(value)) }
      chains.append((text, chain))
      return chain
    }
  }
}
