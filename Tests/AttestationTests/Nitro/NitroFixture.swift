import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE

/// One simulated vendor and enclave for the whole test process, and a policy under which its default document is
/// accepted.
enum NitroFixture {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)
  static let reportData: [UInt8] = (0..<64).map { UInt8($0) }
  static let nonce = [UInt8](repeating: 0x4E, count: 32)
  static let publicKey = [UInt8](repeating: 0x50, count: 120)
  static let expected = ExpectedValues(reportData: reportData, nonce: nonce, publicKey: publicKey)

  private static let sharedVendor = Result { try SimulatedNitroVendor.make(at: time) }
  private static let sharedAttester = Result { try attester(vendor: try vendor()) }

  static func vendor() throws -> SimulatedNitroVendor { try sharedVendor.get() }

  static func attester() throws -> SimulatedNitroAttester { try sharedAttester.get() }

  static func pcr(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: 48) }

  static func measurements(_ bytes: [UInt8] = [1, 2, 3]) throws -> Nitro.Measurements {
    guard let measurements = Nitro.Measurements(pcr0: pcr(bytes[0]), pcr1: pcr(bytes[1]), pcr2: pcr(bytes[2])) else {
      throw SimulatedTEEError(SimulatedTEEError.fieldLength, "a PCR has another length")
    }
    return measurements
  }

  /// An enclave of an instance, whose leaf was changed before the instance's authority signed it.
  static func attester(
    vendor: SimulatedNitroVendor, _ change: (inout SimulatedAuthority.Template) throws -> Void = { _ in }
  ) throws -> SimulatedNitroAttester {
    let key = P384.Signing.PrivateKey()
    var template = try vendor.leafTemplate(
      moduleID: "\(vendor.instanceID)-enc0123456789abcdef", publicKey: key.publicKey, at: time)
    try change(&template)
    return try SimulatedNitroAttester(
      vendor: vendor, measurements: try measurements(), leaf: template, key: key, clock: { time })
  }

  static func evidence(
    of attester: SimulatedNitroAttester? = nil, _ change: (inout SimulatedNitroDocument) -> Void = { _ in }
  ) throws -> Evidence {
    try (attester ?? Self.attester()).issue {
      $0.userData = reportData
      $0.nonce = nonce
      $0.publicKey = publicKey
      change(&$0)
    }
  }

  /// Strict but for what must be named: root, measurements, instance.
  static func policy(_ change: (inout AppraisalPolicy) -> Void = { _ in }) throws -> AppraisalPolicy {
    var policy = AppraisalPolicy(
      anchors: .simulated([try vendor().root]),
      referenceValues: ReferenceValues(nitroMeasurements: [try measurements()]))
    policy.nitro.hosts = HostList(chipIdentifiers: [Array(try vendor().instanceID.utf8)])
    change(&policy)
    return policy
  }

  static func appraise(
    _ evidence: Evidence, _ policy: AppraisalPolicy? = nil, expecting expected: ExpectedValues = expected,
    at time: Date = time
  ) throws -> AttestationResult {
    EvidenceVerifier(policy: try policy ?? Self.policy()).appraise(evidence: evidence, expecting: expected, at: time)
  }

  static func codes(
    _ evidence: Evidence, _ policy: AppraisalPolicy? = nil, expecting expected: ExpectedValues = expected,
    at time: Date = time
  ) throws -> [ErrorCode] {
    try appraise(evidence, policy, expecting: expected, at: time).reasons.map(\.code)
  }
}
