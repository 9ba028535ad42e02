import Crypto
import SwiftASN1
import X509

extension TDX {
  /// The chain of a PCK, what the vendor says of its platform, and the revocation lists: all signatures fit. Only
  /// `init` makes one. Times and revoked serial numbers are not part of it: they are checked at each appraisal.
  struct VerifiedChain: Sendable {
    /// PCK, its authority, root.
    let path: CertificatePath
    let leafKey: P256.Signing.PublicKey
    let platform: Platform
    /// Nil where no collateral came.
    let collateral: VerifiedCollateral?
    /// Lists of the root, and of the PCK's authority.
    let rootLists: [CertificateRevocationList]
    let certificateLists: [CertificateRevocationList]

    private static let rules = CertificatePathRules(certificateCounts: 3...3, curve: .p256)

    /// - Throws: the codes of the chain and of collateral (`AttestationError`).
    init(quote: Quote, endorsements pieces: [[UInt8]], anchors: TrustAnchors) throws(AttestationError) {
      var pool = CertificatePool()
      let chain = try pool.chain(Array(quote.certificationData))
      let endorsements = try Endorsements(parsing: pieces, pool: &pool)
      guard let leaf = chain.first(where: { !$0.isAuthority }) else {
        throw AttestationError(AttestationError.leafMissing, "certification data holds no PCK certificate")
      }
      // Each once: with several of one name the signature must decide.
      var candidates: [VendorCertificate] = []
      for certificate in chain + endorsements.certificates + (endorsements.collateral?.certificateChain ?? [])
      where certificate != leaf && !candidates.contains(certificate) {
        candidates.append(certificate)
      }
      path = try CertificatePath(
        leaf: leaf, candidates: candidates, root: .intelSGX, anchors: anchors, rules: Self.rules)
      try Names.require(path, leaf: ["PCK Certificate"], authority: ["PCK Platform CA", "PCK Processor CA"])
      platform = try Platform(leaf)
      guard let key = P256.Signing.PublicKey(leaf.certificate.publicKey) else {
        throw AttestationError(AttestationError.certificateKey, "PCK is not on P-256")
      }
      leafKey = key
      (rootLists, certificateLists) = try RevocationLists.verified(endorsements, path)
      if let document = endorsements.collateral {
        collateral = try VerifiedCollateral(
          document, platform: platform, candidates: candidates, anchors: anchors, rootKey: path.rootKey)
      } else {
        collateral = nil
      }
    }
  }
}

extension CertificatePath {
  /// SubjectPublicKeyInfo of the root.
  fileprivate var rootKey: [UInt8]? { certificates.last?.publicKeyInfo }
}

extension TDX {
  /// The names of the vendor's certificates, which differ in the common name alone.
  enum Names {
    /// - Parameters:
    ///   - leaf: what a leaf may be called.
    ///   - authority: what the authority above it may be called; the one below the root if there are three.
    /// - Throws: `chain-names`.
    static func require(_ path: CertificatePath, leaf: [String], authority: [String]) throws(AttestationError) {
      let maker = path.trustedRoot == .simulated ? "Simulated SGX " : "Intel SGX "
      let expected = path.certificates.count == 3 ? [leaf, authority, ["Root CA"]] : [leaf, ["Root CA"]]
      for (certificate, names) in zip(path.certificates, expected) {
        guard let name = commonName(certificate.certificate.subject), names.contains(where: { maker + $0 == name })
        else {
          throw AttestationError(
            AttestationError.chainNames, "a certificate of the chain is not what its place demands")
        }
      }
    }

    static func commonName(_ name: X509.DistinguishedName) -> String? {
      for relativeName in name {
        for attribute in relativeName where attribute.type == .RDNAttributeType.commonName {
          return String(attribute.value)
        }
      }
      return nil
    }
  }

  private enum RevocationLists {
    /// Lists whose issuer has the name of the root or of the PCK's authority, each with its signature. Others among the
    /// endorsements are passed over; those that collateral names must be of the issuer that their place says.
    ///
    /// - Throws: `revocation-list-issuer`, `revocation-list-signature`, `certificate-usage`.
    static func verified(
      _ endorsements: Endorsements, _ path: CertificatePath
    ) throws(AttestationError) -> (root: [CertificateRevocationList], certificate: [CertificateRevocationList]) {
      let authority = path.certificates[1]
      let root = path.certificates[2]
      var (ofRoot, ofAuthority): ([CertificateRevocationList], [CertificateRevocationList]) = ([], [])
      for list in endorsements.revocationLists {
        if isIssued(list, by: root) {
          ofRoot.append(list)
        } else if isIssued(list, by: authority) {
          ofAuthority.append(list)
        }
      }
      if let list = endorsements.collateral?.rootList {
        guard isIssued(list, by: root) else { throw issuer }
        ofRoot.append(list)
      }
      if let list = endorsements.collateral?.certificateList {
        guard isIssued(list, by: authority) else { throw issuer }
        ofAuthority.append(list)
      }
      for list in ofRoot { try requireSignature(list, root) }
      for list in ofAuthority { try requireSignature(list, authority) }
      return (ofRoot, ofAuthority)
    }

    private static let issuer = AttestationError(
      AttestationError.revocationIssuer, "a revocation list of the collateral is not of its place's issuer")

    private static func isIssued(_ list: CertificateRevocationList, by authority: VendorCertificate) -> Bool {
      guard let name = Names.commonName(authority.certificate.subject) else { return false }
      return list.issuer.commonName == name
    }

    private static func requireSignature(
      _ list: CertificateRevocationList, _ authority: VendorCertificate
    ) throws(AttestationError) {
      guard authority.maySignRevocationLists else {
        throw AttestationError(AttestationError.certificateUsage, "an issuer may not sign revocation lists")
      }
      guard let key = P256.Signing.PublicKey(authority.certificate.publicKey), list.isSigned(by: key) else {
        throw AttestationError(
          AttestationError.revocationSignature, "signature of a revocation list is not its issuer's")
      }
    }
  }
}
