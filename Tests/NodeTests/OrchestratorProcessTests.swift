import BinaryHTTP
import HTTPMessages
import InMemoryParties
import Node
import TestDeployment
import Testing

@Suite("Serial: an orchestrator's process calls over sockets whom it verified, and nobody else", .serialized)
struct OrchestratorProcessTests {
  /// What became of an epoch that was handed over, and of a request then.
  private struct Outcome {
    let handedOver: WholeResponse
    let answer: BinaryHTTP.Response
    /// The first line of what the called node got; nil where nobody connected to it.
    let called: String?
  }

  private static func outcome(isCalled: Bool, _ edit: (inout HandedEpoch) -> Void) async throws -> Outcome {
    var handed = try HandedEpoch()
    let model = try ListeningSocket()
    handed.servers = handed.servers.mapValues { _ in model.server }
    let orchestrator = try await OrchestratorProcess(&handed)
    do {
      edit(&handed)
      let outcome = try await outcome(orchestrator, &handed, model, isCalled: isCalled)
      await orchestrator.stop()
      return outcome
    } catch {
      await orchestrator.stop()
      throw error
    }
  }

  private static func outcome(
    _ orchestrator: OrchestratorProcess, _ handed: inout HandedEpoch, _ model: ListeningSocket, isCalled: Bool
  ) async throws -> Outcome {
    let file = try handed.fixture.publish(handed.plan)
    let key = try await orchestrator.takeKey(handed, file: file)
    let handedOver = try await orchestrator.post("/peers", handed.body(file))
    guard isCalled else {
      let answer = try await orchestrator.summarize(key)
      return Outcome(
        handedOver: handedOver, answer: answer, called: model.hasConnection ? await model.firstLine() : nil)
    }
    async let line = model.firstLine()
    let answer = try await orchestrator.summarize(key)
    return Outcome(handedOver: handedOver, answer: answer, called: await line)
  }

  @Test("control: a node in which nothing is wrong is called, and that it hangs up is the answer")
  func called() async throws {
    let outcome = try await Self.outcome(isCalled: true) { _ in }
    #expect(outcome.handedOver.status == 200)
    #expect(outcome.called == "POST /.well-known/ohttp-gateway HTTP/1.1")
    #expect(outcome.answer.refusalCode == "engine-failed")
  }

  @Test(
    "a node whose release is not in what the orchestrator's own calls, or whom another check refuses: nobody connects to it",
    arguments: PeerRefusalTests.Row.allCases)
  func refused(_ row: PeerRefusalTests.Row) async throws {
    let outcome = try await Self.outcome(isCalled: false) { row.edit(&$0) }
    #expect(outcome.handedOver.status == 400)
    #expect(outcome.handedOver.refusalCode == row.rawValue)
    #expect(outcome.answer.refusalCode == "node-no-peer")
    #expect(outcome.called == nil)
  }
}
