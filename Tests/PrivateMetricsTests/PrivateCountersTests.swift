import PrivateMetrics
import TestSupport
import Testing

@Suite("Counts that are published once a period")
struct PrivateCountersTests {
  private enum Name: CaseIterable { case first, second, third }

  private static let start = ContinuousClock.now
  private static let hour: Duration = .seconds(3_600)

  /// Counters by reference, since expectations cannot change a value.
  private final class Counting {
    private var counters: PrivateCounters<Name>

    init(_ counters: PrivateCounters<Name>) { self.counters = counters }

    func add(_ name: Name, now: ContinuousClock.Instant) { counters.add(name, now: now) }

    func publication(now: ContinuousClock.Instant) -> PrivateCounters<Name>.Publication? {
      counters.publication(now: now)
    }

    func isWithheld(now: ContinuousClock.Instant) -> Bool { counters.isWithheld(now: now) }
  }

  private static func counters(
    start: ContinuousClock.Instant = start, seed: UInt64 = 1, granularity: Int = 1, publicationsPerDay: UInt32 = 24
  ) -> Counting {
    let budget = PrivacyBudget(
      loss: PrivacyLoss(1, over: 8), total: PrivacyLoss(publicationsPerDay, over: 8), window: hour * 24)
    return Counting(
      PrivateCounters(
        start: start, period: hour, granularity: granularity, budget: budget, generator: SeededGenerator(seed: seed)))
  }

  @Test("the running period is never shown, to its last moment")
  func running() {
    let counters = Self.counters()
    for _ in 0..<1_000 { counters.add(.first, now: Self.start) }
    #expect(counters.publication(now: Self.start) == nil)
    #expect(counters.publication(now: Self.start + Self.hour - .nanoseconds(1)) == nil)
    #expect(counters.publication(now: Self.start + Self.hour)?.periodNumber == 1)
  }

  @Test("a period is published with all its counts and noise about them, and asking again gives the same")
  func published() throws {
    let counters = Self.counters()
    for _ in 0..<100_000 { counters.add(.second, now: Self.start) }
    let first = try #require(counters.publication(now: Self.start + Self.hour))
    #expect(first.counts.count == Name.allCases.count)
    #expect(abs(first.counts[1] - 100_000) < 300)
    #expect(abs(first.counts[0]) < 300 && abs(first.counts[2]) < 300)
    for minute in 0..<60 {
      counters.add(.first, now: Self.start + Self.hour + .seconds(60 * minute))
      #expect(counters.publication(now: Self.start + Self.hour + .seconds(60 * minute)) == first)
    }
    #expect(counters.publication(now: Self.start + Self.hour * 2)?.periodNumber == 2)
  }

  @Test("published values are multiples of the granularity, on both sides of zero")
  func granularity() throws {
    var values: [Int] = []
    for seed in 1...200 {
      let counters = Self.counters(seed: UInt64(seed), granularity: 10)
      values += try #require(counters.publication(now: Self.start + Self.hour)).counts
    }
    #expect(values.allSatisfy { $0.isMultiple(of: 10) })
    #expect(values.contains { $0 < 0 } && values.contains { $0 > 0 } && values.contains(0))
  }

  @Test("a process that starts again in a period publishes nothing of it, and draws nothing twice")
  func halfLived() {
    let before = Self.counters(seed: 1)
    for _ in 0..<1_000 { before.add(.first, now: Self.start) }
    let restart = Self.start + Self.hour / 2
    #expect(before.publication(now: restart) == nil)
    let after = Self.counters(start: restart, seed: 2)
    #expect(after.publication(now: Self.start + Self.hour) == nil)
    let publication = after.publication(now: restart + Self.hour)
    #expect(publication?.counts.allSatisfy { abs($0) < 500 } == true)
  }

  @Test("a spent budget freezes what is shown, until the window has room again")
  func frozen() throws {
    let counters = Self.counters(publicationsPerDay: 2)
    let second = try #require(counters.publication(now: Self.start + Self.hour * 2))
    #expect(second.periodNumber == 2)
    #expect(!counters.isWithheld(now: Self.start + Self.hour * 2))
    for hour in 3...24 {
      for _ in 0..<10_000 { counters.add(.first, now: Self.start + Self.hour * (hour - 1)) }
      #expect(counters.publication(now: Self.start + Self.hour * hour) == second)
      #expect(counters.isWithheld(now: Self.start + Self.hour * hour))
    }
    // The first publication, at the end of the first hour, is a day old now.
    let third = try #require(counters.publication(now: Self.start + Self.hour * 25))
    #expect(third.periodNumber == 25)
    // What was counted while nothing was published is not in it.
    #expect(abs(third.counts[0]) < 300)
    #expect(!counters.isWithheld(now: Self.start + Self.hour * 25))
  }

  @Test("what is spent is the same whether anybody counts or asks in between")
  func independentOfEvents() {
    let busy = Self.counters(publicationsPerDay: 3)
    let idle = Self.counters(publicationsPerDay: 3)
    for hour in 0..<60 { busy.add(.third, now: Self.start + Self.hour * hour) }
    let end = Self.start + Self.hour * 60
    #expect(busy.publication(now: end)?.periodNumber == idle.publication(now: end)?.periodNumber)
    #expect(busy.isWithheld(now: end) == idle.isWithheld(now: end))
  }

  @Test("a budget admits as often as the total holds the loss, in every window")
  func budget() {
    var budget = PrivacyBudget(loss: PrivacyLoss(2, over: 7), total: PrivacyLoss(1, over: 1), window: Self.hour)
    #expect(budget.publicationLimit == 3)
    let seconds = [0, 600, 1_200, 3_599, 3_600, 3_601]
    let isAdmitted = seconds.map { budget.spend(at: Self.start + .seconds($0)) }
    #expect(isAdmitted == [true, true, true, false, true, false])
  }

  @Test("a level says roughly how many, and a reading stands for its time")
  func level() {
    let levels = [0, 4, 5, 16, 17, 64, 65, 1_000].map { CoarseLevel($0).rawValue }
    #expect(levels == ["0-4", "0-4", "5-16", "5-16", "17-64", "17-64", "65+", "65+"])
    var reading = CoarseReading(lifetime: .seconds(60))
    let readings = [(0, 0), (59, 100), (60, 100)].map { second, count in
      reading.level(now: Self.start + .seconds(second)) { count }
    }
    #expect(readings == [.upTo4, .upTo4, .more])
  }
}
