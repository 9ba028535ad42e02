import Inference
import Synchronization
import Testing

@Suite("A model's words as they come")
struct WordsTests {
  /// Says one thing in pieces to whoever reads along, and another to whoever does not.
  private final class PiecewiseEngine: GenerativeEngine {
    let name = "piecewise"
    let budget: ContextBudget
    private let pieces: [String]
    private let reason: ChatCompletionResponse.FinishReason
    private let refuses: Bool
    private let streamed = Mutex<[String]>([])

    init(
      _ pieces: [String], _ budget: ContextBudget = .standard, reason: ChatCompletionResponse.FinishReason = .stop,
      refuses: Bool = false
    ) {
      (self.pieces, self.budget, self.reason, self.refuses) = (pieces, budget, reason, refuses)
    }

    /// The instructions of the calls that were streamed.
    var streamedInstructions: [String] { streamed.withLock { $0 } }

    func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
      ChatCompletionResponse(identifier: "c", created: 0, model: name, content: "notes")
    }

    func stream(
      _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
    ) async throws(InferenceError) {
      streamed.withLock { $0.append(request.messages[0].content) }
      for piece in pieces {
        await receive(ChatCompletionChunk(identifier: "c", created: 0, model: name, content: piece))
      }
      if refuses { throw InferenceError(InferenceError.engineRefused, "too long") }
      await receive(
        ChatCompletionChunk(identifier: "c", created: 0, model: name, content: "", finishReason: reason))
    }
  }

  private final class Told: Sendable {
    private let pieces = Mutex<[String]>([])
    var all: [String] { pieces.withLock { $0 } }
    func receive(_ words: String) { pieces.withLock { $0.append(words) } }
  }

  @Test("words, joined, are the summary: sanitized, without white space around it")
  func joined() async throws {
    let engine = PiecewiseEngine(["  \n", " They", " ", "\n", "meet\u{1B}", "\u{202E} on ", "Friday.", " \n", "\t"])
    let told = Told()
    let summary = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(3))) { told.receive($0) }
    #expect(summary.rendered() == "They \nmeet on Friday.")
    #expect(told.all == ["They", " \nmeet", " on", " Friday."])
  }

  @Test("of a long chat the last call alone is told")
  func lastCall() async throws {
    let engine = PiecewiseEngine(["the ", "summary"], ContextBudget(contextTokenCount: 3_584, answerTokenCount: 512))
    let told = Told()
    let summary = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(200))) { told.receive($0) }
    #expect(summary.rendered() == "the summary" && told.all.joined() == "the summary")
    #expect(engine.streamedInstructions == [Prompt.summaryOfNotes.instruction])
  }

  @Test("a rewriting and a reply are told as well")
  func written() async throws {
    let engine = PiecewiseEngine(["We ", "meet."])
    let told = Told()
    let rewriting = try await engine.rewrite(try RewriteRequest(draft: "meet", tone: .clearer)) { told.receive($0) }
    let reply = try await engine.reply(try ReplyRequest(messages: TestChat.numbered(2), reader: "Ben")) {
      told.receive($0)
    }
    #expect(rewriting.content == "We meet." && reply.content == "We meet.")
    #expect(told.all == ["We", " meet.", "We", " meet."])
  }

  @Test("nothing is asked again once words were told: they cannot be taken back")
  func notTwice() async throws {
    let engine = PiecewiseEngine(["They"], refuses: true)
    let told = Told()
    await #expect(throws: InferenceError(InferenceError.engineRefused, "")) {
      _ = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(3))) { told.receive($0) }
    }
    #expect(told.all == ["They"] && engine.streamedInstructions.count == 1)
  }

  @Test("an answer above its limit is none, and no words beyond the limit are told")
  func tooLong() async throws {
    let engine = PiecewiseEngine(Array(repeating: String(repeating: "x", count: 1_000), count: 20))
    let told = Told()
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      _ = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(3))) { told.receive($0) }
    }
    #expect(told.all.joined().utf8.count <= 12 << 10)
  }

  @Test("an engine without a model tells nothing")
  func extractive() async throws {
    let told = Told()
    let summary = try await EmbeddedEngine().summarize(SummaryRequest(messages: TestChat.numbered(3))) {
      told.receive($0)
    }
    #expect(!summary.rendered().isEmpty && told.all.isEmpty)
  }
}
