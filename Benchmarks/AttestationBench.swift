import ArgumentParser
import Attestation
import Crypto
import Foundation
import SimulatedTEE

/// Appraising SEV-SNP evidence against the bare signature verifications it cannot do without.
struct AttestationBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attestation", abstract: "Appraise SEV-SNP evidence, as ratios to its bare signature verifications.")

  mutating func run() async throws {
    let now = Date()
    let vendor = try SimulatedVendor.make(at: now)
    let chip = try vendor.makeChip(index: 0, at: now)
    let measurement = [UInt8](repeating: 1, count: 48)
    let reportData = [UInt8](repeating: 2, count: 64)
    let withList = try await SimulatedAttester(chip: chip, measurement: measurement).evidence(reportData: reportData)
    var withoutList = withList
    withoutList.endorsements.removeLast()
    var policy = AppraisalPolicy(anchors: .simulated([vendor.root]))
    policy.referenceValues = ReferenceValues(sevSNPMeasurements: [measurement])
    policy.sevSNP.hosts = HostList(chipIdentifiers: [chip.chipIdentifier])
    var withoutFreshness = policy
    withoutFreshness.sevSNP.largestRevocationListAge = nil
    func appraise(_ verifier: EvidenceVerifier, _ evidence: Evidence) throws {
      let result = verifier.appraise(evidence: evidence, expectedReportData: reportData, at: now)
      guard result.verdict == .accepted else { throw ValidationError("evidence was refused: \(result.reasons)") }
    }
    let warm = EvidenceVerifier(policy: policy, cache: VerifiedChainCache())
    try appraise(warm, withList)
    let bare = try BareVerifications(vendor)
    // Interleaved, so that a machine that slows down slows all of them.
    var samples = [Sample](repeating: Sample(), count: 5)
    for _ in 0..<21 {
      samples[0].add(try Sample.perCall(rounds: 1, calls: 20) { try appraise(warm, withList) })
      samples[1].add(
        try Sample.perCall(rounds: 1, calls: 20) {
          try appraise(EvidenceVerifier(policy: withoutFreshness), withoutList)
        })
      samples[2].add(
        try Sample.perCall(rounds: 1, calls: 20) { try appraise(EvidenceVerifier(policy: policy), withList) })
      samples[3].add(Sample.perCall(rounds: 1, calls: 20) { use(bare.verifyReport()) })
      samples[4].add(Sample.perCall(rounds: 1, calls: 20) { use(bare.verifyCertificate()) })
    }
    let medians = samples.map(\.median)
    let (report, certificate) = (medians[3], medians[4])
    func show(_ name: String, _ time: Duration, _ bareTime: Duration) {
      print(
        "SEV-SNP, \(name): \(time.microsecondText); bare \(bareTime.microsecondText); ratio \(Duration.ratio(time, bareTime))"
      )
    }
    show("chain cached, against one P-384", medians[0], report)
    show("cold, against one P-384 and two RSA-4096 PSS", medians[1], report + certificate * 2)
    show("cold with a revocation list, against one RSA more", medians[2], report + certificate * 3)
  }
}

/// The signature verifications by themselves, of messages as long as a report's and a certificate's.
private struct BareVerifications {
  let verifyReport: () -> Bool
  let verifyCertificate: () -> Bool

  init(_ vendor: SimulatedVendor) throws {
    let key = P384.Signing.PrivateKey()
    let publicKey = key.publicKey
    let report = [UInt8](repeating: 3, count: 672)
    let signature = try key.signature(for: report)
    verifyReport = { publicKey.isValidSignature(signature, for: report) }
    let rootKey = vendor.rootKey.publicKey
    let certificate = [UInt8](repeating: 4, count: 1_000)
    let rootSignature = try vendor.rootKey.signature(for: SHA384.hash(data: certificate), padding: .PSS)
    verifyCertificate = { rootKey.isValidSignature(rootSignature, for: SHA384.hash(data: certificate), padding: .PSS) }
  }
}
