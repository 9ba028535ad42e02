/// Counts of events by name, published once a period with noise and never otherwise (differential privacy).
///
/// Each event adds 1 to one counter, once: that is what the noise of a publication hides, for all counters together.
/// Only a period that is over is published, and its noise is drawn once, so that asking again tells nothing more. When
/// a period begins or ends depends on the clock alone. Whether one is published depends on the budget alone. Both are the
/// same whatever was counted.
///
/// A value keeps its counts in memory alone: a process that starts again counts from nothing, and what it had counted
/// of a period that was not over is never published.
public struct PrivateCounters<Name: CaseIterable & Hashable & Sendable>: Sendable {
  /// What one period's counts are said to be.
  public struct Publication: Sendable, Equatable {
    /// Of the period since the first, which is 1.
    public let periodNumber: UInt64
    /// Of every name, in the order of its cases. Below zero now and then: a sum over periods or nodes has no bias.
    public let counts: [Int]
  }

  private let period: Duration
  private let granularity: Int
  private var budget: PrivacyBudget
  private var generator: any RandomNumberGenerator & Sendable

  private var periodStart: ContinuousClock.Instant
  private var endedPeriodCount: UInt64 = 0
  private var counts: [Name: Int] = [:]
  private var newest: Publication?
  private var newestIsWithheld = false

  /// - Parameters:
  ///   - start: now. The first period begins here, so that every published one was lived through whole.
  ///   - granularity: what is published is rounded to multiples of it.
  ///   - generator: what noise is drawn from; tests give their own.
  public init(
    start: ContinuousClock.Instant, period: Duration, granularity: Int, budget: PrivacyBudget,
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    precondition(period > .zero && granularity > 0, "a period has a length, and numbers are multiples of 1 or more")
    periodStart = start
    self.period = period
    self.granularity = granularity
    self.budget = budget
    self.generator = generator
  }

  /// One event, which is added nowhere else.
  public mutating func add(_ name: Name, now: ContinuousClock.Instant) {
    advance(to: now)
    counts[name, default: 0] += 1
  }

  /// Of the newest period that was published; nil before the first one is over.
  public mutating func publication(now: ContinuousClock.Instant) -> Publication? {
    advance(to: now)
    return newest
  }

  /// Whether the newest period that is over was withheld because the budget was spent.
  public mutating func isWithheld(now: ContinuousClock.Instant) -> Bool {
    advance(to: now)
    return newestIsWithheld
  }

  private mutating func advance(to now: ContinuousClock.Instant) {
    var due: (periodNumber: UInt64, counts: [Name: Int])?
    // One by one, asked for or not: what is spent must not depend on whether an event made this look at the clock.
    while now - periodStart >= period {
      periodStart += period
      endedPeriodCount += 1
      newestIsWithheld = !budget.spend(at: periodStart)
      if !newestIsWithheld { due = (endedPeriodCount, counts) }
      counts = [:]
    }
    guard let due else { return }
    newest = Publication(periodNumber: due.periodNumber, counts: Name.allCases.map { published(due.counts[$0] ?? 0) })
  }

  private mutating func published(_ count: Int) -> Int {
    rounded(count + DiscreteLaplace(budget.loss).sample(using: &generator))
  }

  /// To the nearest multiple, halves away from zero on both sides.
  private func rounded(_ value: Int) -> Int {
    let magnitude = (Int(value.magnitude) + granularity / 2) / granularity * granularity
    return value < 0 ? -magnitude : magnitude
  }
}
