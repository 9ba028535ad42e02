import Inference
import StrictJSON
import Synchronization
import Testing

/// Answers with a fixed body if the request it gets is well-formed.
private struct FixedTransport: EngineTransport {
  let answer: [UInt8]
  let check: @Sendable (ChatCompletionRequest) -> Bool

  func post(
    _ body: [UInt8], to path: String, answerByteLimit: Int
  ) async throws(InferenceError) -> [UInt8] {
    let request = try ChatCompletionRequest(askedOfEngine: body)
    guard path == "/v1/chat/completions", check(request) else {
      throw InferenceError(InferenceError.engineFailed, "unexpected request")
    }
    return answer
  }

  func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError) {
    _ = check(try ChatCompletionRequest(askedOfEngine: body))
    throw InferenceError(InferenceError.engineFailed, "this engine does not stream")
  }
}

@Suite("Engines behind a socket")
struct EngineTests {
  private func answer(_ content: String) -> [UInt8] {
    ChatCompletionResponse(identifier: "c", created: 0, model: "m", content: content).jsonValue.canonicalBytes
  }

  @Test("a summary of a model is generated, not extractive, and sanitized")
  func generates() async throws {
    let chat = try AnnotatedChat("de-haus")
    let engine = OpenAICompatibleEngine(
      model: "m",
      transport: FixedTransport(answer: answer("Heizung läuft\u{202E} wieder")) { request in
        request.messages.first?.content == Prompt.summary.instruction && !request.stream && request.temperature == 0
      }, budget: ContextBudget(contextTokenCount: 32_768, answerTokenCount: 1_024))
    let summary = try await engine.summarize(chat.request)
    #expect(!summary.isExtractive)
    #expect(summary.language == .german)
    #expect(summary.rendered() == "Heizung läuft wieder")
  }

  private func clampedTokens(_ asked: Int64?, stream: Bool) async throws -> Int64? {
    let expected = Mutex<Int64?>(nil)
    let engine = OpenAICompatibleEngine(
      model: "m",
      transport: FixedTransport(answer: answer("ok")) { request in
        expected.withLock { $0 = request.maxTokens }
        return request.model == "m"
      }, budget: ContextBudget(contextTokenCount: 3_584, answerTokenCount: 512))
    let request = try ChatCompletionRequest(
      model: "any", messages: [.init(role: .user, content: "hi")], maxTokens: asked, stream: stream)
    if stream { try? await engine.stream(request) { _ in } } else { _ = try await engine.complete(request) }
    return expected.withLock { $0 }
  }

  @Test("a completion always asks for a number of tokens, and for no more than the budget has")
  func clamped() async throws {
    for (asked, expected) in [(nil, 512), (1, 1), (512, 512), (513, 512), (32_768, 512)] as [(Int64?, Int64)] {
      #expect(try await clampedTokens(asked, stream: false) == expected)
      #expect(try await clampedTokens(asked, stream: true) == expected)
    }
  }

  @Test(
    "only a refusal for length is engine-refused",
    arguments: [(400, true), (413, true), (404, false), (500, false), (503, false)])
  func statuses(status: Int, isRefusal: Bool) {
    #expect(
      InferenceError(engineStatus: status).code
        == (isRefusal ? InferenceError.engineRefused : InferenceError.engineFailed))
  }

  @Test("an empty answer is engine-failed")
  func emptyAnswer() async {
    let engine = OpenAICompatibleEngine(model: "m", transport: FixedTransport(answer: answer("")) { _ in true })
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      try await engine.summarize(SummaryRequest(messages: []))
    }
  }

  @Test("an engine is embedded or behind a Unix socket")
  func locations() throws {
    #expect(try EngineLocation("embedded") == .embedded)
    #expect(try EngineLocation("unix:/run/engine.sock") == .unixSocket(path: "/run/engine.sock"))
    let longest = "/" + String(repeating: "a", count: EngineLocation.pathByteLimit - 1)
    #expect(try EngineLocation("unix:" + longest) == .unixSocket(path: longest))
  }

  @Test(
    "any other place is engine-not-local",
    arguments: [
      "", "http://127.0.0.1:8080", "https://api.example.com", "unix:", "unix:/", "unix:relative", "127.0.0.1:80",
      "tcp:/x",
      "UNIX:/x", "unix:/" + String(repeating: "a", count: 107), "unix:/a\u{0}b",
    ])
  func foreignLocations(text: String) {
    #expect(throws: InferenceError(InferenceError.engineNotLocal, "")) { try EngineLocation(text) }
  }

  @Test("control and direction characters are removed, newline and tab stay")
  func sanitizer() {
    let text = "a\tb\nc\r\u{0}\u{1B}\u{85}\u{200F}\u{2066}\u{202E}d\u{FEFF}é👩‍👧"
    #expect(AnswerSanitizer.sanitized(text) == "a\tb\ncdé👩‍👧")
  }

  @Test(
    "a time is read only in its one form, and only where it exists",
    arguments: [
      "2025-02-29 10:00", "2025-13-01 10:00", "2025-00-01 10:00", "2025-01-32 10:00", "2025-01-01 24:00",
      "2025-01-01 10:60", "2025-01-01T10:00", "2025-01-01 10:0", "2025-01-01 10:000", "２025-01-01 10:00", "",
    ])
  func badTimes(text: String) {
    #expect(LocalMinute(text) == nil)
  }

  @Test("days are counted and named as the calendar has them")
  func calendar() throws {
    let leapDay = try #require(LocalMinute("2024-02-29 23:59"))
    #expect(leapDay.dayNumber == 19_782)
    #expect(leapDay.weekday == 3)
    #expect(try #require(LocalMinute("1970-01-01 00:00")).minuteNumber == 0)
    #expect(try #require(LocalMinute("2024-03-01 00:00")).minuteNumber == leapDay.minuteNumber + 1)
  }
}
