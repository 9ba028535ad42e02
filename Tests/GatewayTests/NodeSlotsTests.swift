import Gateway
import Testing

@Suite("How much one node is asked at a time")
struct NodeSlotsTests {
  /// A clock on which no time passes: whoever sleeps wakes when cancelled.
  private struct StoppedClock: Clock {
    var now: SkippingClock.Instant { SkippingClock.Instant(offset: .zero) }
    let minimumResolution = Duration.nanoseconds(1)

    func sleep(until deadline: SkippingClock.Instant, tolerance: Duration?) async throws {
      let (never, continuation) = AsyncStream.makeStream(of: Never.self)
      for await _ in never {}
      _ = continuation
      throw CancellationError()
    }
  }

  private static func full() async -> (slots: NodeSlots, leases: [NodeSlots.Lease]) {
    let slots = NodeSlots()
    var leases: [NodeSlots.Lease] = []
    while leases.count < NodeSlots.underWayLimit, let lease = await slots.lease(clock: StoppedClock()) {
      leases.append(lease)
    }
    return (slots, leases)
  }

  @Test("a request that waits gets the slot of the next exchange that ends")
  func waits() async throws {
    var (slots, leases) = await Self.full()
    #expect(leases.count == NodeSlots.underWayLimit)
    let waiting = Task { await slots.lease(clock: StoppedClock()) != nil }
    while slots.waitingCount == 0 { await Task.yield() }
    leases.removeLast()
    #expect(await waiting.value)
    #expect(slots.underWayCount == leases.count)
  }

  @Test("a request that waited its time is refused")
  func timeLimit() async throws {
    let (slots, leases) = await Self.full()
    #expect(await slots.lease(clock: SkippingClock()) == nil)
    #expect(slots.waitingCount == 0)
    #expect(slots.underWayCount == leases.count)
  }

  @Test("no more requests wait than the limit")
  func queueLimit() async throws {
    let (slots, leases) = await Self.full()
    let waiting = (0..<NodeSlots.waitingLimit).map { _ in Task { await slots.lease(clock: StoppedClock()) } }
    while slots.waitingCount < NodeSlots.waitingLimit { await Task.yield() }
    #expect(await slots.lease(clock: StoppedClock()) == nil)
    for task in waiting { task.cancel() }
    for task in waiting { #expect(await task.value == nil) }
    #expect(slots.underWayCount == leases.count)
  }

  @Test("what ended gives all slots back")
  func givenBack() async throws {
    let slots = await Self.full().slots
    #expect(slots.underWayCount == 0)
  }
}
