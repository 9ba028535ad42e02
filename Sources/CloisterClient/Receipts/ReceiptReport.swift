public import ErrorCodes
public import StrictJSON

/// What a person asked of machines in a period, and how those were verified: counts by day and task, releases and
/// checks. It is made of rounded receipts alone, so it holds no content, token, chat name, or time finer than a day.
public struct ReceiptReport: Sendable {
  /// Requests of one task on one day.
  public struct Use: Sendable, Equatable {
    public let day: CalendarDay
    public let task: String
    public let requestCount: Int
  }

  /// Machines of one release on one platform, verified in one way.
  public struct Machine: Sendable, Equatable {
    public let hop: RoundedReceipt.Hop
    /// How many requests reached one.
    public let requestCount: Int
  }

  /// A name and how many requests it stands for.
  public struct Share: Sendable, Equatable {
    public let name: String
    public let requestCount: Int
  }

  public struct Failure: Sendable, Equatable {
    public let code: ErrorCode
    public let requestCount: Int
  }

  public struct PolicyUse: Sendable, Equatable {
    public let policy: RoundedReceipt.Policy
    public let requestCount: Int
  }

  /// What repeating every check, offline and now, came to.
  public struct Repetition: Sendable, Equatable {
    public internal(set) var verifiedCount = 0
    /// How many receipts were refused, by the code of the refusal.
    public internal(set) var refusals: [ErrorCode: Int] = [:]

    public init() {}
  }

  public let period: DayRange
  public let requestCount: Int
  public let simulatedCount: Int
  /// Receipts whose policy is gone, or that are damaged or of another version, so that nobody knows their day. They are
  /// counted nowhere else.
  public let undatedCount: Int
  /// Nil where the checks were not repeated.
  public let repetition: Repetition?
  /// By day, then task.
  public let uses: [Use]
  /// Most used first.
  public let machines: [Machine]
  public let operators: [Share]
  public let relays: [Share]
  public let policies: [PolicyUse]
  /// Requests that were not answered, by the code that says why; most frequent first.
  public let failures: [Failure]

  public init(_ receipts: [RoundedReceipt], period: DayRange, undatedCount: Int = 0, repetition: Repetition? = nil) {
    self.period = period
    self.undatedCount = undatedCount
    self.repetition = repetition
    requestCount = receipts.count
    simulatedCount = receipts.count { $0.isSimulated }
    uses = Dictionary(grouping: receipts) { DayTask(day: $0.day, task: $0.task) }
      .map { Use(day: $0.day, task: $0.task, requestCount: $1.count) }
      .sorted { ($0.day, $0.task) < ($1.day, $1.task) }
    machines = Self.counts(receipts.flatMap { Set($0.hops) }) { $0.json.canonicalText }
      .map { Machine(hop: $0, requestCount: $1) }
    operators = Self.counts(receipts.map(\.operatorOrigin)) { $0 }.map { Share(name: $0, requestCount: $1) }
    relays = Self.counts(receipts.map(\.relay)) { $0 }.map { Share(name: $0, requestCount: $1) }
    policies = Self.counts(receipts.map(\.policy)) { $0.json.canonicalText }
      .map { PolicyUse(policy: $0, requestCount: $1) }
    failures = Self.counts(receipts.compactMap(\.failure)) { $0.rawValue }
      .map { Failure(code: $0, requestCount: $1) }
  }

  private struct DayTask: Hashable {
    let day: CalendarDay
    let task: String
  }

  /// Largest first, those of one count by their text.
  private static func counts<Value: Hashable>(
    _ values: [Value], by text: (Value) -> String
  ) -> [(Value, Int)] {
    Dictionary(grouping: values) { $0 }.map { ($0, $1.count) }
      .sorted { $0.1 == $1.1 ? text($0.0) < text($1.0) : $0.1 > $1.1 }
  }
}

extension ReceiptReport {
  public var json: JSONValue {
    [
      "type": "cloister-receipts-report", "version": 2,
      "from": period.first.map { .string($0.text) } ?? .null, "to": period.last.map { .string($0.text) } ?? .null,
      "requests": .integer(Int64(requestCount)), "simulated": .integer(Int64(simulatedCount)),
      "undated": .integer(Int64(undatedCount)), "repeated": repetition?.json ?? .null,
      "uses": .array(
        uses.map {
          ["day": .string($0.day.text), "task": .string($0.task), "requests": .integer(Int64($0.requestCount))]
        }),
      "machines": .array(machines.map { ["requests": .integer(Int64($0.requestCount)), "machine": $0.hop.json] }),
      "operators": .array(operators.map(\.json)), "relays": .array(relays.map(\.json)),
      "policies": .array(
        policies.map { ["requests": .integer(Int64($0.requestCount)), "policy": $0.policy.json] }),
      "failures": .array(
        failures.map { ["code": .string($0.code.rawValue), "requests": .integer(Int64($0.requestCount))] }),
    ]
  }
}

extension ReceiptReport.Share {
  fileprivate var json: JSONValue { ["name": .string(name), "requests": .integer(Int64(requestCount))] }
}

extension ReceiptReport.Repetition {
  fileprivate var json: JSONValue {
    [
      "verified": .integer(Int64(verifiedCount)),
      "refused": .object(
        Dictionary(uniqueKeysWithValues: refusals.map { ($0.rawValue, JSONValue.integer(Int64($1))) })),
    ]
  }
}
