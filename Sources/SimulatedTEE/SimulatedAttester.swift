public import Attestation

/// Issues reports of one guest on one simulated chip. They pass the same verifier as real ones, under a simulated
/// policy alone, and protect nobody.
public struct SimulatedAttester: NodeAttester {
  public let chip: SimulatedChip
  /// What each report says but for REPORT_DATA.
  public var report: SimulatedReport

  /// - Parameter measurement: 48 bytes, the SHA-384 that the release names.
  /// - Throws: `simulated-field-length`.
  public init(chip: SimulatedChip, measurement: [UInt8]) throws(SimulatedTEEError) {
    guard measurement.count == 48 else {
      throw SimulatedTEEError(
        SimulatedTEEError.fieldLength, "measurement has \(measurement.count) bytes, expected 48")
    }
    self.chip = chip
    report = SimulatedReport(reportData: Array(repeating: 0, count: 64), measurement: measurement)
  }

  /// - Throws: `simulated-field-length`, `simulated-key-unusable`.
  public func evidence(reportData: [UInt8]) async throws -> Evidence {
    var report = report
    report.reportData = reportData
    return Evidence(platform: .sevSNP, report: try report.signed(by: chip), endorsements: chip.endorsements)
  }
}
