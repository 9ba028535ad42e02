import Crypto
import X509

extension TDX {
  /// TCB info and QE identity whose signer ends in the root of the PCK, and which are of its platform. Only `init`
  /// makes one. Times are checked at each appraisal.
  struct VerifiedCollateral: Sendable {
    let tcbInfo: TCBInfo
    let enclaveIdentity: QuotingEnclaveIdentity
    /// One path for both texts, or one for each.
    let signers: [CertificatePath]

    private static let rules = CertificatePathRules(certificateCounts: 2...2, curve: .p256)

    /// - Parameter rootKey: SubjectPublicKeyInfo of the root of the PCK.
    /// - Throws: the codes of the chain, `collateral-signature`, `collateral-malformed`, `collateral-mismatch`.
    init(
      _ document: Collateral, platform: Platform, candidates: [VendorCertificate], anchors: TrustAnchors,
      rootKey: [UInt8]?
    ) throws(AttestationError) {
      var signers: [CertificatePath] = []
      for text in [document.tcbInfo, document.enclaveIdentity] {
        guard let leaf = text.chain.first(where: { !$0.isAuthority }) else {
          throw AttestationError(AttestationError.leafMissing, "an issuer chain of collateral holds no signer")
        }
        let known = signers.first { $0.leaf == leaf }
        let path: CertificatePath
        if let known {
          path = known
        } else {
          path = try CertificatePath(
            leaf: leaf, candidates: candidates + text.chain.filter { $0 != leaf && !candidates.contains($0) },
            root: .intelSGX, anchors: anchors,
            rules: Self.rules)
          try Names.require(path, leaf: ["TCB Signing"], authority: [])
          guard path.certificates.last?.publicKeyInfo == rootKey else {
            throw AttestationError(AttestationError.rootNotPinned, "collateral ends in another root than the PCK")
          }
          signers.append(path)
        }
        guard let key = P256.Signing.PublicKey(path.leaf.certificate.publicKey),
          let signature = try? P256.Signing.ECDSASignature(rawRepresentation: text.signature),
          key.isValidSignature(signature, for: text.bytes)
        else {
          throw AttestationError(
            AttestationError.collateralSignature, "signature of a text of the collateral is not its signer's")
        }
      }
      self.signers = signers
      tcbInfo = try TCBInfo(parsing: document.tcbInfo.bytes)
      enclaveIdentity = try QuotingEnclaveIdentity(parsing: document.enclaveIdentity.bytes)
      guard tcbInfo.fmspc == platform.fmspc, tcbInfo.pceID == platform.pceID else {
        throw AttestationError(
          AttestationError.collateralMismatch, "TCB info is of another family of platforms than the PCK certificate")
      }
    }
  }
}
