import Attestation
import Foundation
import SimulatedTEE

extension FuzzTarget {
  static let azureSNP = [
    FuzzTarget("hcl-report", maximumByteCount: 1 << 12, seeds: { [try SimulatedAzure.report()] }) { bytes in
      appraise(bytes)
      guard let hcl = try? AzureSNP.HCLReport(parsing: bytes) else { return }
      claim(hcl.report.bytes == Array(bytes[32..<1216]), "the hardware report keeps its bytes")
      claim(
        Array(bytes[1236...]).starts(with: hcl.runtimeData)
          && bytes.dropFirst(1236 + hcl.runtimeData.count).allSatisfy { $0 == 0 },
        "runtime data and zeros are all there is")
    },
    FuzzTarget("azure-runtime-data", seeds: SimulatedAzure.runtimeData) { bytes in
      guard let data = try? AzureSNP.RuntimeData(parsing: bytes) else { return }
      claim((2048...4096).contains(data.attestationKey.keySizeInBits), "an attestation key has its size")
      claim(data.userData.count <= 64, "user data have at most 64 bytes")
    },
    FuzzTarget("vtpm-quote", maximumByteCount: 600, seeds: SimulatedAzure.messages) { bytes in
      guard let quote = try? AzureSNP.VTPMQuote(parsing: bytes) else { return }
      claim(
        quote.selectedPCRs.allSatisfy { (0..<AzureSNP.VTPMQuote.pcrCount).contains($0) }
          && quote.selectedPCRs == Set(quote.selectedPCRs).sorted(), "selected PCRs ascend within the bank")
    },
    FuzzTarget("vtpm-quote-supplement", maximumByteCount: 1 << 13, seeds: { [try SimulatedAzure.supplement()] }) {
      bytes in
      guard let supplement = try? AzureSNP.QuoteSupplement(parsing: bytes) else { return }
      _ = try? AzureSNP.VTPMQuote(parsing: supplement.message)
      claim(
        try AzureSNP.QuoteSupplement(parsing: supplement.json.canonicalBytes) == supplement,
        "a written quote reads the same")
    },
  ]

  private static func appraise(_ report: [UInt8]) {
    for policy in [AppraisalPolicy.strict, .authenticityOnly()] {
      let result = EvidenceVerifier(policy: policy).appraise(
        evidence: Evidence(platform: .azureSNP, report: report, endorsements: []),
        expecting: ExpectedValues(nonce: [1]),
        at: SimulatedAzure.time)
      claim(!result.checks.isEmpty, "an appraisal names its checks")
    }
  }
}

/// What a simulated guest of the paravisor makes. Slow, and only for seeds.
enum SimulatedAzure {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)
  static let userData = [UInt8](repeating: 7, count: 64)

  private static let guest = Result {
    try SimulatedAzureGuest(
      chip: try SimulatedVendor.make(at: time).makeChip(index: 0, at: time),
      measurement: [UInt8](repeating: 0x4D, count: 48))
  }

  private static let evidence = Result { try guest.get().evidence(userData: userData, nonce: [1]) }

  static func report() throws -> [UInt8] { try evidence.get().report }

  static func supplement() throws -> [UInt8] { try evidence.get().supplement ?? [] }

  @Sendable static func runtimeData() throws -> [[UInt8]] {
    let guest = try guest.get()
    var other = guest
    other.otherRuntimeData = ["vmgs-provisioner": ["id": "x"]]
    return try [guest, other].map { try $0.runtimeData(userData: userData).canonicalBytes }
  }

  @Sendable static func messages() throws -> [[UInt8]] {
    var some = SimulatedVTPMQuote()
    some.selectedPCRs = [4, 7, 11]
    some.nonce = Array("nonce".utf8)
    return [SimulatedVTPMQuote().message, some.message]
  }
}
