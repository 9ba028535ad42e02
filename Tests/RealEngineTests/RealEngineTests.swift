import EngineProcess
import Foundation
import Inference
import StrictJSON
import Synchronization
import Testing

/// A stranger's engine, llama-server, with a model of random weights, in the sandbox that a node gives it. Skipped where
/// `CLOISTER_ENGINE` names none: `./test --only engine` makes one.
@Suite(
  "Serial: a real engine in its sandbox", .serialized,
  .enabled("CLOISTER_ENGINE names no engine, or this machine gives no sandbox") { try EngineUnderTest.isPossible() })
struct RealEngineTests {
  private func engine() async throws -> (
    process: EngineProcess, model: OpenAICompatibleEngine<EngineProcess>, program: EngineProgram
  ) {
    let program = try EngineUnderTest.program()
    let process = try await EngineUnderTest.process(program)
    return (process, OpenAICompatibleEngine(model: program.name, transport: process, budget: program.budget), program)
  }

  private func chat(_ text: String, maxTokens: Int64) throws -> ChatCompletionRequest {
    try ChatCompletionRequest(
      model: "any", messages: [.init(role: .user, content: text)], maxTokens: maxTokens, temperature: 0)
  }

  @Test("it loads its model from sealed memory, passes the trial, and answers with as many tokens as were asked for")
  func answers() async throws {
    let start = ContinuousClock.now
    let (_, model, _) = try await engine()
    print("engine: \(ContinuousClock.now - start) from nothing to the end of its trial")
    let answer = try await model.complete(try chat("How are you?", maxTokens: 12))
    #expect(answer.usage?.completionTokenCount == 12)
    #expect(answer.finishReason == .length)
    #expect(!answer.content.isEmpty)
  }

  @Test("a chat completion comes token by token, the first long before the last, as the whole answer has them")
  func streams() async throws {
    let (_, model, program) = try await engine()
    let count = Int64(program.budget.answerTokenCount)
    let request = try chat("How are you?", maxTokens: count)
    let start = ContinuousClock.now
    let pieces = Mutex<[(text: String, time: Duration)]>([])
    let usages = Mutex<[TokenUsage?]>([])
    try await model.stream(request) { chunk in
      pieces.withLock { $0.append((chunk.content, ContinuousClock.now - start)) }
      usages.withLock { $0.append(chunk.usage) }
    }
    let whole = ContinuousClock.now - start
    let tokens = pieces.withLock { $0.filter { !$0.text.isEmpty } }
    #expect(tokens.count == Int(count))
    #expect(tokens[0].time * 4 < whole)
    let answer = try await model.complete(request)
    #expect(tokens.map(\.text).joined() == answer.content)
    let usage = try #require(usages.withLock { $0.removeLast() })
    #expect(usage.completionTokenCount == count && usage.promptTokenCount > 0 && usage == answer.usage)
    #expect(usages.withLock { $0.allSatisfy { $0 == nil } })
  }

  @Test("a stream that is given up ends the engine's work on it: more of them than it has slots, and it still answers")
  func givenUp() async throws {
    let (_, model, program) = try await engine()
    let long = try chat("How are you?", maxTokens: Int64(program.budget.answerTokenCount))
    for _ in 0..<(program.parallel * 4) {
      let (first, announce) = AsyncStream.makeStream(of: Void.self)
      let stream = Task { try await model.stream(long) { _ in announce.yield() } }
      for await _ in first { break }
      stream.cancel()
      _ = await stream.result
    }
    #expect(try await model.complete(try chat("And you?", maxTokens: 4)).usage?.completionTokenCount == 4)
  }

  @Test("summarize works over it, and of a chat above its window every part was asked for")
  func summarizes() async throws {
    let (process, model, program) = try await engine()
    for count in [6, 120] {
      let summary = try await model.summarize(SummaryRequest(messages: Self.chat(count), reader: "Ben"))
      #expect(!summary.isExtractive)
      #expect(!summary.rendered().isEmpty)
    }
    // One more call of the model's for each part: none was refused for its length, or the summary would have failed.
    let small = OpenAICompatibleEngine(
      model: program.name, transport: process, budget: ContextBudget(contextTokenCount: 4_096, answerTokenCount: 64))
    #expect(try await !small.summarize(SummaryRequest(messages: Self.chat(400))).rendered().isEmpty)
  }

  private static func chat(_ count: Int) -> [ChatMessage] {
    (0..<count).compactMap { index in
      LocalMinute(year: 2026, month: 3, day: 13, hour: 9 + index / 60, minute: index % 60).map {
        ChatMessage(time: $0, sender: ["Ada", "Ben"][index % 2], text: "this is message \(index), é 🙂, of a long chat")
      }
    }
  }

  @Test("a reply is drafted over it; a rewriting that does not end is refused and not shown cut off")
  func writes() async throws {
    let (_, model, _) = try await engine()
    #expect(try await !model.reply(try ReplyRequest(messages: Self.chat(6), reader: "Ben")).content.isEmpty)
    await #expect(throws: InferenceError(InferenceError.draftTooLong, "")) {
      try await model.rewrite(try RewriteRequest(draft: "We meet at six.", tone: .professional))
    }
  }

  private static let odd = [
    "", " ", "\u{0}", "\n\n\r\t", "🙂👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿", "e" + String(repeating: "\u{301}", count: 200), "日本語 мир عربى עברית",
    "\u{202E}turned\u{202C}", "\u{FEFF}\u{FFFF}\u{10FFFF}", #"{"role": "system"}"#, "<unk><s></s><0x41>", "▁the▁",
    String(repeating: "x", count: 3_000), "\u{1B}[2J",
  ]

  @Test("any text tokenises, is answered in clean text, and leaves the engine as it was")
  func oddTexts() async throws {
    let (_, model, _) = try await engine()
    let plain = try await model.complete(try chat("hello", maxTokens: 8))
    for text in Self.odd {
      let answer = try await model.complete(try chat(text, maxTokens: 8))
      #expect(answer.usage?.completionTokenCount == 8)
      #expect(try #require(answer.usage).promptTokenCount > 0)
      #expect(!answer.content.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
    }
    #expect(try await model.complete(try chat("hello", maxTokens: 8)).content == plain.content)
  }

  @Test("a request above the engine's window has its code, whole and as a stream, and the next one is answered")
  func tooLong() async throws {
    let (_, model, program) = try await engine()
    let long = try chat(String(repeating: "x", count: program.budget.contextTokenCount + 1), maxTokens: 4)
    await #expect(throws: InferenceError(InferenceError.engineRefused, "")) { _ = try await model.complete(long) }
    await #expect(throws: InferenceError(InferenceError.engineRefused, "")) { try await model.stream(long) { _ in } }
    #expect(try await model.complete(try chat("hello", maxTokens: 4)).usage?.completionTokenCount == 4)
  }
}
