import Inference
import Testing

/// Answers a stream with fixed bytes, in pieces of one size.
private struct PiecewiseTransport: EngineTransport {
  let answer: String
  var pieceByteCount = 1
  /// Whether it is a node that is asked, which takes nothing but the closed form.
  var isNode = false

  func post(
    _ body: [UInt8], to path: String, answerByteLimit: Int
  ) async throws(InferenceError) -> [UInt8] {
    throw InferenceError(InferenceError.engineFailed, "unexpected request")
  }

  func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError) {
    let request = try isNode ? ChatCompletionRequest(parsing: body) : ChatCompletionRequest(askedOfEngine: body)
    guard path == "/v1/chat/completions", request.stream else {
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

  /// An event with counts of tokens and no choice.
  private static func usage(_ completionTokenCount: Int64) -> String {
    #"data: {"choices":[],"usage":{"completion_tokens":\#(completionTokenCount),"prompt_tokens":9}}"# + "\n\n"
  }

  private static let done = "data: [DONE]\n\n"

  /// The pieces that an engine with this answer hands over.
  private func pieces(
    _ answer: String, pieceByteCount: Int = 1, isNode: Bool = false
  ) async throws -> [ChatCompletionChunk] {
    let engine = OpenAICompatibleEngine(
      model: "m", transport: PiecewiseTransport(answer: answer, pieceByteCount: pieceByteCount, isNode: isNode),
      asksForUsage: !isNode)
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

  @Test("counts behind the event that says why an answer ends become that event's, which is the last one")
  func counted() async throws {
    let pieces = try await pieces(Self.event("We") + Self.event("", #""stop""#) + Self.usage(2) + Self.done)
    #expect(pieces.map(\.content) == ["We", ""])
    #expect(pieces.map(\.finishReason) == [nil, .stop])
    #expect(pieces.map(\.usage) == [nil, TokenUsage(promptTokenCount: 9, completionTokenCount: 2)])
    #expect(pieces.last?.identifier == "c" && pieces.last?.created == 3)
  }

  @Test("of counts that come twice the last stand; those before the end, or before text, are not the answer's")
  func countedOften() async throws {
    let end = Self.event(" meet", #""stop""#)
    let cases: [(String, Int64?)] = [
      (Self.event("We") + end + Self.usage(2) + Self.usage(3), 3),
      (Self.usage(1) + Self.event("We") + Self.usage(2) + end, nil),
      (Self.event("We") + end + Self.usage(2) + Self.event("."), nil),
      (Self.event("We") + end, nil),
      (Self.event("We") + end + Self.usage(-1), nil),
      (Self.event("We") + end + Self.usage(2) + Self.usage(-1), 2),
      (Self.event("We meet") + Self.usage(2), nil),
    ]
    for (answer, expected) in cases {
      let pieces = try await pieces(answer + Self.done)
      #expect(pieces.last?.usage?.completionTokenCount == expected)
      #expect(pieces.dropLast().allSatisfy { $0.usage == nil && $0.finishReason == nil })
      #expect(pieces.map(\.content).joined().hasPrefix("We meet"))
    }
  }

  @Test("a node behind an orchestrator is asked for nothing beside the closed form, and its counts are taken")
  func countedByNode() async throws {
    let usage = TokenUsage(promptTokenCount: 9, completionTokenCount: 2)
    let last = ChatCompletionChunk(
      identifier: "c", created: 3, model: "m", content: "We meet", finishReason: .length, usage: usage)
    let answer = "data: " + last.jsonValue.canonicalText + "\n\n" + Self.done
    #expect(try await pieces(answer, isNode: true) == [last])
  }

  @Test("text behind the event that says why an answer ends is bounded as any other")
  func floodBehindTheEnd() async throws {
    let flood = Self.event(String(repeating: "x", count: 1 << 19))
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      _ = try await pieces(Self.event("We", #""stop""#) + flood + flood + Self.done, pieceByteCount: 1 << 16)
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
        ChatCompletionResponse(
          identifier: "c", created: 3, model: name, content: "We meet",
          usage: TokenUsage(promptTokenCount: 9, completionTokenCount: 2))
      }
    }
    var pieces: [ChatCompletionChunk] = []
    try await Whole().stream(try #require(Self.request)) { pieces.append($0) }
    #expect(pieces.map(\.content) == ["We meet"])
    #expect(pieces.map(\.finishReason) == [.stop])
    #expect(pieces.map(\.usage?.totalTokenCount) == [11])
  }
}
