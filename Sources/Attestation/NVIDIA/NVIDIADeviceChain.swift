package import Crypto
import SwiftASN1
import X509

extension NVIDIA {
  /// A device's five certificates up to the pinned root. Only `init` makes one. Times and revoked serial numbers are
  /// not part of it: they are checked at each appraisal.
  ///
  ///     attestation key ← device ← provisioner ← chip's identity ← NVIDIA Device Identity CA
  ///
  /// The device's own key signs the first certificate, so that only the names from the second on are NVIDIA's word.
  struct DeviceChain: Sendable {
    static let certificateCount = 5

    let path: CertificatePath
    let revocationLists: [CertificateRevocationList]
    let architecture: Architecture
    /// Such as `GH100`.
    let chip: String
    /// Such as `GH100 A01 GSP BROM`.
    let deviceName: String
    /// Nil where the leaf has no such extension.
    let firmware: FirmwareIdentifier?

    /// - Throws: the codes of the chain, `revocation-list-signature`.
    init(
      leaf: VendorCertificate, endorsements: Endorsements, platform: Platform, anchors: TrustAnchors
    ) throws(AttestationError) {
      path = try CertificatePath(
        leaf: leaf, candidates: endorsements.certificates.filter(\.isAuthority), root: .nvidiaDeviceIdentity,
        anchors: anchors,
        rules: CertificatePathRules(
          certificateCounts: Self.certificateCount...Self.certificateCount, curve: .p384,
          knownCriticalExtensions: [FirmwareIdentifier.compositeDeviceIdentifier, FirmwareIdentifier.tcbInfo]))
      (chip, deviceName) = try Self.names(path.certificates)
      guard let architecture = Architecture(chip: chip) else {
        throw AttestationError(AttestationError.productUnknown, "chip of the chain is none that is known")
      }
      guard architecture.platform == platform else {
        throw AttestationError(
          AttestationError.productMismatch,
          "chain is of a \(architecture.platform.rawValue), evidence of a \(platform.rawValue)")
      }
      self.architecture = architecture
      firmware = try Self.firmware(of: leaf)
      revocationLists = try Self.verifiedLists(endorsements.revocationLists, path)
    }

    var leaf: VendorCertificate { path.certificates[0] }

    /// The certificate of the key that is fixed in the chip.
    var device: VendorCertificate { path.certificates[1] }

    /// SHA-256 of the device key's SubjectPublicKeyInfo: what names a machine.
    var chipIdentifier: [UInt8] { Array(SHA256.hash(data: device.publicKeyInfo)) }

    /// The chip's name stands in all four certificates below the root: `NVIDIA GH100 Identity`, `NVIDIA GH100
    /// Provisioner ICA 1`, `GH100 A01 GSP BROM`, `GH100 A01 GSP FMC LF`. The switch of Hopper systems is called `LS_10 …`
    /// in three of them, and stands under the identity of GH100.
    private static func names(
      _ certificates: [VendorCertificate]
    ) throws(AttestationError) -> (chip: String, device: String) {
      let refusal = AttestationError(
        AttestationError.chainNames, "names of the chain's certificates do not belong together")
      let names = certificates.compactMap(\.commonName)
      guard names.count == certificateCount else { throw refusal }
      let words = names.map { $0.replacing("_", with: "").split(separator: " ", maxSplits: 2).map(String.init) }
      guard words[2].count == 3, words[2][0] == "NVIDIA", words[2][2].hasPrefix("Provisioner") else { throw refusal }
      let chip = words[2][1]
      guard words[3] == ["NVIDIA", chip == "LS10" ? "GH100" : chip, "Identity"], words[1].first == chip,
        words[0].first == chip
      else { throw refusal }
      return (chip, names[1])
    }

    private static func firmware(of leaf: VendorCertificate) throws(AttestationError) -> FirmwareIdentifier? {
      let extensions = leaf.certificate.extensions
      do {
        if let found = extensions[oid: FirmwareIdentifier.tcbInfo] {
          return try FirmwareIdentifier(tcbInfo: found.value)
        }
        if let found = extensions[oid: FirmwareIdentifier.compositeDeviceIdentifier] {
          return try FirmwareIdentifier(compositeDeviceIdentifier: found.value)
        }
        return nil
      } catch {
        throw AttestationError(
          AttestationError.certificateExtensions, "leaf has a firmware identifier that is not of its form")
      }
    }
  }
}

extension NVIDIA.Report {
  /// ECDSA on P-384 with SHA-384 over everything before the signature.
  func isSigned(by certificate: VendorCertificate) -> Bool {
    guard let key = P384.Signing.PublicKey(certificate.certificate.publicKey) else { return false }
    return isSigned(by: key)
  }

  package func isSigned(by key: P384.Signing.PublicKey) -> Bool {
    guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: Array(signature)) else { return false }
    return key.isValidSignature(signature, for: signedBytes)
  }
}
