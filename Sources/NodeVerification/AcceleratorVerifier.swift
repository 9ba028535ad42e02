import Attestation
import Trust

/// A GPU or switch beside a verified node. Only `AcceleratorVerifier` makes one.
public struct VerifiedAccelerator: Sendable {
  public let platform: String
  /// What names the device (docs/evidence/nvidia.md).
  public let deviceIdentifier: [UInt8]
  /// The names of the checks that passed, in their order.
  public let checks: [String]
  /// The names of the checks that the policy leaves out.
  public let skipped: [String]
}

/// Appraises the accelerators of one node against the golden values of its release. That the node vouches for exactly
/// this evidence is for the node binding, which holds its digest.
struct AcceleratorVerifier {
  let epoch: VerifiedEpoch
  let release: ReleaseEntry

  /// - Parameters:
  ///   - evidence: of the node's accelerators, in the bundle's order.
  ///   - nonce: what they were asked to sign (`AcceleratorBinding.nonce`).
  /// - Throws: `accelerator-missing`, `accelerator-unexpected`, `accelerator-repeated`, or the code of the check that
  ///   fails.
  func verify(_ evidence: [Evidence], nonce: [UInt8]) throws(VerificationError) -> [VerifiedAccelerator] {
    try requireCounts(evidence)
    var verified: [VerifiedAccelerator] = []
    for accelerator in evidence { verified.append(try appraise(accelerator, nonce: nonce)) }
    guard Set(verified.map(\.deviceIdentifier)).count == verified.count else {
      throw VerificationError(VerificationError.acceleratorRepeated, "one accelerator's evidence stands for two")
    }
    return verified
  }

  /// Exactly those that the release names.
  private func requireCounts(_ evidence: [Evidence]) throws(VerificationError) {
    for platform in Set(evidence.map(\.platform.rawValue)).union(release.accelerators.map(\.platform)).sorted() {
      let expected = release.accelerators.filter { $0.platform == platform }.reduce(0) { $0 + Int(clamping: $1.count) }
      let actual = evidence.count { $0.platform.rawValue == platform }
      guard actual <= expected else {
        throw VerificationError(
          VerificationError.acceleratorUnexpected,
          "node has \(actual) accelerators of a kind, its release names \(expected)")
      }
      guard actual == expected else {
        throw VerificationError(
          VerificationError.acceleratorMissing,
          "node has \(actual) accelerators of a kind, its release names \(expected)")
      }
    }
  }

  private func appraise(_ evidence: Evidence, nonce: [UInt8]) throws(VerificationError) -> VerifiedAccelerator {
    var policy = epoch.policy.appraisal
    // What is good comes from the logged release alone.
    policy.referenceValues = release.acceleratorReferenceValues
    let result = EvidenceVerifier(policy: policy).appraise(
      evidence: evidence, expecting: ExpectedValues(nonce: nonce), at: epoch.time)
    if let reason = result.reasons.first { throw VerificationError(reason) }
    guard result.verdict == .accepted, result.isSimulated == epoch.policy.isSimulated else {
      throw VerificationError(
        AttestationError.simulatedRefused, "an accelerator is of another kind of roots than the policy's")
    }
    guard let device = result.chipIdentifier, !epoch.revocations.chipIdentifiers.contains(device) else {
      throw VerificationError(AttestationError.chipRevoked, "a publisher revoked the accelerator, or it is not named")
    }
    return VerifiedAccelerator(
      platform: evidence.platform.rawValue, deviceIdentifier: device,
      checks: result.checks.filter { $0.outcome == .passed }.map(\.name), skipped: result.skipped)
  }
}
