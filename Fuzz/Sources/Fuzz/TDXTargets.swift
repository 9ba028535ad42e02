import Attestation
import Foundation
import SimulatedTEE
import StrictJSON

extension FuzzTarget {
  static let tdx = [
    FuzzTarget("tdx-quote", maximumByteCount: 1 << 13, seeds: SimulatedTDX.quotes) { bytes in
      if let quote = try? TDX.Quote(parsing: bytes) {
        claim(bytes.starts(with: quote.signedBytes), "a quote begins with what is signed")
        claim(bytes.reversed().starts(with: quote.trailingBytes.reversed()), "a quote ends with what is not")
        claim(quote.body.rtmrs.allSatisfy { $0.count == 48 }, "a register has 48 bytes")
      }
      appraise(Evidence(platform: .tdx, report: bytes, endorsements: []))
    },
    FuzzTarget("tdx-collateral", maximumByteCount: 1 << 15, seeds: { try SimulatedTDX.platform().endorsements }) {
      bytes in
      guard var evidence = try? SimulatedTDX.evidence() else { return }
      evidence.endorsements = [bytes]
      appraise(evidence)
    },
    FuzzTarget("tdx-tcb-info", maximumByteCount: 1 << 13, seeds: SimulatedTDX.tcbInfo) { bytes in
      guard let text = text(bytes) else { return }
      try appraise(signed: { $0.tcbInfoText = text })
    },
    FuzzTarget("tdx-qe-identity", seeds: SimulatedTDX.enclaveIdentity) { bytes in
      guard let text = text(bytes) else { return }
      try appraise(signed: { $0.enclaveIdentityText = text })
    },
    FuzzTarget("tdx-event-log", maximumByteCount: 1 << 14, seeds: SimulatedTDX.eventLogs) { bytes in
      guard let log = try? TDX.EventLog(parsing: bytes) else { return }
      claim(log.events.count <= TDX.EventLog.eventLimit, "a log has no more events than its limit")
      claim(log.events.allSatisfy { (0..<4).contains($0.register) && $0.digest.count == 48 }, "an event has a register")
      claim(log.replayed().count == 4, "there are four registers")
    },
  ]

  /// Signatures would hide what is behind them.
  private static func appraise(signed change: (inout SimulatedTDXCollateral) -> Void) throws {
    var collateral = try SimulatedTDX.collateral()
    change(&collateral)
    var evidence = try SimulatedTDX.evidence()
    evidence.endorsements = [try collateral.bytes()]
    appraise(evidence)
  }

  private static func appraise(_ evidence: Evidence) {
    for policy in [AppraisalPolicy.strict, .authenticityOnly(), SimulatedTDX.policy] {
      let result = EvidenceVerifier(policy: policy).appraise(
        evidence: evidence, expectedReportData: nil, at: SimulatedTDX.time)
      claim(!result.checks.isEmpty, "an appraisal names its checks")
    }
  }
}

/// What a simulated vendor and its one platform make.
enum SimulatedTDX {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)

  private static let vendor = Result { try SimulatedTDXVendor.make(at: time) }
  private static let firstPlatform = Result { try vendor.get().makePlatform(index: 0, at: time) }
  private static let firstEvidence = Result { () throws -> Evidence in
    Evidence(
      platform: .tdx, report: try quote().signed(by: try platform()), endorsements: try platform().endorsements)
  }

  static func platform() throws -> SimulatedTDXPlatform { try firstPlatform.get() }

  static func evidence() throws -> Evidence { try firstEvidence.get() }

  static func collateral() throws -> SimulatedTDXCollateral {
    try SimulatedTDXCollateral(vendor: try vendor.get(), at: time)
  }

  @Sendable static func tcbInfo() throws -> [[UInt8]] {
    [JSONValue.object(try collateral().tcbInfo).canonicalBytes]
  }

  @Sendable static func enclaveIdentity() throws -> [[UInt8]] {
    [JSONValue.object(try collateral().enclaveIdentity).canonicalBytes]
  }

  /// So that collateral is read to its end.
  static let policy = AppraisalPolicy.authenticityOnly(
    anchors: .simulated((try? vendor.get().root).map { [$0] } ?? []))

  private static func quote() -> SimulatedQuote {
    SimulatedQuote(
      reportData: [UInt8](repeating: 7, count: 64), mrtd: [UInt8](repeating: 0x4D, count: 48),
      rtmrs: Array(repeating: Array(repeating: 0, count: 48), count: 4))
  }

  @Sendable static func quotes() throws -> [[UInt8]] {
    var older = quote()
    older.version = 4
    older.trailingBytes = [0, 0]
    return [try evidence().report, try older.signed(by: try platform())]
  }

  /// One event in each form.
  @Sendable static func eventLogs() -> [[UInt8]] {
    func number(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    let content =
      Array("Spec ID Event03\0".utf8) + [0, 0, 0, 0, 0, 2, 0, 2] + number(1) + [0x0C, 0, 48, 0] + [0]
    let header = number(1) + number(3) + [UInt8](repeating: 0, count: 20) + number(UInt32(content.count)) + content
    let event =
      number(1) + number(0x8000_0001) + number(1) + [0x0C, 0] + [UInt8](repeating: 1, count: 48) + number(2) + [1, 2]
    let list = "[{\"imr\": 3, \"digest\": \"\(String(repeating: "01", count: 48))\", \"event_payload\": \"00\"}]"
    return [header + event, Array(list.utf8)]
  }
}
