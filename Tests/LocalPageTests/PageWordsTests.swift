import InMemoryParties
import Inference
import Testing

@Suite("What a model writes, on the page line by line", .keepsFolders)
struct PageWordsTests {
  /// Writes the same text for every task, in pieces that are no lines, to whoever reads along.
  private struct PiecewiseModel: GenerativeEngine {
    let name = "piecewise"
    let budget = ContextBudget.standard

    func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
      ChatCompletionResponse(identifier: "c", created: 0, model: name, content: "not read along")
    }

    func stream(
      _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
    ) async throws(InferenceError) {
      for piece in ["They ", "meet.\n", "\nBen bri", "ngs plates.\nAna", " asks."] {
        await receive(ChatCompletionChunk(identifier: "c", created: 0, model: name, content: piece))
      }
      await receive(
        ChatCompletionChunk(identifier: "c", created: 0, model: name, content: "", finishReason: .stop))
    }
  }

  private static func fixture() async throws -> PageFixture {
    var options = InMemoryDeployment.Options()
    options.engine = { _ in PiecewiseModel() }
    return try await PageFixture.granted("summarize", "rewrite", options: options)
  }

  private static let lines = ["They meet.", "Ben brings plates.", "Ana asks."]

  private func lines(_ events: [PageJSON]) -> [String?] {
    events.filter { $0["event"]?.text == "text" }.map { $0["text"]?.text }
  }

  @Test("a summary and a rewriting are shown as they come, each line once")
  func shown() async throws {
    let fixture = try await Self.fixture()
    let (_, preview) = try await fixture.preview()
    let summary = try await fixture.events("summary", ["preview": preview["id"]?.value ?? .null])
    #expect(lines(summary) == Self.lines)
    #expect(summary.last?["event"]?.text == "done")
    let rewriting = try await fixture.events("writing", ["draft": "we meet", "tone": "clearer"])
    #expect(lines(rewriting) == Self.lines)
    #expect(rewriting.last?["event"]?.text == "done")
  }
}
