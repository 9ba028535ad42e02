import ArgumentParser
import Attestation
import Crypto
import Foundation
import SimulatedTEE

/// Appraising SEV-SNP evidence against the bare signature verification it cannot do without.
struct AttestationBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attestation", abstract: "Appraise SEV-SNP evidence, as a ratio to one bare P-384 verification.")

  mutating func run() async throws {
    let now = Date()
    let vendor = try SimulatedVendor.make(at: now)
    let chip = try vendor.makeChip(index: 0, at: now)
    let measurement = [UInt8](repeating: 1, count: 48)
    let reportData = [UInt8](repeating: 2, count: 64)
    let evidence = try await SimulatedAttester(chip: chip, measurement: measurement).evidence(reportData: reportData)
    var policy = AppraisalPolicy(anchors: .simulated([vendor.root]))
    policy.referenceValues = ReferenceValues(sevSNPMeasurements: [measurement])
    policy.sevSNP.hosts = HostList(chipIdentifiers: [chip.chipIdentifier])
    let warm = EvidenceVerifier(policy: policy, cache: VerifiedChainCache())
    func appraise(_ verifier: EvidenceVerifier) throws {
      let result = verifier.appraise(evidence: evidence, expectedReportData: reportData, at: now)
      guard result.verdict == .accepted else { throw ValidationError("evidence was refused: \(result.reasons)") }
    }
    try appraise(warm)
    let cached = try Sample.perCall(rounds: 21, calls: 20) { try appraise(warm) }
    let cold = try Sample.perCall(rounds: 21, calls: 5) { try appraise(EvidenceVerifier(policy: policy)) }
    let key = P384.Signing.PrivateKey()
    let message = [UInt8](repeating: 3, count: 672)
    let signature = try key.signature(for: message)
    let publicKey = key.publicKey
    let bare = Sample.perCall(rounds: 21, calls: 20) { use(publicKey.isValidSignature(signature, for: message)) }
    print(
      "SEV-SNP, chain cached: \(cached.microsecondText); bare P-384 \(bare.microsecondText); "
        + "ratio \(Duration.ratio(cached, bare))")
    print("SEV-SNP, cold: \(cold.microsecondText)")
  }
}
