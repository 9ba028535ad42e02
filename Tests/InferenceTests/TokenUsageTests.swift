import Inference
import Testing

@Suite("Counts of tokens")
struct TokenUsageTests {
  private static func event(_ usage: String, choices: String = #"[{"delta":{},"finish_reason":"stop"}]"#) -> [UInt8] {
    Array(#"{"choices":\#(choices),"usage":\#(usage)}"#.utf8)
  }

  @Test("counts are read from an event with a choice and from one without, and their sum is made anew")
  func read() throws {
    let usage = TokenUsage(promptTokenCount: 9, completionTokenCount: 4)
    #expect(usage?.totalTokenCount == 13)
    let text = #"{"completion_tokens":4,"prompt_tokens":9,"total_tokens":7,"prompt_tokens_details":{}}"#
    let withChoice = try ChatCompletionChunk(parsing: Self.event(text))
    #expect(withChoice.usage == usage && withChoice.finishReason == .stop)
    let without = try ChatCompletionChunk(parsing: Self.event(text, choices: "[]"))
    #expect(without.usage == usage && without.finishReason == nil && without.content.isEmpty)
    #expect(try ChatCompletionChunk(parsing: withChoice.jsonValue.canonicalBytes) == withChoice)
  }

  @Test("the largest counts are read, and none at all")
  func bounds() throws {
    let limit = TokenUsage.countLimit
    for count in [0, limit] {
      let chunk = try ChatCompletionChunk(
        parsing: Self.event(#"{"completion_tokens":\#(count),"prompt_tokens":\#(count)}"#))
      #expect(chunk.usage == TokenUsage(promptTokenCount: count, completionTokenCount: count))
      #expect(chunk.usage?.totalTokenCount == 2 * count)
    }
    #expect(TokenUsage(promptTokenCount: limit + 1, completionTokenCount: 0) == nil)
    #expect(TokenUsage(promptTokenCount: 0, completionTokenCount: -1) == nil)
  }

  @Test(
    "counts that are missing, of another type, negative or impossible are none, and the answer stands",
    arguments: [
      "null", "{}", "[]", "7", #"{"prompt_tokens":1}"#, #"{"completion_tokens":1}"#,
      #"{"completion_tokens":1,"prompt_tokens":-1}"#, #"{"completion_tokens":-1,"prompt_tokens":1}"#,
      #"{"completion_tokens":1.5,"prompt_tokens":1}"#, #"{"completion_tokens":"1","prompt_tokens":1}"#,
      #"{"completion_tokens":1,"prompt_tokens":1048577}"#, #"{"completion_tokens":1e300,"prompt_tokens":1}"#,
      #"{"completion_tokens":9223372036854775807,"prompt_tokens":9223372036854775807}"#,
    ])
  func impossible(usage: String) throws {
    let chunk = try ChatCompletionChunk(parsing: Self.event(usage))
    #expect(chunk.usage == nil && chunk.finishReason == .stop)
    let body = #"{"choices":[{"message":{"role":"assistant","content":"We meet"}}],"usage":\#(usage)}"#
    let answer = try ChatCompletionResponse(parsingEngineAnswer: Array(body.utf8))
    #expect(answer.usage == nil && answer.content == "We meet")
    #expect(!answer.jsonValue.canonicalText.contains("usage"))
  }

  @Test("an event without a choice and without counts is no chunk", arguments: ["null", "[]", "7"])
  func noChoice(usage: String) {
    #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      try ChatCompletionChunk(parsing: Self.event(usage, choices: "[]"))
    }
    #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      try ChatCompletionChunk(parsing: Self.event("{}", choices: "[7]"))
    }
  }

  @Test("joined events have the last counts, unless text came behind them")
  func joined() {
    func chunk(_ text: String, _ count: Int64? = nil) -> ChatCompletionChunk {
      let usage = count.flatMap { TokenUsage(promptTokenCount: 1, completionTokenCount: $0) }
      return ChatCompletionChunk(identifier: "c", created: 0, model: "m", content: text, usage: usage)
    }
    let cases: [([ChatCompletionChunk], Int64?)] = [
      ([chunk("a", 1), chunk("", 2)], 2), ([chunk("a", 1), chunk("")], 1), ([chunk("a", 1), chunk("b")], nil),
      ([chunk("a"), chunk("b", 2)], 2),
    ]
    for (chunks, expected) in cases {
      var joined = chunks[0]
      joined.append(chunks[1])
      #expect(joined.usage?.completionTokenCount == expected)
    }
  }
}
