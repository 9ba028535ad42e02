import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import Testing
import Trust

/// What is drawn and encapsulated before a request asks for it.
@Suite("The draw that is ready")
struct ReadyDrawTests {
  /// Encapsulated keys of X-Wing, behind the header of the outer layer.
  private static let encapsulationByteCount = 7 + 1_120

  private static func encapsulations(_ parties: InMemoryParties) -> [[UInt8]] {
    parties.arrivals.filter { $0.request.method == "POST" && $0.request.path.hasPrefix("/to/") }
      .map { Array($0.request.body.prefix(encapsulationByteCount)) }
  }

  private static func client(_ harness: ClientHarness, at time: Date) -> CloisterClient {
    CloisterClient(
      state: harness.client.state, exchange: harness.client.parties, issuerExchange: harness.client.parties,
      clock: ClientClock { time }, preparesNext: true)
  }

  @Test("each request has encapsulations of its own, its second attempt too")
  func fresh() async throws {
    let harness = try ClientHarness(tokenCount: 6)
    let client = Self.client(harness, at: harness.fixture.time(in: ClientHarness.epoch))
    let export = ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8))
    for _ in 0..<3 { _ = try await client.summarize(export) }
    harness.client.parties.behave { $0.interruptedExchanges = 1 }
    _ = try await client.summarize(export)
    let seen = Self.encapsulations(harness.client.parties)
    #expect(seen.count == 5)
    #expect(Set(seen).count == 5)
  }

  @Test("refused: a draw of another role; it is forgotten, not sent")
  func otherRole() throws {
    let harness = try ClientHarness()
    let epoch = try Self.epoch(harness.file, of: harness, ClientHarness.epoch)
    let ready = ReadyDraw()
    ready.refill(from: epoch, role: "assistant")
    #expect(code { _ = try ready.take(from: epoch, role: "other") } == ClientError.tooFewChips)
  }

  @Test("refused: a draw of the epoch before; its nodes have other keys")
  func otherEpoch() throws {
    var harness = try ClientHarness()
    let next = ClientHarness.epoch + 1
    var plan = harness.fixture.plan(next)
    plan.nodes = (0..<3).map { .init(chip: $0, key: ($0 + 1) % 3) }
    let file = try harness.fixture.publish(plan)
    let epochs = [
      try Self.epoch(harness.file, of: harness, ClientHarness.epoch), try Self.epoch(file, of: harness, next),
    ]
    let ready = ReadyDraw()
    ready.refill(from: epochs[0], role: "assistant")
    let drawn = try ready.take(from: epochs[1], role: "assistant").draw
    for node in [drawn.first, drawn.second] {
      #expect(try epochs[1].verifyNode(at: node.index).identifier == node.identifier)
    }
  }

  private static func epoch(
    _ file: [UInt8], of harness: ClientHarness, _ number: UInt64
  ) throws -> VerifiedEpoch {
    try EpochVerifier(try TrustedPolicy(published: harness.fixture.signedPolicy()))
      .verify(file, at: .now(harness.fixture.time(in: number)))
  }
}
