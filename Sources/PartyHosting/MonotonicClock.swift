import NIOCore
import NIOPosix

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

  /// The machine's. Whoever answers on an event loop sleeps on that loop: the next frame of a stream wakes no other
  /// thread than the one that writes it.
  public static let system = MonotonicClock(
    now: { ContinuousClock.now }, sleep: { try await sleepOnEventLoop(until: $0) })

  /// An event loop's clock stands still while the machine is suspended and `ContinuousClock` does not, so a long sleep
  /// looks again after each so many seconds.
  private static let longestStep = Duration.seconds(60)

  private static func sleepOnEventLoop(until deadline: ContinuousClock.Instant) async throws {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
    while true {
      let rest = ContinuousClock.now.duration(to: deadline)
      guard rest > .zero else { return try Task.checkCancellation() }
      let step = eventLoop.scheduleTask(in: TimeAmount(min(rest, longestStep))) {}
      try await withTaskCancellationHandler {
        try await step.futureResult.get()
      } onCancel: {
        step.cancel()
      }
    }
  }
}
