import StrictJSON
import WireFormat

extension TDX {
  /// What came with a quote: at most one collateral document in JSON, and certificates and revocation lists in DER or
  /// PEM, in any order. Parsed, and nothing checked.
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
      var collateral: Collateral?
      var certificates: [VendorCertificate] = []
      var lists: [CertificateRevocationList] = []
      for piece in pieces {
        if Self.isObject(piece) {
          guard collateral == nil else { throw CollateralReader.malformed("collateral is there twice") }
          collateral = try Collateral(parsing: piece, pool: &pool)
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
      self.collateral = collateral
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

  /// The vendor's collateral in the one document that travels with evidence. Members that are not asked for are passed
  /// over: what counts is signed one by one.
  struct Collateral: Sendable {
    static let byteLimit = 2 << 20

    /// A text that the vendor signed, in the exact bytes that were signed.
    struct SignedText: Sendable {
      let bytes: [UInt8]
      /// r and s, most significant byte first, 64 bytes.
      let signature: [UInt8]
      let chain: [VendorCertificate]
    }

    let tcbInfo: SignedText
    let enclaveIdentity: SignedText
    let certificateChain: [VendorCertificate]
    let rootList: CertificateRevocationList?
    let certificateList: CertificateRevocationList?

    init(parsing text: [UInt8], pool: inout CertificatePool) throws(AttestationError) {
      let reader = try CollateralReader(parsing: text, byteLimit: Self.byteLimit, "collateral")
      tcbInfo = SignedText(
        bytes: Array(try reader.utf8("tcb_info")),
        signature: try reader.bytes("tcb_info_signature", byteCount: 64),
        chain: try pool.chain(Array(try reader.utf8("tcb_info_issuer_chain"))))
      enclaveIdentity = SignedText(
        bytes: Array(try reader.utf8("qe_identity")),
        signature: try reader.bytes("qe_identity_signature", byteCount: 64),
        chain: try pool.chain(Array(try reader.utf8("qe_identity_issuer_chain"))))
      certificateChain =
        reader.optional("pck_crl_issuer_chain") == nil
        ? [] : try pool.chain(Array(try reader.utf8("pck_crl_issuer_chain")))
      rootList = try Self.list(reader, "root_ca_crl")
      certificateList = try Self.list(reader, "pck_crl")
    }

    private static func list(
      _ reader: CollateralReader, _ member: StaticString
    ) throws(AttestationError) -> CertificateRevocationList? {
      guard reader.optional(member) != nil else { return nil }
      guard let bytes = [UInt8](hexadecimalUTF8: try reader.utf8(member)),
        let list = try? CertificateRevocationList(derBytes: bytes[...])
      else { throw CollateralReader.malformed("\(member) is not a revocation list in hexadecimal") }
      return list
    }
  }
}
