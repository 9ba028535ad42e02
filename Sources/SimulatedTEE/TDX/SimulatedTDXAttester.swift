public import Attestation

/// Issues quotes of one trust domain on one simulated platform. They pass the same verifier as real ones, under a
/// simulated policy alone, and protect nobody.
public struct SimulatedTDXAttester: NodeAttester {
  public let platform: SimulatedTDXPlatform
  /// What each quote says but for REPORT_DATA.
  public var quote: SimulatedQuote
  /// The event log that travels with each quote; nil for none.
  public var eventLog: [UInt8]?

  /// - Parameters:
  ///   - mrtd: 48 bytes, which the release names.
  ///   - rtmrs: RTMR0 to RTMR3, 48 bytes each, which the release names.
  public init(
    platform: SimulatedTDXPlatform, mrtd: [UInt8],
    rtmrs: [[UInt8]] = Array(repeating: Array(repeating: 0, count: 48), count: 4)
  ) {
    self.platform = platform
    quote = SimulatedQuote(reportData: Array(repeating: 0, count: 64), mrtd: mrtd, rtmrs: rtmrs)
  }

  /// - Throws: `simulated-field-length`, `simulated-key-unusable`.
  public func evidence(reportData: [UInt8]) async throws -> Evidence {
    var quote = quote
    quote.reportData = reportData
    return Evidence(
      platform: .tdx, report: try quote.signed(by: platform), supplement: eventLog, endorsements: platform.endorsements)
  }
}
