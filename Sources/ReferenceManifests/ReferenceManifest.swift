public import Attestation
public import Foundation

/// A reference integrity manifest of NVIDIA's: the golden values of a driver, of a VBIOS or of a switch's firmware, as a
/// software identification tag (ISO/IEC 19770-2) with the members of TCG's RIM information model. Only `verify` makes
/// one, so that no golden value comes from a text that NVIDIA did not sign.
public struct ReferenceManifest: Sendable, Equatable {
  /// Of the driver or the firmware, such as `550.144.03` or `96.00.5E.00.01`.
  public let version: String
  /// The chip, such as `GH100`.
  public let product: String
  public let tagIdentifier: String
  /// Active measurements by SPDM index, which is the manifest's index plus one: each value is as good as the others.
  public let measurements: [UInt8: Set<[UInt8]>]
  /// True where a simulated signer's manifest was verified: it protects nobody.
  public let isSimulated: Bool

  /// Verifies a manifest and reads it: the certificates in it up to a pinned root and valid at `time`, then the digest
  /// of the whole document, then the signature over the digest. What is read is what was signed, byte by byte.
  ///
  /// - Parameter anchors: production anchors must name `nvidia-manifests`.
  /// - Throws: `manifest-limit`, `manifest-malformed`, `manifest-signature-form`, `manifest-algorithm`,
  ///   `manifest-digest`, `manifest-signature` and the codes of the chain and of times (`AttestationError`).
  public static func verify(
    _ bytes: [UInt8], anchors: TrustAnchors = .allProduction, at time: Date
  ) throws(ReferenceManifestError) -> ReferenceManifest {
    let text = try XMLText(parsing: bytes)
    let signature = try EnvelopedSignature(in: text)
    let signer: NVIDIA.ManifestSigner
    do {
      signer = try NVIDIA.ManifestSigner(
        certificates: signature.certificates, anchors: anchors, at: seconds(time))
    } catch {
      throw ReferenceManifestError(error.code, error.message)
    }
    let verified = try signature.verifiedBytes(in: text) { signer.isValid(signature: $0, for: $1) }
    return try ReferenceManifest(verified: try XMLText(parsing: verified), isSimulated: signer.isSimulated)
  }

  /// Reads the canonical form of a manifest that nobody signed: what a fuzzer must reach and nobody else may use.
  package init(unchecked bytes: [UInt8]) throws(ReferenceManifestError) {
    let text = try XMLText(parsing: bytes)
    guard let canonical = CanonicalXML.inclusive11.bytes(of: text.root, in: text) else {
      throw ReferenceManifestError(ReferenceManifestError.malformed, "manifest has no canonical form")
    }
    try self.init(verified: try XMLText(parsing: canonical), isSimulated: true)
  }

  /// Whole seconds since 1970; instants that no certificate can name are cut off, and what is no number is the latest.
  private static func seconds(_ time: Date) -> Int64 {
    let seconds = time.timeIntervalSince1970
    return seconds.isNaN ? 1_000_000_000_000 : Int64(min(max(seconds, -1e12), 1e12).rounded(.down))
  }
}
