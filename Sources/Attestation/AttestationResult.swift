public import ErrorCodes
public import StrictJSON
import WireFormat

/// The outcome of one appraisal (RFC 9334, section 2): every check that was made, and each that the policy left out.
public struct AttestationResult: Sendable, Equatable {
  public enum Verdict: String, Sendable {
    case accepted
    case refused
    /// The evidence has not the length, magic or version of its platform; nothing else was checked.
    case malformed
  }

  /// One check by its stable name.
  public struct Check: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
      case passed
      case failed(AttestationError)
      /// The policy does not ask for it.
      case skipped
    }

    public let name: String
    public let outcome: Outcome
  }

  /// First those that the policy leaves out, then the others in the order in which they were made.
  public let checks: [Check]
  public let verdict: Verdict
  /// What the report says; empty unless the report is authentic. Members are named as in docs/evidence/.
  public let claims: [String: JSONValue]
  /// The chip's hardware identifier; nil unless the report is authentic and the chip is named.
  public let chipIdentifier: [UInt8]?
  /// The launch measurement; nil unless the report is authentic.
  public let measurement: [UInt8]?
  /// True where a simulated machine was appraised: it protects nobody.
  public let isSimulated: Bool

  init(
    checks: [Check], isMalformed: Bool = false, claims: [String: JSONValue] = [:], chipIdentifier: [UInt8]? = nil,
    measurement: [UInt8]? = nil, isSimulated: Bool = false
  ) {
    self.checks = checks
    let hasFailure = checks.contains { if case .failed = $0.outcome { true } else { false } }
    verdict = isMalformed ? .malformed : hasFailure ? .refused : .accepted
    self.claims = claims
    self.chipIdentifier = chipIdentifier
    self.measurement = measurement
    self.isSimulated = isSimulated
  }

  /// A refusal before any evidence was looked at, such as of a policy that cannot be read.
  public init(refusal: AttestationError, check name: String) {
    self.init(checks: [Check(name: name, outcome: .failed(refusal))])
  }

  /// What could not be read as the evidence of its platform. Length, magic and version tell whether it is that at all:
  /// only then is the verdict `malformed`.
  init(unreadable error: AttestationError) {
    self.init(
      checks: [Check(name: "form", outcome: .failed(error))], isMalformed: Self.malformedCodes.contains(error.code))
  }

  private static let malformedCodes: [ErrorCode] = [
    AttestationError.evidenceLength, AttestationError.evidenceVersion, AttestationError.evidenceFile,
    AttestationError.hclMalformed, AttestationError.hclReportType, AttestationError.nitroEnvelope,
    AttestationError.spdmMessage,
  ]

  /// Every reason for a refusal, in the order of checks.
  public var reasons: [AttestationError] {
    checks.compactMap { if case .failed(let error) = $0.outcome { error } else { nil } }
  }

  /// The code of the first reason; nil when the evidence is accepted.
  public var code: ErrorCode? { reasons.first?.code }

  /// The names of the checks that the policy leaves out.
  public var skipped: [String] { checks.filter { $0.outcome == .skipped }.map(\.name) }

  /// The form that the command line prints with `--json`.
  public var json: JSONValue {
    [
      "verdict": .string(verdict.rawValue),
      "code": code.map { .string($0.rawValue) } ?? .null,
      "reasons": .array(reasons.map { .string($0.code.rawValue) }),
      "claims": .object(claims),
      "skipped": .array(skipped.map { .string($0) }),
    ]
  }
}

/// Collects the checks of one appraisal.
struct CheckRecorder {
  private(set) var checks: [AttestationResult.Check] = []

  init() { checks.reserveCapacity(64) }

  var failureCount: Int { checks.count { if case .failed = $0.outcome { true } else { false } } }

  mutating func pass(_ name: String) { checks.append(.init(name: name, outcome: .passed)) }

  mutating func skip(_ name: String) { checks.append(.init(name: name, outcome: .skipped)) }

  mutating func fail(_ name: String, _ error: AttestationError) {
    checks.append(.init(name: name, outcome: .failed(error)))
  }

  mutating func require(
    _ name: String, _ condition: Bool, else code: ErrorCode, _ message: @autoclosure () -> String
  ) {
    if condition { pass(name) } else { fail(name, AttestationError(code, message())) }
  }

  /// Passes unless the body throws, and then fails with what it threw.
  mutating func check(_ name: String, _ body: () throws(AttestationError) -> Void) {
    do {
      try body()
      pass(name)
    } catch {
      fail(name, error)
    }
  }
}
