import Attestation
import Crypto
import CryptoExtras
import ErrorCodes
import Foundation
import SimulatedTEE

/// One simulated vendor for the whole test process, since its keys are slow to make, and a policy under which its first
/// chip's default report is accepted.
enum SimulatedFixture {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)
  static let seconds: Int64 = 1_790_000_000
  static let reportData: [UInt8] = (0..<64).map { UInt8($0) }
  static let measurement = [UInt8](repeating: 0x4D, count: 48)
  static let zeroDigest = [UInt8](repeating: 0, count: 48)

  private static let genoa = Result { try SimulatedVendor.make(at: time) }
  private static let firstChip = Result { try vendor().makeChip(index: 0, at: time) }

  static func vendor(_ product: SEVSNP.Product = .genoa) throws -> SimulatedVendor {
    let vendor = try genoa.get()
    guard product != .genoa else { return vendor }
    return try SimulatedVendor(
      rootKey: vendor.rootKey, authorityKey: vendor.authorityKey, product: product, at: time)
  }

  static func chip() throws -> SimulatedChip { try firstChip.get() }

  static func report() -> SimulatedReport { SimulatedReport(reportData: reportData, measurement: measurement) }

  static func evidence(_ change: (inout SimulatedReport) -> Void = { _ in }) throws -> Evidence {
    var report = report()
    change(&report)
    return Evidence(
      platform: .sevSNP, report: try report.signed(by: try chip()), endorsements: try chip().endorsements)
  }

  /// Strict but for what must be named: root, measurement, chip.
  static func policy(_ change: (inout AppraisalPolicy) -> Void = { _ in }) throws -> AppraisalPolicy {
    var policy = AppraisalPolicy(
      anchors: .simulated([try vendor().root]), referenceValues: ReferenceValues(sevSNPMeasurements: [measurement]))
    policy.sevSNP.hosts = HostList(chipIdentifiers: [try chip().chipIdentifier])
    change(&policy)
    return policy
  }

  static let cache = VerifiedChainCache()

  static func codes(
    _ evidence: Evidence, _ policy: AppraisalPolicy, reportData: [UInt8]? = reportData, at time: Date = time
  ) -> [ErrorCode] {
    EvidenceVerifier(policy: policy, cache: cache).appraise(
      evidence: evidence, expectedReportData: reportData, at: time
    ).reasons.map(\.code)
  }

  /// A chip whose leaf was changed before the authority signed it.
  static func chip(
    kind: SEVSNP.SigningKey = .vcek, vendor: SimulatedVendor? = nil, tcb: SEVSNP.TCBVersion? = nil,
    _ change: (inout CertificateTemplate) -> Void = { _ in }
  ) throws -> SimulatedChip {
    let vendor = try vendor ?? Self.vendor()
    let key = P384.Signing.PrivateKey()
    var template = vendor.leafTemplate(kind, index: 0, publicKey: key.publicKey, at: time)
    change(&template)
    return SimulatedChip(
      signingKey: key, kind: kind, product: vendor.product, chipIdentifier: vendor.chipIdentifier(index: 0),
      tcb: tcb ?? SimulatedChip.tcb(vendor.product),
      endorsements: [
        try template.signed(by: vendor.authorityKey), vendor.authorityCertificate, vendor.rootCertificate,
        try vendor.revocationList(at: time).signed(by: vendor.rootKey),
      ])
  }

  static func evidence(of chip: SimulatedChip, endorsements: [[UInt8]]? = nil) throws -> Evidence {
    Evidence(
      platform: .sevSNP, report: try report().signed(by: chip), endorsements: endorsements ?? chip.endorsements)
  }
}

extension SimulatedFixture {
  static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
