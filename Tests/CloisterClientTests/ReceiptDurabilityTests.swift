import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import Testing
import Trust

/// When a receipt is there, and what happens where it cannot be.
@Suite("Receipts that last")
struct ReceiptDurabilityTests {
  /// A disk that fails receipts, at the step that is named.
  private struct FailingReceipts: StateStorage {
    enum Step { case put, settle }

    let memory: MemoryStorage
    let failure: Step
    var isReceipts = false

    var path: String { memory.path }

    func subfolder(_ name: String) throws(ClientError) -> any StateStorage {
      guard name == "receipts" else { return try memory.subfolder(name) }
      return FailingReceipts(memory: MemoryStorage(), failure: failure, isReceipts: true)
    }

    private func fail(at step: Step) throws(ClientError) {
      if isReceipts, step == failure { throw ClientError(ClientError.stateUnusable, "disk failed") }
    }

    func put(_ name: String, _ bytes: [UInt8]) throws(ClientError) {
      try fail(at: .put)
      try memory.put(name, bytes)
    }

    func settle(_ name: String) throws(ClientError) { try fail(at: .settle) }

    func read(_ name: String, byteLimit: Int) throws(ClientError) -> [UInt8]? {
      try memory.read(name, byteLimit: byteLimit)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws(ClientError) { try memory.write(name, bytes) }
    func erase(_ name: String) throws(ClientError) { try memory.erase(name) }
    func names() throws(ClientError) -> [String] { try memory.names() }
    func eraseTemporaries() throws(ClientError) { try memory.eraseTemporaries() }

    func withLock<Value>(_ body: () throws(ClientError) -> Value) throws(ClientError) -> Value {
      try memory.withLock(body)
    }
  }

  private static func refusal(
    failingAt step: FailingReceipts.Step, _ answerClass: AnswerClass
  ) async throws -> (code: ErrorCode?, parties: InMemoryParties) {
    let harness = try ClientHarness()
    let state = try ClientState(storage: FailingReceipts(memory: MemoryStorage(), failure: step))
    try state.policies.trust(try TrustedPolicy(published: harness.fixture.signedPolicy()))
    try state.consent.change { $0.grant("summarize") }
    let day = harness.fixture.epochs.issuerDay(of: ClientHarness.epoch)
    try state.wallet.keepOne(ofDay: day)
    let time = harness.fixture.time(in: ClientHarness.epoch)
    let parties = harness.client.parties
    let client = CloisterClient(
      state: state, exchange: parties, issuerExchange: parties, clock: ClientClock { time })
    do {
      _ = try await client.summarize(
        ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8)), answerClass: answerClass)
      return (nil, parties)
    } catch {
      return (error.code, parties)
    }
  }

  @Test("refused: a request whose receipt cannot be written; nothing leaves")
  func notWritten() async throws {
    let (code, parties) = try await Self.refusal(failingAt: .put, .block)
    #expect(code == ClientError.stateUnusable)
    #expect(parties.authorizations.isEmpty)
  }

  @Test("refused: an answer whose receipt cannot be made to last", arguments: [AnswerClass.block, .frames])
  func notLasting(_ answerClass: AnswerClass) async throws {
    #expect(try await Self.refusal(failingAt: .settle, answerClass).code == ClientError.stateUnusable)
  }

  @Test("what a loss of power left empty hides no other receipt")
  func empty() async throws {
    let harness = try ClientHarness()
    let receipt = try await harness.client.summarize().receiptIdentifier
    let lost = harness.client.state.receipts.path(String(repeating: "0", count: 32))
    try Data().write(to: URL(fileURLWithPath: lost))
    #expect(try harness.client.state.receipts.all().map(\.identifier) == [receipt])
  }
}
