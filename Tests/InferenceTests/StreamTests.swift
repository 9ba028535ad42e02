import Inference
import Testing

/// Answers a stream with fixed bytes, in pieces of one size.
private struct PiecewiseTransport: EngineTransport {
  let answer: String
  var pieceByteCount = 1

  func post(
    _ body: [UInt8], to path: String, answerByteLimit: Int
  ) async throws(InferenceError) -> [UInt8] {
    throw InferenceError(InferenceError.engineFailed, "unexpected request")
  }

  func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError) {
    guard path == "/v1/chat/completions", try ChatCompletionRequest(parsing: body).stream else {
      throw InferenceError(InferenceError.engineFailed, "unexpected request")
    }
    var rest = Array(answer.utf8)[...]
    while !rest.isEmpty {
      try await receive(Array(rest.prefix(pieceByteCount)))
      rest = rest.dropFirst(pieceByteCount)
    }
  }
}

@Suite("Streams of an engine")
struct StreamTests {
  private static let request = try? ChatCompletionRequest(
    model: "any", messages: [.init(role: .user, content: "hello")], stream: true)

  private static func event(_ content: String, _ reason: String = "null") -> String {
    """
    data: {"id":"c","object":"chat.completion.chunk","created":3,"model":"m","choices":[{"index":0,"delta":\
    {"content":"\(content)"},"finish_reason":\(reason)}]}


    """
  }

  /// The pieces that an engine with this answer hands over.
  private func pieces(_ answer: String, pieceByteCount: Int = 1) async throws -> [ChatCompletionChunk] {
    let engine = OpenAICompatibleEngine(
      model: "m", transport: PiecewiseTransport(answer: answer, pieceByteCount: pieceByteCount))
    var pieces: [ChatCompletionChunk] = []
    try await engine.stream(try #require(Self.request)) { pieces.append($0) }
    return pieces
  }

  @Test("every event is handed over, however the bytes come", arguments: [1, 2, 3, 7, 100, 4_096])
  func pieces(byteCount: Int) async throws {
    let answer = ": comment\n" + Self.event("We") + Self.event(" meet", #""stop""#) + "data: [DONE]\n\n"
    for text in [answer, answer.replacing("\n", with: "\r\n")] {
      let pieces = try await pieces(text, pieceByteCount: byteCount)
      #expect(pieces.map(\.content) == ["We", " meet"])
      #expect(pieces.map(\.finishReason) == [nil, .stop])
      #expect(pieces.allSatisfy { $0.identifier == "c" && $0.created == 3 && $0.model == "m" })
    }
  }

  @Test("text is sanitized, and the first event may have none")
  func sanitized() async throws {
    let role = #"data: {"choices":[{"delta":{"role":"assistant"},"finish_reason":null}]}"# + "\n\n"
    let pieces = try await pieces(role + Self.event(#"a\u001b[31m\u202e"#) + "data: [DONE]\n\n")
    #expect(pieces.map(\.content) == ["", "a[31m"])
  }

  @Test(
    "a stream that is cut short, or is none, is engine-failed",
    arguments: [
      "", event("We"), "data: [DONE]\n", event("We") + "data: {\n\n", #"data: {"choices":[]}"# + "\n\ndata: [DONE]\n\n",
      #"{"error":{}}"#,
    ])
  func cutShort(answer: String) async throws {
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) { _ = try await pieces(answer) }
  }

  @Test("an event above the limit is refused, in one line or in many")
  func tooLong() {
    for text in [
      String(repeating: "x", count: EventStreamParser.byteLimit + 1),
      String(repeating: "data: xxxxxxxx\n", count: 200_000),
    ] {
      var parser = EventStreamParser()
      #expect(throws: InferenceError(InferenceError.eventTooLong, "")) { _ = try parser.receive(Array(text.utf8)[...]) }
    }
  }

  @Test("lines of data are joined, other fields and comments skipped")
  func lines() throws {
    var parser = EventStreamParser()
    let events = try parser.receive(Array("event: x\ndata:one\ndata: two\nid: 3\n: no\n\n\n\ndata\n\n".utf8)[...])
    #expect(events.map { String(decoding: $0, as: UTF8.self) } == ["one\ntwo"])
  }

  @Test("an engine that does not stream gives its whole answer as one piece")
  func whole() async throws {
    struct Whole: Engine {
      let name = "whole"
      func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
        throw InferenceError(InferenceError.engineCannot, "")
      }
      func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
        ChatCompletionResponse(identifier: "c", created: 3, model: name, content: "We meet")
      }
    }
    var pieces: [ChatCompletionChunk] = []
    try await Whole().stream(try #require(Self.request)) { pieces.append($0) }
    #expect(pieces.map(\.content) == ["We meet"])
    #expect(pieces.map(\.finishReason) == [.stop])
  }
}
