import Attestation

extension FuzzTarget {
  static let evidenceDescription = [
    // The first byte says of which platform the others are.
    FuzzTarget("evidence-description", maximumByteCount: 1 << 13, seeds: describedEvidence) { bytes in
      guard let first = bytes.first else { return }
      let platform = Platform.allCases[Int(first) % Platform.allCases.count]
      let report = Array(bytes.dropFirst())
      _ = EvidenceDescription.platform(of: report)
      _ = Evidence(platform: platform, report: report, endorsements: []).claimedChip
      _ = try? TDX.UnverifiedPlatform(quote: report)
      guard let fields = try? EvidenceDescription.describe(report, platform: platform) else { return }
      claim(
        fields.allSatisfy { $0.offset >= 0 && $0.byteCount >= 0 && $0.offset + $0.byteCount <= report.count },
        "a field lies within the evidence")
      claim(
        fields.flatMap { [$0.name, $0.value, $0.meaning] }.allSatisfy { EvidenceDescription.printable($0) == $0 },
        "what a terminal would act on is escaped")
    }
  ]

  @Sendable private static func describedEvidence() throws -> [[UInt8]] {
    let reports = [
      try SimulatedFixture.evidence().report, try SimulatedAzure.report(), try SimulatedTDX.evidence().report,
      try NitroFixture.evidence(), try NVIDIAFixture.evidence(.nvidiaGPU).report,
      try NVIDIAFixture.evidence(.nvidiaSwitch).report,
    ]
    return reports.enumerated().map { [UInt8($0)] + $1 }
  }
}
