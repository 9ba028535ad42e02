import ArgumentParser
import Attestation
import Crypto
import Foundation
import SimulatedTEE

/// Appraising a TDX quote with collateral against the bare signature verifications it cannot do without.
struct TDXBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tdx", abstract: "Appraise a TDX quote, as a ratio to its bare P-256 verifications.")

  /// Quote, QE report, PCK, its authority, signer of collateral, TCB info, QE identity, and a list of each issuer.
  private static let coldSignatureCount = 9
  /// Quote and QE report.
  private static let cachedSignatureCount = 2

  mutating func run() async throws {
    let now = Date()
    let vendor = try SimulatedTDXVendor.make(at: now)
    let platform = try vendor.makePlatform(index: 0, at: now)
    let mrtd = [UInt8](repeating: 1, count: 48)
    let rtmrs = Array(repeating: [UInt8](repeating: 0, count: 48), count: 4)
    let reportData = [UInt8](repeating: 2, count: 64)
    let evidence = try await SimulatedTDXAttester(platform: platform, mrtd: mrtd, rtmrs: rtmrs)
      .evidence(reportData: reportData)
    guard let measurements = TDX.Measurements(mrtd: mrtd, rtmrs: rtmrs) else {
      throw ValidationError("measurements have another length")
    }
    var policy = AppraisalPolicy(anchors: .simulated([vendor.root]))
    policy.referenceValues = ReferenceValues(tdxMeasurements: [measurements])
    policy.tdx.hosts = HostList(chipIdentifiers: [platform.ppid])
    let warm = EvidenceVerifier(policy: policy, cache: VerifiedChainCache())
    func appraise(_ verifier: EvidenceVerifier) throws {
      let result = verifier.appraise(evidence: evidence, expectedReportData: reportData, at: now)
      guard result.verdict == .accepted else { throw ValidationError("evidence was refused: \(result.reasons)") }
    }
    try appraise(warm)
    let key = P256.Signing.PrivateKey()
    let message = [UInt8](repeating: 3, count: 632)
    let signature = try key.signature(for: message)
    let publicKey = key.publicKey
    let times = try Sample.interleaved(
      rounds: 101, calls: 10,
      [
        { use(publicKey.isValidSignature(signature, for: message)) },
        { try appraise(warm) },
        { try appraise(EvidenceVerifier(policy: policy)) },
      ])
    let (bare, cached, cold) = (times[0], times[1], times[2])
    for (name, time, count) in [
      ("cold", cold, Self.coldSignatureCount), ("chain cached", cached, Self.cachedSignatureCount),
    ] {
      print(
        "TDX with collateral, \(name): \(time.microsecondText); bare P-256 \(bare.microsecondText), \(count) of them; "
          + "ratio \(Duration.ratio(time, bare * count))")
    }
  }
}
