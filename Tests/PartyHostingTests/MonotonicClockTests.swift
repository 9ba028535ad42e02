import NIOPosix
import PartyHosting
import Testing

@Suite("The machine's monotonic clock")
struct MonotonicClockTests {
  private let clock = MonotonicClock.system

  @Test("a sleep ends at its deadline and no earlier, on an event loop and beside it")
  func endsAtDeadline() async throws {
    for deadline in [clock.now(), clock.now() - .seconds(1), clock.now() + .milliseconds(20)] {
      try await clock.sleep(deadline)
      #expect(clock.now() >= deadline)
    }
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let deadline = clock.now() + .milliseconds(20)
    try await eventLoop.makeFutureWithTask { [clock] in try await clock.sleep(deadline) }.get()
    #expect(clock.now() >= deadline)
  }

  @Test("a sleep of a task that was cancelled throws, whether or not its time is over", .timeLimit(.minutes(1)))
  func cancelledBefore() async {
    for time in [Duration.zero, .seconds(3_600)] {
      let sleep = Task { [clock] in
        withUnsafeCurrentTask { $0?.cancel() }
        try await clock.sleep(clock.now() + time)
      }
      await #expect(throws: (any Error).self) { try await sleep.value }
    }
  }

  @Test("a task that is cancelled in its sleep sleeps no longer", .timeLimit(.minutes(1)))
  func cancelledMeanwhile() async {
    let (beginning, begin) = AsyncStream.makeStream(of: Void.self)
    let sleep = Task { [clock] in
      begin.finish()
      try await clock.sleep(clock.now() + .seconds(3_600))
    }
    for await _ in beginning {}
    sleep.cancel()
    await #expect(throws: (any Error).self) { try await sleep.value }
  }
}
