import Attestation
import Foundation

/// NVIDIA's golden values on a command line: from the policy, or from reference manifests given with --collateral.
enum GoldenValues {
  /// The policy with the golden values of the manifests, each verified first, beside its own.
  ///
  /// - Throws: `endorsement-unreadable` while there is nothing to read manifests with.
  static func adding(
    _ manifests: [[UInt8]], to policy: AppraisalPolicy, platform: Platform, at time: Date
  ) throws(AttestationError) -> AppraisalPolicy {
    guard manifests.isEmpty else {
      throw AttestationError(AttestationError.endorsementUnreadable, "reference manifests cannot be read")
    }
    return policy
  }

  /// The name of the check that a refusal before any appraisal belongs to.
  static func check(of error: AttestationError) -> String {
    let ofPolicy = [
      AttestationError.policyMalformed, AttestationError.anchorsMixed, AttestationError.anchorUnknown,
    ]
    return ofPolicy.contains(error.code) ? "policy" : "reference-manifests"
  }
}
