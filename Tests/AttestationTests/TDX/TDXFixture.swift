import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import X509

/// One simulated vendor of TDX platforms for the whole test process, and a policy under which its first platform's
/// default quote is accepted.
enum TDXFixture {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)
  static let reportData: [UInt8] = (0..<64).map { UInt8($0) }
  static let mrtd = [UInt8](repeating: 0x4D, count: 48)
  static let rtmrs: [[UInt8]] = (1...4).map { [UInt8](repeating: $0, count: 48) }

  private static let made = Result { try SimulatedTDXVendor.make(at: time) }
  private static let firstPlatform = Result { try vendor().makePlatform(index: 0, at: time) }

  static func vendor() throws -> SimulatedTDXVendor { try made.get() }

  static func platform() throws -> SimulatedTDXPlatform { try firstPlatform.get() }

  static func quote(_ change: (inout SimulatedQuote) -> Void = { _ in }) -> SimulatedQuote {
    var quote = SimulatedQuote(reportData: reportData, mrtd: mrtd, rtmrs: rtmrs)
    change(&quote)
    return quote
  }

  static func evidence(
    on platform: SimulatedTDXPlatform? = nil, _ change: (inout SimulatedQuote) -> Void = { _ in }
  ) throws -> Evidence {
    let platform = try platform ?? Self.platform()
    return Evidence(
      platform: .tdx, report: try quote(change).signed(by: platform), endorsements: platform.endorsements)
  }

  /// The default quote beside collateral that was changed before it was signed.
  static func evidence(
    collateral change: (inout SimulatedTDXCollateral) throws -> Void
  ) throws -> Evidence {
    var evidence = try evidence()
    var collateral = try SimulatedTDXCollateral(vendor: try vendor(), at: time)
    try change(&collateral)
    evidence.endorsements = [try collateral.bytes()]
    return evidence
  }

  /// A platform whose certificate was changed before the authority signed it.
  static func platform(
    certificate: (inout SimulatedAuthority.Template) throws -> Void = { _ in },
    content: (inout SimulatedPCKExtension) -> Void
  ) throws -> SimulatedTDXPlatform {
    let vendor = try vendor()
    let key = P256.Signing.PrivateKey()
    var body = SimulatedPCKExtension(ppid: vendor.ppid(index: 0))
    content(&body)
    var template = try vendor.certificateTemplate(body, key: key, at: time)
    try certificate(&template)
    return try vendor.platform(
      certificate: try vendor.certificateAuthority.issue(template), key: key, ppid: body.ppid,
      endorsements: try platform().endorsements)
  }

  /// Strict but for what must be named: root, measurements, platform.
  static func policy(_ change: (inout AppraisalPolicy) -> Void = { _ in }) throws -> AppraisalPolicy {
    var policy = AppraisalPolicy(anchors: .simulated([try vendor().root]))
    if let measurements = TDX.Measurements(mrtd: mrtd, rtmrs: rtmrs) {
      policy.referenceValues = ReferenceValues(tdxMeasurements: [measurements])
    }
    policy.tdx.hosts = HostList(chipIdentifiers: [try platform().ppid])
    change(&policy)
    return policy
  }

  static let cache = VerifiedChainCache()

  static func result(
    _ evidence: Evidence, _ policy: AppraisalPolicy? = nil, reportData: [UInt8]? = reportData, at time: Date = time
  ) throws -> AttestationResult {
    EvidenceVerifier(policy: try policy ?? Self.policy(), cache: cache).appraise(
      evidence: evidence, expectedReportData: reportData, at: time)
  }

  static func codes(
    _ evidence: Evidence, _ policy: AppraisalPolicy? = nil, reportData: [UInt8]? = reportData, at time: Date = time
  ) throws -> [ErrorCode] {
    try result(evidence, policy, reportData: reportData, at: time).reasons.map(\.code)
  }

  static func authenticityOnly() throws -> AppraisalPolicy {
    .authenticityOnly(anchors: .simulated([try vendor().root]))
  }
}
