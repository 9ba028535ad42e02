import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE

/// A simulated GPU and a simulated switch for the whole test process, and policies under which they are accepted.
enum NVIDIAFixture {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)
  static let nonce: [UInt8] = (0..<32).map { UInt8($0) }

  private static let made = Result { try SimulatedGPUVendor.make(at: time) }
  private static let firstGPU = Result { try vendor().makeDevice(.nvidiaGPU, at: time) }
  private static let firstSwitch = Result { try vendor().makeDevice(.nvidiaSwitch, at: time) }

  static func vendor() throws -> SimulatedGPUVendor { try made.get() }

  static func device(_ platform: Platform = .nvidiaGPU) throws -> SimulatedGPU {
    try platform == .nvidiaSwitch ? firstSwitch.get() : firstGPU.get()
  }

  static func report(
    _ platform: Platform = .nvidiaGPU, _ change: (inout SimulatedGPUReport) -> Void = { _ in }
  ) -> SimulatedGPUReport {
    var report = SimulatedGPUReport(platform: platform, nonce: nonce)
    change(&report)
    return report
  }

  static func evidence(
    _ platform: Platform = .nvidiaGPU, _ change: (inout SimulatedGPUReport) -> Void = { _ in }
  ) throws -> Evidence {
    try device(platform).evidence(report(platform, change))
  }

  /// Strict but for what must be named: root, golden values, devices, and a switch's links.
  static func policy(
    devices: [SimulatedGPU]? = nil, _ change: (inout AppraisalPolicy) throws -> Void = { _ in }
  ) throws -> AppraisalPolicy {
    let devices = try devices ?? [device(), device(.nvidiaSwitch)]
    var policy = AppraisalPolicy(
      anchors: .simulated([try vendor().root]),
      referenceValues: ReferenceValues(nvidiaMeasurements: [
        try report().goldenValues, try report(.nvidiaSwitch).goldenValues,
      ]))
    policy.nvidia.hosts = HostList(chipIdentifiers: Set(devices.map(\.chipIdentifier)))
    policy.nvidia.switches = [SimulatedGPUReport.switchIdentifier]
    policy.nvidia.gpus = [SimulatedGPUReport.gpuIdentifier]
    try change(&policy)
    return policy
  }

  static func result(
    _ evidence: Evidence, _ policy: AppraisalPolicy, nonce: [UInt8]? = nonce, at time: Date = time
  ) -> AttestationResult {
    EvidenceVerifier(policy: policy).appraise(
      evidence: evidence, expecting: ExpectedValues(nonce: nonce), at: time)
  }

  static func codes(
    _ evidence: Evidence, _ policy: AppraisalPolicy, nonce: [UInt8]? = nonce, at time: Date = time
  ) -> [ErrorCode] {
    result(evidence, policy, nonce: nonce, at: time).reasons.map(\.code)
  }
}
