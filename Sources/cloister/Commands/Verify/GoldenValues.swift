import Attestation
import ErrorCodes
import Foundation
import ReferenceManifests

/// NVIDIA's golden values on a command line: from the policy, or from reference manifests given with --collateral.
enum GoldenValues {
  /// The policy with the golden values of the manifests beside its own, each manifest verified first. A policy that
  /// leaves measurements out does not look at them, but a manifest that is not NVIDIA's is refused all the same.
  ///
  /// - Parameter time: at which the manifests' signers must be valid.
  /// - Throws: the codes of `ReferenceManifest`, as `AttestationError`.
  static func adding(
    _ manifests: [[UInt8]], to policy: AppraisalPolicy, platform: Platform, at time: Date
  ) throws(AttestationError) -> AppraisalPolicy {
    guard !manifests.isEmpty else { return policy }
    var policy = policy
    do throws(ReferenceManifestError) {
      var verified: [ReferenceManifest] = []
      for manifest in manifests {
        verified.append(try ReferenceManifest.verify(manifest, anchors: policy.anchors, at: time))
      }
      // A policy that leaves measurements out asks only whether each manifest is NVIDIA's.
      if policy.referenceValues != nil {
        policy.referenceValues?.nvidiaMeasurements += try values(verified, platform)
      }
    } catch {
      throw AttestationError(error.code, error.message)
    }
    return policy
  }

  /// Of a switch each manifest, of a GPU each driver with each VBIOS of its chip.
  private static func values(
    _ manifests: [ReferenceManifest], _ platform: Platform
  ) throws(ReferenceManifestError) -> [NVIDIA.Measurements] {
    var values: [NVIDIA.Measurements] = []
    if platform == .nvidiaSwitch {
      for manifest in manifests { values.append(try NVIDIA.Measurements(switchFirmware: manifest)) }
      return values
    }
    for driver in manifests {
      for vbios in manifests {
        do throws(ReferenceManifestError) {
          values.append(try NVIDIA.Measurements(driver: driver, vbios: vbios))
        } catch  where error.code == ReferenceManifestError.kind {
          continue
        }
      }
    }
    guard !values.isEmpty else {
      throw ReferenceManifestError(
        ReferenceManifestError.kind, "manifests are not of a driver and of a VBIOS of one chip")
    }
    return values
  }

  /// The name of the check that a refusal before any appraisal belongs to.
  static func check(of error: AttestationError) -> String {
    let ofPolicy = [
      AttestationError.policyMalformed, AttestationError.anchorsMixed, AttestationError.anchorUnknown,
    ]
    return ofPolicy.contains(error.code) ? "policy" : "reference-manifests"
  }
}
