import Inference
import Testing

@Suite("Chats longer than the context window")
struct LongChatTests {
  private static let budget = ContextBudget(contextTokenCount: 3_584, answerTokenCount: 512)

  /// Whether a request fits when each token is `bytesPerToken` bytes.
  private static func fits(_ request: ChatCompletionRequest, _ budget: ContextBudget, bytesPerToken: Int) -> Bool {
    (request.byteCount + bytesPerToken - 1) / bytesPerToken + Int(request.maxTokens ?? .max) <= budget.contextTokenCount
  }

  private static func numbers(in requests: [ChatCompletionRequest]) -> [Int] {
    requests.flatMap(\.quotedLines).compactMap {
      $0.firstMatch(of: /message number (\d+),/).flatMap { Int($0.output.1) }
    }
  }

  @Test("a chat that fits is one call")
  func short() async throws {
    let engine = RecordingEngine(Self.budget)
    _ = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(20), reader: "Ben"))
    #expect(engine.requests.map(\.messages.first?.content) == [Prompt.summary.instruction])
    #expect(engine.requests.first?.markerLines == ["data-0 chat", "data-0 reader", "data-0 end"])
  }

  @Test("of a longer one each message is in one part, in order, and the notes of all parts become one summary")
  func parts() async throws {
    let engine = RecordingEngine(Self.budget) { request in
      request.messages.first?.content == Prompt.summaryOfNotes.instruction ? "the summary" : "some notes"
    }
    let summary = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(200), reader: "Ben"))
    #expect(summary.rendered() == "the summary")
    #expect(Self.numbers(in: engine.requests) == Array(0..<200))
    let instructions = engine.requests.map(\.messages.first?.content)
    #expect(instructions.dropLast().allSatisfy { $0 == Prompt.notes.instruction })
    #expect(instructions.last == Prompt.summaryOfNotes.instruction)
    #expect(engine.requests.allSatisfy { Self.fits($0, Self.budget, bytesPerToken: 2) })
    #expect(engine.requests.allSatisfy { $0.quotedLines.contains("Ben") })
  }

  @Test("notes of many parts are put together in rounds, and every call fits")
  func rounds() async throws {
    let budget = ContextBudget(contextTokenCount: 3_584, answerTokenCount: 512, callLimit: 100)
    let engine = RecordingEngine(budget) { _ in String(repeating: "a note that is far too long. ", count: 300) }
    _ = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(2_000)))
    #expect(engine.requests.count { $0.messages.first?.content == Prompt.notesOfNotes.instruction } > 5)
    #expect(engine.requests.count { $0.messages.first?.content == Prompt.summaryOfNotes.instruction } == 1)
    #expect(engine.requests.allSatisfy { Self.fits($0, budget, bytesPerToken: 2) })
  }

  @Test("the same chat takes the same calls")
  func deterministic() async throws {
    let engines = (0..<2).map { _ in RecordingEngine(Self.budget) }
    for engine in engines { _ = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(400))) }
    #expect(engines[0].requests == engines[1].requests)
  }

  @Test(
    "a message above the window is cut between characters, and each piece says whose it is", arguments: ["👩‍👧", "é", "x"])
  func hugeMessage(character: String) async throws {
    let text = String(repeating: character, count: 30_000 / character.utf8.count)
    let engine = RecordingEngine(Self.budget)
    _ = try await engine.summarize(SummaryRequest(messages: [TestChat.message(text)]))
    let lines = engine.requests.filter { $0.messages.first?.content == Prompt.notes.instruction }.flatMap(\.quotedLines)
    let head = "(2025-01-02 00:00) Eve: "
    #expect(lines.count > 4)
    #expect(lines.allSatisfy { $0.hasPrefix(head) })
    #expect(lines.map { $0.dropFirst(head.count) }.joined() == text)
    #expect(lines.map { $0.dropFirst(head.count).count }.reduce(0, +) == text.count)
    #expect(engine.requests.allSatisfy { Self.fits($0, Self.budget, bytesPerToken: 2) })
  }

  @Test("one character above the window is cut between scalars")
  func hugeCharacter() async throws {
    let text = "e" + String(repeating: "\u{301}", count: 10_000)
    let engine = RecordingEngine(Self.budget)
    _ = try await engine.summarize(SummaryRequest(messages: [TestChat.message(text)]))
    #expect(engine.requests.count > 2)
    #expect(engine.requests.allSatisfy { Self.fits($0, Self.budget, bytesPerToken: 2) })
  }

  @Test("names and lines without end fit too")
  func manyLines() async throws {
    let engine = RecordingEngine(ContextBudget(contextTokenCount: 3_584, answerTokenCount: 512, bytesPerToken: 1))
    let message = TestChat.message(
      String(repeating: "a\n", count: 3_000), sender: String(repeating: "[n", count: 5_000))
    _ = try await engine.summarize(
      SummaryRequest(messages: [message], reader: String(repeating: "n", count: 5_000)))
    #expect(engine.requests.allSatisfy { Self.fits($0, Self.budget, bytesPerToken: 1) })
  }

  @Test("a chat that would take too many calls is chat-too-long before the first one")
  func tooLong() async throws {
    let engine = RecordingEngine(ContextBudget(contextTokenCount: 3_584, answerTokenCount: 512, callLimit: 3))
    await #expect(throws: InferenceError(InferenceError.chatTooLong, "")) {
      _ = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(400)))
    }
    #expect(engine.requests.isEmpty)
  }

  @Test("where the engine refuses a call for its length, bytes are reckoned as tokens, and every call fits")
  func refusedForLength() async throws {
    let engine = RecordingEngine(Self.budget) { request throws(InferenceError) in
      // The worst of tokenisers: a token for each byte.
      guard Self.fits(request, Self.budget, bytesPerToken: 1) else { throw InferenceError(engineStatus: 400) }
      return "said"
    }
    let summary = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(200)))
    #expect(summary.rendered() == "said")
    #expect(engine.requests.count { !Self.fits($0, Self.budget, bytesPerToken: 1) } == 1)
    _ = try await engine.reply(try ReplyRequest(messages: TestChat.numbered(200), reader: "Ben"))
    _ = try await engine.rewrite(try RewriteRequest(draft: String(repeating: "word ", count: 80), tone: .concise))
  }

  @Test("an engine that refuses everything is asked twice, and calls in vain are counted")
  func refusesAll() async throws {
    let engine = RecordingEngine(Self.budget) { _ throws(InferenceError) in throw InferenceError(engineStatus: 413) }
    await #expect(throws: InferenceError(InferenceError.engineRefused, "")) {
      _ = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(10)))
    }
    #expect(engine.requests.count == 2)
    let poor = RecordingEngine(ContextBudget(contextTokenCount: 3_584, answerTokenCount: 512, callLimit: 1)) {
      _ throws(InferenceError) in throw InferenceError(engineStatus: 400)
    }
    await #expect(throws: InferenceError(InferenceError.chatTooLong, "")) {
      _ = try await poor.summarize(SummaryRequest(messages: TestChat.numbered(10)))
    }
    #expect(poor.requests.count == 1)
  }

  @Test("any other failure of the engine is not tried again")
  func failure() async throws {
    let engine = RecordingEngine(Self.budget) { _ throws(InferenceError) in throw InferenceError(engineStatus: 500) }
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      _ = try await engine.summarize(SummaryRequest(messages: TestChat.numbered(10)))
    }
    #expect(engine.requests.count == 1)
  }
}
