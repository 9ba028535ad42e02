import HTTPMessages
import Inference
import LocalEndpoint
import StrictJSON
import TestDeployment
import TestSupport
import Testing

@Suite("Of an app's request for a response, a chat's closed form alone leaves the device")
struct AppResponsesRequestTests {
  private static let least: [String: JSONValue] = [
    "model": "default", "stream": true, "messages": [["role": "user", "content": .string(ClientFixture.marker)]],
  ]

  /// The JSON that the node opened.
  private func opened(_ members: [String: JSONValue]) async throws -> JSONValue {
    let endpoint = try EndpointFixture()
    #expect(try await endpoint.ask(endpoint.response(members)).status == 200)
    return try JSONValue(parsing: try #require(endpoint.client.parties.contents.first))
  }

  private func refusal(_ members: [String: JSONValue]) async throws -> Refusal {
    let endpoint = try EndpointFixture()
    return try await endpoint.refusal(endpoint.response(members))
  }

  @Test("instructions come first, limit and sampling travel; the model's name does not")
  func closedForm() async throws {
    let opened = try await opened([
      "model": "user-4711", "instructions": "Be brief.", "input": "Hello", "max_output_tokens": 20,
      "temperature": .number(0.5), "top_p": .number(0.25),
    ])
    #expect(
      opened == [
        "model": "default", "stream": true, "max_tokens": 20, "temperature": .number(0.5), "top_p": .number(0.25),
        "messages": [["role": "system", "content": "Be brief."], ["role": "user", "content": "Hello"]],
      ])
  }

  @Test("a list of messages travels as roles and texts, an earlier output among them")
  func messages() async throws {
    let opened = try await opened([
      "input": [
        ["role": "developer", "content": "Be brief."],
        [
          "type": "message", "role": "user",
          "content": [["type": "input_text", "text": "a"], ["type": "input_text", "text": "b"]],
        ],
        [
          "type": "message", "id": "msg_4711", "role": "assistant", "status": "completed", "phase": nil,
          "content": [["type": "output_text", "text": "Yes?", "annotations": [], "logprobs": nil]],
        ],
        ["role": "user", "content": "c"],
      ]
    ])
    #expect(
      opened == [
        "model": "default", "stream": true,
        "messages": [
          ["role": "system", "content": "Be brief."], ["role": "user", "content": "ab"],
          ["role": "assistant", "content": "Yes?"], ["role": "user", "content": "c"],
        ],
      ])
  }

  @Test(
    "members by which a server knows users are dropped from a request for a response, whatever they hold",
    arguments: [
      "user", "metadata", "store", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier",
    ])
  func dropped(member: String) async throws {
    for value: JSONValue in ["person-4711", true, ["a": "person-4711"]] {
      #expect(try await opened([member: value]) == .object(Self.least))
    }
  }

  @Test("members that ask for what happens anyhow, or for nothing, are left out of a request for a response")
  func implied() async throws {
    let members: [String: JSONValue] = [
      "text": ["format": ["type": "text"]], "tools": [], "tool_choice": "auto", "parallel_tool_calls": true,
      "truncation": "disabled", "background": false, "include": [], "top_logprobs": 0,
      "stream_options": ["include_obfuscation": false], "previous_response_id": nil, "conversation": nil, "prompt": nil,
      "reasoning": nil, "anything": nil,
    ]
    #expect(try await opened(members) == .object(Self.least))
  }

  @Test(
    "refused by name: what refers to texts that a server would keep",
    arguments: ["previous_response_id", "conversation", "prompt"])
  func references(member: String) async throws {
    for value: JSONValue in ["resp_4711", ["id": "4711"]] {
      #expect(try await refusal([member: value]) == Refusal(400, "json-unknown-member", member))
      #expect(try await refusal([member: value, "input": nil]) == Refusal(400, "json-unknown-member", member))
    }
  }

  @Test(
    "refused by name: a member that is not offered for a response",
    arguments: ["reasoning", "max_tool_calls", "stop", "seed", "max_tokens", "messages", "x"])
  func unknown(member: String) async throws {
    #expect(try await refusal([member: 1]) == Refusal(400, "json-unknown-member", member))
  }

  @Test("refused by name: a value that asks of a response what is not offered")
  func unsupported() async throws {
    let cases: [(String, JSONValue)] = [
      ("text", ["format": ["type": "json_object"]]), ("tools", [["type": "web_search"]]), ("tool_choice", "required"),
      ("truncation", "auto"), ("background", true), ("include", ["message.output_text.logprobs"]), ("top_logprobs", 2),
      ("stream_options", ["include_obfuscation": true]),
    ]
    for (member, value) in cases {
      #expect(try await refusal([member: value]) == Refusal(400, "completion-value-unsupported", member))
    }
  }

  @Test("refused: an item of an input with a type, member, role or part that is not offered")
  func items() async throws {
    let part: JSONValue = ["type": "output_text", "text": "a", "annotations": [["type": "url_citation"]]]
    let cases: [(JSONValue, Refusal)] = [
      (
        ["type": "function_call_output", "call_id": "1", "output": "a"],
        Refusal(400, "completion-value-unsupported", "input.type")
      ),
      (["role": "user", "content": "a", "phase": "commentary"], Refusal(400, "json-unknown-member", "input.phase")),
      (["role": "user", "content": "a", "status": "x"], Refusal(400, "completion-value-unsupported", "input.status")),
      (["role": "tool", "content": "a"], Refusal(400, "completion-value-unsupported", "input.role")),
      (
        ["role": "user", "content": [["type": "input_image", "image_url": "https://x.example"]]],
        Refusal(400, "completion-value-unsupported", "input.content")
      ),
      (["role": "assistant", "content": [part]], Refusal(400, "completion-value-unsupported", "input.content")),
      (["role": "user"], Refusal(400, "json-missing-member", "input.content")),
      ("text", Refusal(400, "json-wrong-type", "input")),
    ]
    for (item, expected) in cases { #expect(try await refusal(["input": .array([item])]) == expected) }
  }

  @Test("refused: a request for a response with values out of range or of another type, or without model or input")
  func range() async throws {
    #expect(try await refusal(["temperature": 3]) == Refusal(400, "completion-request-invalid"))
    #expect(try await refusal(["max_output_tokens": 0]) == Refusal(400, "completion-request-invalid"))
    #expect(try await refusal(["input": []]) == Refusal(400, "completion-request-invalid"))
    #expect(try await refusal(["max_output_tokens": "x"]) == Refusal(400, "json-wrong-type"))
    #expect(try await refusal(["stream": "yes"]) == Refusal(400, "json-wrong-type", "stream"))
    #expect(try await refusal(["instructions": ["a"]]) == Refusal(400, "json-wrong-type", "instructions"))
    #expect(try await refusal(["input": 1]) == Refusal(400, "json-wrong-type", "input"))
    #expect(try await refusal(["model": nil]) == Refusal(400, "json-missing-member", "model"))
    #expect(try await refusal(["input": nil]) == Refusal(400, "json-missing-member", "input"))
  }

  @Test("refused: every truncation of a request for a response, a byte behind it, and a member named twice")
  func malformed() {
    let body = EndpointFixture.responseBody(["temperature": .number(0.5), "instructions": "a"])
    let malformed = (0..<body.count).map { Array(body.prefix($0)) } + [body + [0x7D]]
    for bytes in malformed {
      #expect(throws: EndpointError(JSONError.malformed, "")) { try AppResponsesRequest(parsing: bytes) }
    }
    #expect(throws: EndpointError(JSONError.duplicateMember, "")) {
      try AppResponsesRequest(parsing: Array(#"{"model":"a","model":"b","input":"c"}"#.utf8))
    }
  }

  @Test("refused: a body above the limit of a request for a response")
  func oversized() async throws {
    let endpoint = try EndpointFixture()
    var request = endpoint.response()
    request.body = [UInt8](repeating: 0x20, count: ChatCompletionRequest.byteLimit + 1)
    #expect(try await endpoint.refusal(request) == Refusal(413, "request-too-large"))
  }
}
