import ErrorCodes
import Inference
import StrictJSON
import Testing

@Suite("Chat completions")
struct ChatCompletionTests {
  private func parse(_ text: String) throws(InferenceError) -> ChatCompletionRequest {
    try ChatCompletionRequest(parsing: Array(text.utf8))
  }

  private let smallest = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#

  @Test("the smallest request is read")
  func smallestRequest() throws {
    let request = try parse(smallest)
    #expect(request.model == "m")
    #expect(request.messages == [.init(role: .user, content: "hi")])
    #expect(!request.stream)
  }

  @Test("a request with every member survives writing and reading")
  func roundTrip() throws {
    let request = try ChatCompletionRequest(
      model: "m", messages: [.init(role: .system, content: "s\n\"x\""), .init(role: .assistant, content: "")],
      maxTokens: 10, temperature: 0.5, topP: 1, seed: -3, stop: ["a", "b"], stream: true)
    #expect(try ChatCompletionRequest(parsing: request.jsonValue.canonicalBytes) == request)
  }

  @Test("stop may be one string")
  func singleStop() throws {
    let request = try parse(#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stop":"END"}"#)
    #expect(request.stop == ["END"])
  }

  @Test("every truncation is refused")
  func truncations() {
    let bytes = Array(smallest.utf8)
    for count in bytes.indices {
      #expect(throws: InferenceError.self) { try ChatCompletionRequest(parsing: Array(bytes[..<count])) }
    }
    #expect(throws: InferenceError.self) { try ChatCompletionRequest(parsing: bytes + [0x20, 0x7D]) }
  }

  @Test(
    "what the schema does not know or allow is refused with its code",
    arguments: [
      (#"{"model":"m","messages":[{"role":"user","content":"hi"}],"n":2}"#, JSONError.unknownMember),
      (#"{"model":"m","messages":[{"role":"user","content":"hi","name":"x"}]}"#, JSONError.unknownMember),
      (#"{"model":"m","messages":[{"role":"tool","content":"hi"}]}"#, JSONError.wrongType),
      (#"{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}"#, JSONError.wrongType),
      (#"{"model":"m","model":"n","messages":[]}"#, JSONError.duplicateMember),
      (#"{"messages":[{"role":"user","content":"hi"}]}"#, JSONError.missingMember),
      (#"{"model":"m","messages":[]}"#, InferenceError.requestInvalid),
      (#"{"model":"","messages":[{"role":"user","content":"hi"}]}"#, InferenceError.requestInvalid),
      (#"{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":0}"#, InferenceError.requestInvalid),
      (#"{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":32769}"#, InferenceError.requestInvalid),
      (#"{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":1.5}"#, JSONError.wrongType),
      (#"{"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":2.1}"#, InferenceError.requestInvalid),
      (#"{"model":"m","messages":[{"role":"user","content":"hi"}],"top_p":0}"#, InferenceError.requestInvalid),
      (
        #"{"model":"m","messages":[{"role":"user","content":"hi"}],"stop":["a","b","c","d","e"]}"#,
        InferenceError.requestInvalid
      ),
      (#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stop":[""]}"#, InferenceError.requestInvalid),
      (#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":"yes"}"#, JSONError.wrongType),
    ])
  func refusals(text: String, code: ErrorCode) {
    #expect(throws: InferenceError(code, "")) { try parse(text) }
  }

  @Test(
    "what makes an engine do more than complete a chat is refused as an unknown member",
    arguments: [
      #""tools":[]"#, #""tool_choice":"none""#, #""functions":[]"#, #""function_call":"none""#, #""logit_bias":{}"#,
      #""n":1"#, #""cache_prompt":true"#, #""id_slot":0"#, #""slot_id":0"#, #""grammar":"root ::= .""#,
      #""json_schema":{}"#, #""response_format":{"type":"text"}"#, #""stream_options":{"include_usage":true}"#,
      #""lora":[]"#, #""user":"ada""#, #""logprobs":true"#, #""chat_template":"x""#, #""chat_template_kwargs":{}"#,
      #""max_completion_tokens":1"#, #""store":true"#, #""metadata":{}"#, #""n_predict":1"#, #""guided_json":{}"#,
    ])
  func unknownMembers(member: String) {
    #expect(throws: InferenceError(JSONError.unknownMember, "")) {
      try parse(smallest.dropLast() + "," + member + "}")
    }
  }

  @Test(
    "messages with anything but a role and text are refused",
    arguments: [
      (#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}"#, JSONError.wrongType),
      (#"{"role":"user","content":[{"type":"text","text":"hi"}]}"#, JSONError.wrongType),
      (#"{"role":"user","content":null}"#, JSONError.wrongType),
      (#"{"role":"function","content":"hi"}"#, JSONError.wrongType),
      (#"{"role":"developer","content":"hi"}"#, JSONError.wrongType),
      (#"{"role":"assistant","content":"hi","tool_calls":[]}"#, JSONError.unknownMember),
      (#"{"role":"user","content":"hi","images":[]}"#, JSONError.unknownMember),
    ])
  func foreignMessages(message: String, code: ErrorCode) {
    #expect(throws: InferenceError(code, "")) { try parse(#"{"model":"m","messages":["# + message + "]}") }
  }

  @Test("the largest number of messages is read, one more is refused")
  func messageLimit() throws {
    func body(_ count: Int) -> String {
      let message = #"{"role":"user","content":""}"#
      return #"{"model":"m","messages":["# + Array(repeating: message, count: count).joined(separator: ",") + "]}"
    }
    #expect(try parse(body(ChatCompletionRequest.messageLimit)).messages.count == ChatCompletionRequest.messageLimit)
    #expect(throws: InferenceError(InferenceError.requestInvalid, "")) {
      try parse(body(ChatCompletionRequest.messageLimit + 1))
    }
  }

  @Test("the largest body is read, one byte more is refused")
  func byteLimit() throws {
    let frame = smallest.utf8.count - 2
    let room = ChatCompletionRequest.byteLimit - frame
    func body(_ count: Int) -> [UInt8] {
      Array(#"{"model":"m","messages":[{"role":"user","content":"\#(String(repeating: "x", count: count))"}]}"#.utf8)
    }
    #expect(try ChatCompletionRequest(parsing: body(room)).messages.count == 1)
    #expect(throws: InferenceError(JSONError.malformed, "")) { try ChatCompletionRequest(parsing: body(room + 1)) }
  }

  @Test("an answer survives writing and reading")
  func answerRoundTrip() throws {
    let answer = ChatCompletionResponse(
      identifier: "c1", created: 7, model: "m", content: "line\nline", finishReason: .length,
      usage: TokenUsage(promptTokenCount: 3, completionTokenCount: 4))
    #expect(try ChatCompletionResponse(parsingEngineAnswer: answer.jsonValue.canonicalBytes) == answer)
  }

  @Test("members that a server adds are dropped, and its text is sanitized")
  func foreignAnswer() throws {
    let body = #"""
      {"id":"x","object":"chat.completion","timings":{"a":1.5},"choices":[{"index":0,"logprobs":null,
      "message":{"role":"assistant","content":"a‮b\u0007c\n","extra":1}}]}
      """#
    let answer = try ChatCompletionResponse(parsingEngineAnswer: Array(body.utf8))
    #expect(answer.content == "abc\n")
    #expect(answer.created == 0)
  }

  @Test("anything else from an engine is engine-failed", arguments: ["", "{}", "[]", #"{"choices":[]}"#, "<html>"])
  func brokenAnswer(body: String) {
    #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      try ChatCompletionResponse(parsingEngineAnswer: Array(body.utf8))
    }
  }

  @Test("the list of models names the engine")
  func models() {
    let model = #"{"created":0,"id":"cloister-extractive-1","object":"model","owned_by":"cloister"}"#
    #expect(EmbeddedEngine().models.jsonValue.canonicalText == #"{"data":[\#(model)],"object":"list"}"#)
  }
}
