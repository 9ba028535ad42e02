import CloisterClient
import InMemoryParties
import Inference
import Node
import Testing
import Trust

@Suite("Embeddings through a node")
struct EmbeddingsTaskTests {
  /// A vector of the text's length, and zeros.
  private struct LengthEngine: Engine {
    let name = "lengths"
    var dimension = 8

    func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
      throw InferenceError(InferenceError.engineCannot, "this engine embeds alone")
    }

    func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
      throw InferenceError(InferenceError.engineCannot, "this engine embeds alone")
    }

    func embed(_ request: EmbeddingsRequest) async throws(InferenceError) -> EmbeddingsResponse {
      try EmbeddingsResponse(
        model: name,
        vectors: request.inputs.map { [Float($0.utf8.count)] + [Float](repeating: 0, count: dimension - 1) })
    }
  }

  private static func deployment(
    _ engine: any Engine, role: String = "embedder"
  ) async throws -> InMemoryDeployment {
    var options = InMemoryDeployment.Options()
    options.engine = { _ in engine }
    options.nodeRole = role
    return try await InMemoryDeployment.started(options)
  }

  private static let request = try? EmbeddingsRequest(model: "any", inputs: ["one", "three"])

  @Test("a client gets a vector for each text, and a receipt", arguments: [AnswerClass.block, .frames])
  func vectors(answerClass: AnswerClass) async throws {
    let deployment = try await Self.deployment(LengthEngine())
    defer { withExtendedLifetime(deployment) {} }
    let client = try await deployment.makeClientWithTokens()
    try await client.state.consent.change { $0.grant(EmbeddingsAnswer.task) }
    let answer = try await client.embed(try #require(Self.request), answerClass: answerClass)
    #expect(answer.response.vectors.map(\.[0]) == [3, 5])
    #expect(answer.isSimulated)
    #expect(try await client.state.receipts.receipt(answer.receiptIdentifier).task == EmbeddingsAnswer.task)
  }

  @Test("consent: embeddings that the person did not opt in to")
  func consent() async throws {
    let deployment = try await Self.deployment(LengthEngine())
    defer { withExtendedLifetime(deployment) {} }
    let client = try await deployment.makeClientWithTokens()
    let request = try #require(Self.request)
    await #expect(throws: ClientError(ClientError.consentMissing, "")) { try await client.embed(request) }
  }

  @Test("no node of another role is asked for vectors")
  func otherRole() async throws {
    let deployment = try await Self.deployment(LengthEngine(), role: "assistant")
    defer { withExtendedLifetime(deployment) {} }
    let client = try await deployment.makeClientWithTokens()
    try await client.state.consent.change { $0.grant(EmbeddingsAnswer.task) }
    let request = try #require(Self.request)
    await #expect(throws: ClientError.self) { try await client.embed(request) }
  }

  @Test("vectors that do not fit the answer's class are answer-too-large; an engine without them is engine-cannot")
  func refusals() async throws {
    let request = try #require(Self.request)
    for (engine, code) in [
      (LengthEngine(dimension: 2_048) as any Engine, "answer-too-large"), (EmbeddedEngine(), "engine-cannot"),
    ] {
      let deployment = try await Self.deployment(engine)
      defer { withExtendedLifetime(deployment) {} }
      let client = try await deployment.makeClientWithTokens()
      try await client.state.consent.change { $0.grant(EmbeddingsAnswer.task) }
      do {
        _ = try await client.embed(request)
        Issue.record("an answer came where \(code) was expected")
      } catch {
        #expect(error.code.rawValue == code)
      }
    }
  }
}
