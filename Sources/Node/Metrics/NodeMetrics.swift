import PartyHosting
import PrivateMetrics
import PrometheusFormat
import Synchronization

/// What a node counts, and all that it tells of it (docs/operations/node.md). Nothing here takes a text, a size or a
/// duration of a request.
final class NodeMetrics: Sendable {
  /// ε of one period, for all tasks together. A request is in one period alone, so this is what it loses.
  static let periodLoss = PrivacyLoss(1, over: 8)
  /// ε of any 24 hours: what somebody loses who asks once in every period of a day.
  static let dailyLoss = PrivacyLoss(3, over: 1)
  /// A day of shortest periods spends the daily budget. So does a process that is started again and again: what it
  /// publishes it lived through whole, and the budget that it forgot could not have refused it.
  static let shortestPeriodSeconds: UInt64 = 3_600
  /// Counts are multiples of it; about as much as the noise, of standard deviation 11.
  static let granularity = 10
  /// How long one reading of the load stands.
  static let loadLifetime: Duration = .seconds(60)

  /// What the node says of itself, exactly: none of it depends on a request.
  struct Status {
    let epochCount: UInt64
    let keyCount: Int
    let weaknesses: [String]
  }

  private struct State {
    var tasks: PrivateCounters<CountedTask>
    var load = CoarseReading(lifetime: loadLifetime)
  }

  private let clock: MonotonicClock
  private let state: Mutex<State>

  init(
    epochSeconds: UInt64, clock: MonotonicClock, generator: any RandomNumberGenerator & Sendable
  ) {
    self.clock = clock
    let tasks = PrivateCounters<CountedTask>(
      start: clock.now(), period: Self.period(epochSeconds: epochSeconds), granularity: Self.granularity,
      budget: PrivacyBudget(loss: Self.periodLoss, total: Self.dailyLoss, window: .seconds(86_400)),
      generator: generator)
    state = Mutex(State(tasks: tasks))
  }

  /// As many epochs as make an hour or more.
  static func period(epochSeconds: UInt64) -> Duration {
    guard epochSeconds < shortestPeriodSeconds else { return .seconds(Int64(clamping: epochSeconds)) }
    let epochLength = max(epochSeconds, 1)
    let epochCount = (shortestPeriodSeconds + epochLength - 1) / epochLength
    return .seconds(Int64(clamping: epochCount * epochLength))
  }

  /// Called once for each request that opened: the noise hides one addition.
  func count(_ task: CountedTask) { state.withLock { $0.tasks.add(task, now: clock.now()) } }

  /// - Parameter count: requests that run or wait.
  func load(of count: () -> Int) -> CoarseLevel {
    state.withLock { $0.load.level(now: clock.now(), of: count) }
  }

  /// Every line that there is: their names and labels are the same whatever was asked.
  func text(_ status: Status, load: CoarseLevel) -> String {
    let (publication, isWithheld) = state.withLock { state in
      let now = clock.now()
      return (state.tasks.publication(now: now), state.tasks.isWithheld(now: now))
    }
    var metrics = PrometheusText()
    metrics.add("cloister_node_up", .gauge, "1 while the node serves.", 1)
    metrics.add(
      "cloister_node_epochs_total", .counter, "Epochs that this process made a key for.", status.epochCount)
    metrics.add("cloister_node_keys", .gauge, "Keys that are alive.", status.keyCount)
    metrics.add(
      "cloister_node_weakness", .gauge, "Protections that the node's release does without.",
      status.weaknesses.map { ([("name", $0)], 1) })
    metrics.add(
      "cloister_node_load", .gauge, "1 for the level of requests that run or wait, read at most once a minute.",
      CoarseLevel.allCases.map { ([("requests", $0.rawValue)], $0 == load ? 1 : 0) })
    metrics.add(
      "cloister_node_requests", .gauge, "Requests of the newest published period, with noise.",
      publication.map { zip(CountedTask.allCases, $0.counts).map { ([("task", $0.rawValue)], $1) } } ?? [])
    metrics.add(
      "cloister_node_requests_period", .gauge,
      "Number of that period since the process was started; 0 before the first.",
      publication?.periodNumber ?? 0)
    metrics.add(
      "cloister_node_requests_withheld", .gauge, "1 where the budget withheld the period that was over last.",
      isWithheld ? 1 : 0)
    return metrics.text
  }
}
