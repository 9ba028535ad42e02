import Foundation
import InMemoryParties
import Node
import Synchronization
import Testing

@Suite("Which requests a node works on")
struct AdmissionQueueTests {
  /// A queue on a clock that stands until a test moves it, whose places are worked on until the test ends them.
  private final class Fixture: Sendable {
    let clock = SettableClock(Date(timeIntervalSince1970: 0))
    let queue: AdmissionQueue
    private let begun = Mutex<[Int]>([])
    private let ends = Mutex<[Int: AsyncStream<Void>.Continuation]>([:])

    init(running: Int, waiting: Int) {
      clock.holdSleepers()
      let limits = AdmissionLimits(runningCount: running, waitingCount: waiting, waitLimit: .seconds(5))
      queue = AdmissionQueue(limits, clock: clock.monotonic)
    }

    /// The requests whose work began, in order.
    var order: [Int] { begun.withLock { $0 } }

    /// A task that is true where the request was worked on; nil where it is refused on arrival.
    func arrive(_ request: Int) -> Task<Bool, Never>? {
      guard let place = queue.arrive() else { return nil }
      let (end, continuation) = AsyncStream.makeStream(of: Void.self)
      ends.withLock { $0[request] = continuation }
      return Task {
        await self.queue.run(place) {
          self.begun.withLock { $0.append(request) }
          for await _ in end {}
        } != nil
      }
    }

    func end(_ request: Int) { ends.withLock { $0[request] }?.finish() }

    func begun(_ count: Int) async { while order.count < count { await Task.yield() } }
  }

  @Test("so many run at once, so many wait, and one more is refused on arrival")
  func bounds() async {
    let fixture = Fixture(running: 2, waiting: 3)
    let tasks = (0..<5).compactMap { fixture.arrive($0) }
    #expect(tasks.count == 5)
    #expect(fixture.queue.runningCount == 2)
    #expect(fixture.queue.waitingCount == 3)
    #expect(fixture.arrive(5) == nil)
    await fixture.begun(2)
    for request in 0..<5 { fixture.end(request) }
    for task in tasks { #expect(await task.value) }
    #expect(fixture.queue.runningCount == 0)
    #expect(fixture.queue.waitingCount == 0)
  }

  @Test("turns come in the order of arrival, whichever running one ends")
  func order() async {
    let fixture = Fixture(running: 2, waiting: 6)
    let tasks = (0..<8).compactMap { fixture.arrive($0) }
    await fixture.begun(2)
    for (count, ended) in [1, 0, 2, 3, 5, 4].enumerated() {
      fixture.end(ended)
      await fixture.begun(count + 3)
    }
    #expect(Array(fixture.order.dropFirst(2)) == [2, 3, 4, 5, 6, 7])
    for request in 6..<8 { fixture.end(request) }
    for task in tasks { #expect(await task.value) }
  }

  @Test("one that arrives does not pass those that wait")
  func noPassing() async {
    let fixture = Fixture(running: 1, waiting: 2)
    let tasks = (0..<2).compactMap { fixture.arrive($0) }
    fixture.end(0)
    await fixture.begun(2)
    let last = fixture.arrive(2)
    #expect(fixture.queue.waitingCount == 1)
    #expect(fixture.order == [0, 1])
    for request in 1..<3 { fixture.end(request) }
    for task in tasks + [last].compactMap(\.self) { #expect(await task.value) }
  }

  @Test("a request that is cancelled while it waits leaves the queue at once")
  func cancelled() async {
    let fixture = Fixture(running: 1, waiting: 2)
    let tasks = (0..<3).compactMap { fixture.arrive($0) }
    await fixture.clock.sleepers(2)
    tasks[1].cancel()
    #expect(await !tasks[1].value)
    #expect(fixture.queue.waitingCount == 1)
    #expect(fixture.queue.runningCount == 1)
    for request in [0, 2] { fixture.end(request) }
    #expect(await tasks[0].value)
    #expect(await tasks[2].value)
    #expect(fixture.order == [0, 2])
  }

  @Test("one that was cancelled before it asked for its turn is not worked on")
  func cancelledEarly() async {
    let fixture = Fixture(running: 1, waiting: 1)
    let first = fixture.arrive(0)
    let second = fixture.arrive(1)
    second?.cancel()
    #expect(await second?.value == false)
    #expect(fixture.queue.waitingCount == 0)
    fixture.end(0)
    #expect(await first?.value == true)
  }

  @Test("a request that waits to its deadline is refused, and one that runs is not")
  func deadline() async {
    let fixture = Fixture(running: 1, waiting: 2)
    let first = fixture.arrive(0)
    let second = fixture.arrive(1)
    await fixture.clock.sleepers(1)
    fixture.clock.advance(bySeconds: 3)
    let third = fixture.arrive(2)
    await fixture.clock.sleepers(2)
    fixture.clock.advance(bySeconds: 2)
    #expect(await second?.value == false)
    #expect(fixture.queue.waitingCount == 1)
    #expect(fixture.queue.runningCount == 1)
    fixture.end(0)
    #expect(await first?.value == true)
    fixture.end(2)
    #expect(await third?.value == true)
  }

  @Test("a place that nobody asks for is given up")
  func droppedPlace() async {
    let fixture = Fixture(running: 1, waiting: 1)
    do {
      let places = [fixture.queue.arrive(), fixture.queue.arrive()]
      #expect(places.allSatisfy { $0 != nil })
    }
    #expect(fixture.queue.runningCount == 0)
    #expect(fixture.queue.waitingCount == 0)
  }

  @Test("thousands that come, wait, go and time out leave nothing behind")
  func churn() async {
    let fixture = Fixture(running: 4, waiting: 8)
    fixture.clock.skipSleep()
    await withTaskGroup(of: Void.self) { group in
      for request in 0..<4_000 {
        group.addTask {
          guard let place = fixture.queue.arrive() else { return }
          let work = Task { await fixture.queue.run(place) { await Task.yield() } }
          if request.isMultiple(of: 3) { work.cancel() }
          _ = await work.value
        }
      }
    }
    #expect(fixture.queue.runningCount == 0)
    #expect(fixture.queue.waitingCount == 0)
  }
}
