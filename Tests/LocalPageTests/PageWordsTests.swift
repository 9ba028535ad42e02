import InMemoryParties
import Inference
import LocalEndpoint
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

  @Test("however a text is cut, its lines are the same, and empty ones are left out")
  func cuts() {
    let text = "They meet.\n\nBen.\n\n\nAna\n asks."
    for size in 1...text.count {
      var (words, rest, shown) = (LinesOfWords(), text[...], [String]())
      while !rest.isEmpty {
        shown += words.append(String(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      #expect(shown + [words.finish()].compactMap(\.self) == ["They meet.", "Ben.", "Ana", " asks."])
    }
  }

  @Test("a line that a node sends letter by letter takes no longer than its length", .timeLimit(.minutes(1)))
  func longLine() {
    var words = LinesOfWords()
    var lineCount = 0
    for _ in 0..<500_000 { lineCount += words.append("a").count }
    #expect(lineCount == 0)
    #expect(words.finish()?.utf8.count == 500_000)
  }
}
