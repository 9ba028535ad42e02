import Foundation
import StrictJSON
import WireFormat

extension TDX {
  /// The vendor's collateral in the one document that travels with evidence. Members that are not asked for are passed
  /// over: what counts is signed one by one.
  ///
  /// Tools write some members in several forms, and each is read: a signed text as a string, with its signature in a
  /// member beside it, or as the whole answer of the vendor's service, which holds both; chains in PEM, or percent
  /// encoded as that service puts them in a header; revocation lists in hexadecimal of DER, or in PEM.
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

    /// - Throws: `collateral-malformed`, `endorsement-unreadable`, `endorsement-limit`.
    init(document reader: CollateralReader, pool: inout CertificatePool) throws(AttestationError) {
      tcbInfo = try Self.signedText(
        reader, "tcb_info", signature: "tcb_info_signature", orIn: "tcbInfo",
        chain: try Self.chain(reader, "tcb_info_issuer_chain", &pool))
      enclaveIdentity = try Self.signedText(
        reader, "qe_identity", signature: "qe_identity_signature", orIn: "enclaveIdentity",
        chain: try Self.chain(reader, "qe_identity_issuer_chain", &pool))
      certificateChain =
        reader.optional("pck_crl_issuer_chain") == nil ? [] : try Self.chain(reader, "pck_crl_issuer_chain", &pool)
      rootList = try Self.list(reader, "root_ca_crl")
      certificateList = try Self.list(reader, "pck_crl")
    }

    /// Two answers of the vendor's service, in either order.
    ///
    /// - Parameter chain: the certificates that came beside them.
    /// - Throws: `collateral-malformed`.
    init(answers: [CollateralReader], chain: [VendorCertificate]) throws(AttestationError) {
      guard answers.count == 2, let info = answers.first(where: { $0.optional("tcbInfo") != nil }),
        let identity = answers.first(where: { $0.optional("enclaveIdentity") != nil })
      else { throw CollateralReader.malformed("collateral is there twice, or is no TCB info and QE identity") }
      tcbInfo = try Self.signedText(in: info, "tcbInfo", chain: chain)
      enclaveIdentity = try Self.signedText(in: identity, "enclaveIdentity", chain: chain)
      certificateChain = []
      rootList = nil
      certificateList = nil
    }

    /// A text with its signature beside it, or the answer that holds both.
    private static func signedText(
      _ reader: CollateralReader, _ member: StaticString, signature: StaticString, orIn text: StaticString,
      chain: [VendorCertificate]
    ) throws(AttestationError) -> SignedText {
      let bytes = Array(try reader.utf8(member))
      guard reader.optional(signature) == nil else {
        return SignedText(bytes: bytes, signature: try reader.bytes(signature, byteCount: 64), chain: chain)
      }
      return try signedText(
        in: try CollateralReader(parsing: bytes, byteLimit: byteLimit, member), text, chain: chain)
    }

    private static func signedText(
      in answer: CollateralReader, _ text: StaticString, chain: [VendorCertificate]
    ) throws(AttestationError) -> SignedText {
      SignedText(
        bytes: Array(try answer.value(text).encodedBytes), signature: try answer.bytes("signature", byteCount: 64),
        chain: chain)
    }

    private static func chain(
      _ reader: CollateralReader, _ member: StaticString, _ pool: inout CertificatePool
    ) throws(AttestationError) -> [VendorCertificate] {
      let text = Array(try reader.utf8(member))
      guard text.starts(with: "-----BEGIN%20".utf8),
        let decoded = String(decoding: text, as: UTF8.self).removingPercentEncoding
      else { return try pool.chain(text) }
      return try pool.chain(Array(decoded.utf8))
    }

    private static func list(
      _ reader: CollateralReader, _ member: StaticString
    ) throws(AttestationError) -> CertificateRevocationList? {
      guard reader.optional(member) != nil else { return nil }
      let text = try reader.utf8(member)
      var bytes = text.decodedHexadecimal()
      if bytes == nil { bytes = try DERValues.parse(Array(text), countLimit: 1)?.first }
      guard let bytes, let list = try? CertificateRevocationList(derBytes: bytes[...]) else {
        throw CollateralReader.malformed("\(member) is not a revocation list in hexadecimal or in PEM")
      }
      return list
    }
  }
}
