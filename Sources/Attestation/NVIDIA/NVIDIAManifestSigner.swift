import Crypto
import X509

extension NVIDIA {
  /// The signer of a reference manifest: certificates up to the pinned root of NVIDIA's manifests, valid at one time.
  /// Only `init` makes one. `ReferenceManifests` reads what it signed.
  package struct ManifestSigner: Sendable {
    package static let certificateCounts = 3...5

    private let key: P384.Signing.PublicKey
    package let isSimulated: Bool

    /// - Parameters:
    ///   - certificates: in DER, the signer's first, with its root.
    ///   - time: seconds since 1970.
    /// - Throws: `endorsement-unreadable` and the codes of the chain and of times.
    package init(certificates: [[UInt8]], anchors: TrustAnchors, at time: Int64) throws(AttestationError) {
      var parsed: [VendorCertificate] = []
      for bytes in certificates {
        guard let certificate = try? VendorCertificate(derBytes: bytes) else {
          throw AttestationError(
            AttestationError.endorsementUnreadable, "a certificate of the manifest is not readable")
        }
        parsed.append(certificate)
      }
      guard let leaf = parsed.first else {
        throw AttestationError(AttestationError.leafMissing, "manifest has no certificate")
      }
      let path = try CertificatePath(
        leaf: leaf, candidates: parsed.filter(\.isAuthority), root: .nvidiaManifests, anchors: anchors,
        rules: CertificatePathRules(certificateCounts: Self.certificateCounts, curve: .p384))
      var recorder = CheckRecorder()
      path.checkValidity(at: time, &recorder)
      if case .failed(let error)? = recorder.checks.first?.outcome { throw error }
      guard let key = P384.Signing.PublicKey(path.leaf.certificate.publicKey) else {
        throw AttestationError(AttestationError.certificateKey, "key of the manifest's signer is not on P-384")
      }
      self.key = key
      isSimulated = path.trustedRoot == .simulated
    }

    /// ECDSA with SHA-384; r and s, most significant byte first.
    package func isValid(signature: [UInt8], for bytes: [UInt8]) -> Bool {
      guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: bytes)
    }
  }
}
