import Crypto
import SwiftASN1
import X509

extension Nitro {
  /// Leaf, then the authorities of the instance, the zone and the region, then the root: five in all real documents.
  static let pathRules = CertificatePathRules(certificateCounts: 3...(1 + Document.bundleCountLimit), curve: .p384)

  /// The chain of a document. Its certificates come in the document itself; the root's key is the pinned one.
  ///
  /// - Throws: the codes of the chain, `endorsement-unreadable`, `nitro-bundle-order`.
  static func path(_ document: Document, anchors: TrustAnchors) throws(AttestationError) -> CertificatePath {
    func certificate(_ derBytes: [UInt8]) throws(AttestationError) -> VendorCertificate {
      do { return try VendorCertificate(derBytes: derBytes) } catch {
        throw AttestationError(AttestationError.endorsementUnreadable, "a certificate of the document is not readable")
      }
    }
    let leaf = try certificate(document.certificate)
    var bundle: [VendorCertificate] = []
    for derBytes in document.bundle { bundle.append(try certificate(derBytes)) }
    let path = try CertificatePath(
      leaf: leaf, candidates: bundle, root: .awsNitroG1, anchors: anchors, rules: pathRules)
    guard path.certificates.dropFirst().reversed() == bundle else {
      throw AttestationError(
        AttestationError.nitroBundle, "cabundle holds \(bundle.count) certificates that are not the chain, root first")
    }
    return path
  }

  /// Revocation lists of the chain's authorities, which an operator may send along: AWS publishes some and tells
  /// verifiers not to need them, since the certificates live from three hours to three weeks. One that is present counts.
  ///
  /// - Throws: `endorsement-limit`, `endorsement-unreadable`, `revocation-list-signature`.
  static func revocationLists(
    _ pieces: [[UInt8]], _ path: CertificatePath
  ) throws(AttestationError) -> [CertificateRevocationList] {
    guard pieces.count <= Endorsements.revocationListLimit else {
      throw AttestationError(
        AttestationError.endorsementLimit, "endorsements have more than \(Endorsements.revocationListLimit) pieces")
    }
    var lists: [CertificateRevocationList] = []
    for piece in pieces {
      guard piece.count <= CertificateRevocationList.byteLimit,
        let values = try DERValues.parse(piece, countLimit: Endorsements.revocationListLimit)
      else { throw unreadableList }
      for value in values {
        guard let list = try? CertificateRevocationList(derBytes: value[...]) else { throw unreadableList }
        guard path.issuer(of: list) != nil else {
          throw AttestationError(
            AttestationError.revocationSignature, "a revocation list is not signed by an authority of the chain")
        }
        lists.append(list)
      }
    }
    return lists
  }

  private static let unreadableList = AttestationError(
    AttestationError.endorsementUnreadable, "endorsement is no revocation list")
}

extension CertificatePath {
  /// The authority of this path that issued and signed the list.
  fileprivate func issuer(of list: CertificateRevocationList) -> VendorCertificate? {
    certificates.dropFirst().first { authority in
      guard authority.subjectBytes == list.issuer.derBytes, authority.maySignRevocationLists,
        let key = P384.Signing.PublicKey(authority.certificate.publicKey)
      else { return false }
      return list.isSigned(by: key)
    }
  }

  /// A list revokes by serial number only what its own issuer issued.
  func isRevoked(by lists: [CertificateRevocationList]) -> Bool {
    lists.contains { list in
      guard let issuer = issuer(of: list) else { return false }
      return certificates.contains {
        $0.issuerBytes == issuer.subjectBytes && list.revokes(serialNumber: $0.serialNumberBytes)
      }
    }
  }
}
