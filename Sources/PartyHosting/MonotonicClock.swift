/// Time that only goes forward, a parameter so that tests choose it: nothing that a host's wall clock says moves it.
public struct MonotonicClock: Sendable {
  public let now: @Sendable () -> ContinuousClock.Instant
  /// Returns at the deadline, at once where it is over; throws when the task is cancelled.
  public let sleep: @Sendable (_ deadline: ContinuousClock.Instant) async throws -> Void

  public init(
    now: @escaping @Sendable () -> ContinuousClock.Instant,
    sleep: @escaping @Sendable (_ deadline: ContinuousClock.Instant) async throws -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  public static let system = MonotonicClock(
    now: { ContinuousClock.now }, sleep: { try await ContinuousClock().sleep(until: $0) })
}
