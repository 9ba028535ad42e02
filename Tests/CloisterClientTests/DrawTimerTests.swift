import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import Synchronization
import TestDeployment
import TestSupport
import Testing

/// The timer over a clock that moves when the timer sleeps. What happens while it sleeps is the test's choice.
@Suite("Drawing at the random minute")
struct DrawTimerTests {
  private struct Ended: Error {}

  /// A clock, and what was told by the timer.
  private final class Record: Sendable {
    private let state: Mutex<(now: Date, events: [DrawTimer<SeededGenerator>.Event])>

    init(now: Date) { state = Mutex((now, [])) }

    var now: Date { state.withLock { $0.now } }
    var events: [DrawTimer<SeededGenerator>.Event] { state.withLock { $0.events } }

    func move(to time: Date) { state.withLock { $0.now = time } }
    func note(_ event: DrawTimer<SeededGenerator>.Event) { state.withLock { $0.events.append(event) } }
  }

  private static let dayLength: TimeInterval = 86_400

  /// Lets the timer run from the harness's time in issuer day 2, until it wants to sleep past the end of day 3.
  private static func run(
    _ client: ClientFixture, from start: Date, seed: UInt64 = 4,
    asleep: @escaping @Sendable (_ until: Date) async throws -> Date = { $0 }
  ) async throws -> Record {
    let record = Record(now: start)
    let clock = ClientClock { record.now }
    let limit = beginning(ofDay: 4)
    var timer = DrawTimer(
      client: CloisterClient(
        state: client.state, exchange: client.parties, issuerExchange: client.parties, clock: clock),
      clock: clock, generator: SeededGenerator(seed: seed)
    ) { until in
      guard until < limit else { throw Ended() }
      record.move(to: max(try await asleep(until), record.now))
    }
    await #expect(throws: Ended.self) { try await timer.run(record.note) }
    return record
  }

  private static func beginning(ofDay day: Double) -> Date {
    Date(timeIntervalSince1970: Double(DeploymentFixture.start) + day * dayLength)
  }

  private static func drawArrivals(_ client: ClientFixture) -> Int {
    client.parties.arrivals.count { $0.server == DeploymentFixture.issuerServer }
  }

  @Test("the day under way is left alone, and the next is drawn at the minute that was chosen before it began")
  func draws() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    let record = try await Self.run(client, from: harness.fixture.time(in: ClientHarness.epoch))
    // The harness publishes an epoch of day 2 alone, so that the draw of day 3 fails in time to be seen.
    guard case .missed(2)? = record.events.first, case .waiting(let minute)? = record.events.dropFirst().first,
      case .failed(3, let refusal)? = record.events.dropFirst(2).first
    else {
      Issue.record("events are others")
      return
    }
    #expect(refusal.code == ClientError.epochUnavailable)
    #expect((Self.beginning(ofDay: 3)..<Self.beginning(ofDay: 4)).contains(minute))
    #expect(record.events.count { if case .failed = $0 { true } else { false } } == 1)
  }

  @Test("it draws in its minute, and once")
  func drawsOnce() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    let start = harness.fixture.time(in: ClientHarness.epoch)
    try Self.keep(minute: 30, ofDay: 2, in: client)
    let record = try await Self.run(client, from: start)
    #expect(record.events.contains { if case .drawn(let result) = $0 { result.issuerDay == 2 } else { false } })
    #expect(Self.drawArrivals(client) == 1)
    #expect(try client.state.wallet.tokenCounts() == [2: Int(DeploymentFixture.tokensPerDay)])
  }

  private static func keep(minute: Int, ofDay day: Int, in client: ClientFixture) throws {
    let json = #"{"minutes":[{"day":\#(day),"minute":\#(minute)}]}"#
    try Data(json.utf8).write(to: URL(fileURLWithPath: client.path + "/draw-minutes.json"))
  }

  @Test("with every task switched off nothing is drawn: the issuer sees no account, and the timer says so once")
  func allOff() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    try client.state.consent.change { $0.revoke("summarize") }
    let record = try await Self.run(client, from: harness.fixture.time(in: ClientHarness.epoch))
    #expect(record.events.contains(.missed(issuerDay: 3)))
    #expect(record.events.filter { $0 == .off }.count == 1)
    #expect(!record.events.contains { if case .waiting = $0 { true } else { false } })
    #expect(Self.drawArrivals(client) == 0 && client.parties.arrivals.isEmpty)
  }

  @Test("the first task that goes on draws nothing on its own day, and the next day at a minute chosen before it")
  func turnedOn() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    let start = harness.fixture.time(in: ClientHarness.epoch)
    try client.state.consent.change { $0.revoke("summarize") }
    let state = client.state
    let record = try await Self.run(client, from: start) { until in
      guard try state.consent.current().grantedTasks.isEmpty else { return until }
      try state.consent.change { $0.grant("summarize") }
      return start.addingTimeInterval(20)
    }
    #expect(record.events.prefix(2) == [.missed(issuerDay: 2), .off])
    guard case .waiting(let minute)? = record.events.dropFirst(2).first else {
      Issue.record("events are others")
      return
    }
    #expect((Self.beginning(ofDay: 3)..<Self.beginning(ofDay: 4)).contains(minute))
    #expect(Self.drawArrivals(client) == 0)
  }

  @Test("a draw by hand takes the place of the day's draw")
  func byHand() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    try Self.keep(minute: 30, ofDay: 2, in: client)
    _ = try await client.client.drawTokens()
    let record = try await Self.run(client, from: harness.fixture.time(in: ClientHarness.epoch))
    #expect(record.events.contains(.drawnAlready(issuerDay: 2)))
    #expect(Self.drawArrivals(client) == 1)
  }

  @Test("a device that was off over its minute does not draw")
  func wasOff() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    try Self.keep(minute: 30, ofDay: 2, in: client)
    let record = try await Self.run(client, from: harness.fixture.time(in: ClientHarness.epoch)) { until in
      until.addingTimeInterval(60)
    }
    #expect(record.events.contains(.missed(issuerDay: 2)))
    #expect(Self.drawArrivals(client) == 0)
  }

  @Test("no request triggers a draw, and the minute is the same with requests and without", arguments: [11, 12, 13])
  func independent(seed: UInt64) async throws {
    var waits: [[DrawTimer<SeededGenerator>.Event]] = []
    for requestCount in [0, 3] {
      let harness = try ClientHarness(tokenCount: 2)
      let client = harness.client
      let record = try await Self.run(client, from: harness.fixture.time(in: ClientHarness.epoch), seed: seed) {
        // The last of three requests finds the wallet empty.
        for _ in 0..<requestCount { _ = await client.refusal() }
        return $0
      }
      let answered = client.parties.contents.count
      #expect(answered == min(requestCount, 2))
      #expect(Self.drawArrivals(client) == 0)
      waits.append(record.events.filter { if case .waiting = $0 { true } else { false } })
    }
    #expect(waits[0] == waits[1])
  }

  @Test("after a restart behind the minute it knows whether the day was drawn")
  func restartedAfterDraw() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    let start = harness.fixture.time(in: ClientHarness.epoch)
    try Self.keep(minute: 10, ofDay: 2, in: client)
    _ = try await client.client.drawTokens()
    let record = try await Self.run(client, from: start)
    #expect(record.events.first == .drawnAlready(issuerDay: 2))
    #expect(Self.drawArrivals(client) == 1)
  }

  @Test("a minute at which only the bundle of the day before is there draws nothing")
  func lateBundle() async throws {
    let harness = try ClientHarness(tokenCount: 0) { plan, fixture in plan = fixture.plan(71) }
    let client = harness.client
    client.parties.serve(harness.file, epoch: 71)
    try Self.keep(minute: 1, ofDay: 3, in: client)
    let record = try await Self.run(client, from: Self.beginning(ofDay: 3))
    let failed = ClientError(ClientError.epochUnavailable, "")
    #expect(record.events.contains(.failed(issuerDay: 3, failed)))
    #expect(client.parties.arrivals.contains { $0.request.path.hasSuffix("/epoch/71") })
    #expect(Self.drawArrivals(client) == 0)
  }

  @Test("after a clock that jumped ahead by days came back, the next day is drawn for as ever")
  func clockJumped() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    let start = harness.fixture.time(in: ClientHarness.epoch)
    let record = Record(now: start)
    let steps = Mutex(0)
    var timer = DrawTimer(
      client: CloisterClient(
        state: client.state, exchange: client.parties, issuerExchange: client.parties, clock: ClientClock { record.now }
      ),
      clock: ClientClock { record.now }, generator: SeededGenerator(seed: 4)
    ) { until in
      switch steps.withLock({ steps in
        steps += 1
        return steps
      }) {
      case 1: record.move(to: Self.beginning(ofDay: 9.5))
      case 2: record.move(to: start)
      case 3...4: record.move(to: until)
      default: throw Ended()
      }
    }
    await #expect(throws: Ended.self) { try await timer.run(record.note) }
    // No bundle of day 3 is there: that it is asked for is enough.
    #expect(record.events.contains(.failed(issuerDay: 3, ClientError(ClientError.epochUnavailable, ""))))
    #expect(record.events.filter { $0 == .missed(issuerDay: 2) }.count == 1)
  }

  @Test("kept running, it says once why it cannot draw, asks again each 20 seconds, and draws on once it can")
  func keptRunning() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let client = harness.client
    let policy = client.path + "/policy.dsse"
    try FileManager.default.moveItem(atPath: policy, toPath: policy + ".aside")
    let record = Record(now: harness.fixture.time(in: ClientHarness.epoch))
    let refusals = Mutex<[ErrorCode]>([])
    let pauses = Mutex<[TimeInterval]>([])
    var timer = DrawTimer(
      client: CloisterClient(
        state: client.state, exchange: client.parties, issuerExchange: client.parties, clock: ClientClock { record.now }
      ),
      clock: ClientClock { record.now }, generator: SeededGenerator(seed: 4)
    ) { until in
      let count = pauses.withLock { pauses in
        pauses.append(until.timeIntervalSince(record.now))
        return pauses.count
      }
      guard count < 5 else { throw Ended() }
      record.move(to: until)
      // It comes, goes again, and what is said of its absence is said again.
      if count == 3 { try FileManager.default.moveItem(atPath: policy + ".aside", toPath: policy) }
      if count == 4 { try FileManager.default.moveItem(atPath: policy, toPath: policy + ".aside") }
    }
    await #expect(throws: Ended.self) {
      try await timer.keepRunning(record.note) { error in refusals.withLock { $0.append(error.code) } }
    }
    #expect(refusals.withLock { $0 } == [ClientError.policyMissing, ClientError.policyMissing])
    #expect(pauses.withLock { Array($0.prefix(3)) } == [20, 20, 20])
    #expect(pauses.withLock { $0.last } == 20)
    guard case .missed(2)? = record.events.first, case .waiting? = record.events.dropFirst().first else {
      Issue.record("events are others")
      return
    }
  }

  @Test("a restart changes no minute")
  func restarted() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let start = harness.fixture.time(in: ClientHarness.epoch)
    let first = try await Self.run(harness.client, from: start, seed: 1) { _ in throw Ended() }
    let second = try await Self.run(harness.client, from: start.addingTimeInterval(60), seed: 2) { _ in throw Ended() }
    #expect(first.events == second.events)
    #expect(!first.events.isEmpty)
  }
}
