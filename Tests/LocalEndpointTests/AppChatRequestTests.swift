import HTTPMessages
import Inference
import StrictJSON
import TestDeployment
import TestSupport
import Testing

@Suite("Of an app's request, the closed form alone leaves the device")
struct AppChatRequestTests {
  /// The JSON that the node opened.
  private func opened(_ body: [UInt8]) async throws -> JSONValue {
    let endpoint = try EndpointFixture()
    #expect(try await endpoint.ask(endpoint.request(body)).status == 200)
    let content = try #require(endpoint.client.parties.contents.first)
    return try JSONValue(parsing: content)
  }

  private static let message: JSONValue = [["role": "user", "content": .string(ClientFixture.marker)]]
  private static let least: [String: JSONValue] = ["model": "default", "messages": message, "stream": true]

  @Test("limits, sampling and stop sequences travel; the model's name does not")
  func closedForm() async throws {
    let members: [String: JSONValue] = [
      "max_completion_tokens": 20, "temperature": .number(0.5), "top_p": .number(0.25), "seed": 7, "stop": ["end"],
    ]
    let opened = try await opened(EndpointFixture.chat(members.merging(["model": "user-4711"]) { $1 }))
    let expected: [String: JSONValue] = [
      "max_tokens": 20, "temperature": .number(0.5), "top_p": .number(0.25), "seed": 7, "stop": ["end"],
    ]
    #expect(opened == .object(expected.merging(Self.least) { $1 }))
  }

  @Test(
    "members by which a server knows users are dropped, whatever they hold",
    arguments: [
      "user", "metadata", "store", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier",
    ])
  func dropped(member: String) async throws {
    for value: JSONValue in ["person-4711", true, ["a": "person-4711"]] {
      #expect(try await opened(EndpointFixture.chat([member: value])) == .object(Self.least))
    }
  }

  @Test("members that ask for what happens anyhow, or for nothing, are left out")
  func implied() async throws {
    let body = EndpointFixture.chat([
      "n": 1, "frequency_penalty": 0, "presence_penalty": .number(0), "logprobs": false, "tools": nil,
      "response_format": ["type": "text"], "stream_options": ["include_usage": false], "anything": nil,
      "top_logprobs": 0, "modalities": ["text"], "parallel_tool_calls": true,
    ])
    #expect(try await opened(body) == .object(Self.least))
    #expect(try await opened(EndpointFixture.chat(["parallel_tool_calls": false])) == .object(Self.least))
    let counted = EndpointFixture.chat(["stream_options": ["include_usage": true]], stream: true)
    #expect(try await opened(counted) == .object(Self.least))
  }

  @Test("parts that are texts are joined, and a developer speaks for the system")
  func parts() async throws {
    let body = EndpointFixture.chat([
      "messages": [
        ["role": "developer", "content": "Be brief."],
        ["role": "user", "content": [["type": "text", "text": "a"], ["type": "text", "text": "b", "x": nil]]],
      ]
    ])
    let opened = try await opened(body)
    guard case .object(let members) = opened else { throw JSONError(JSONError.wrongType, "") }
    #expect(
      members["messages"] == [["role": "system", "content": "Be brief."], ["role": "user", "content": "ab"]])
  }

  @Test("an answer of another server that stands in the conversation may have empty lists beside its text")
  func answerOfAnotherServer() async throws {
    let answer: [String: JSONValue] = ["role": "assistant", "content": "I am here.", "refusal": nil, "audio": nil]
    let asked: JSONValue = ["role": "user", "content": "And now?"]
    let empty = answer.merging(["annotations": [], "tool_calls": []]) { $1 }
    let opened = try await opened(EndpointFixture.chat(["messages": [.object(empty), asked]]))
    guard case .object(let members) = opened else { throw CancellationError() }
    #expect(members["messages"] == [["role": "assistant", "content": "I am here."], asked])
    for (name, value): (String, JSONValue) in [("annotations", [["type": "x"]]), ("tool_calls", [["id": "1"]])] {
      let full = answer.merging([name: value]) { $1 }
      let endpoint = try EndpointFixture()
      let body = EndpointFixture.chat(["messages": [.object(full), asked]])
      let refused = try await endpoint.ask(endpoint.request(body))
      #expect(refused.status == 400 && endpoint.client.parties.contents.isEmpty)
    }
  }

  @Test("no field of the app's request leaves the device")
  func fields() async throws {
    let endpoint = try EndpointFixture()
    let request = endpoint.request().with("user-agent", "person-4711").with("x-stainless-os", "Linux")
      .with("openai-organization", "org-4711").with("cookie", "id=4711")
    #expect(try await endpoint.ask(request).status == 200)
    #expect(try JSONValue(parsing: try #require(endpoint.client.parties.contents.first)) == .object(Self.least))
    let names = Set(endpoint.client.parties.arrivals.flatMap { $0.request.fields.map(\.name) })
    #expect(names.isSubset(of: ["content-type", "incremental", "accept"]), "\(names)")
  }

  @Test(
    "refused by name: a member that is not offered",
    arguments: ["reasoning_effort", "functions", "audio", "prediction", "web_search_options", "x"])
  func unknown(member: String) async throws {
    let endpoint = try EndpointFixture()
    let refusal = try await endpoint.refusal(endpoint.request(EndpointFixture.chat([member: "low"])))
    #expect(refusal == Refusal(400, "json-unknown-member", member))
  }

  @Test("refused by name: a value that asks for what is not offered")
  func unsupported() async throws {
    let endpoint = try EndpointFixture()
    let cases: [(String, JSONValue)] = [
      ("n", 2), ("logprobs", true), ("tools", [["type": "function"]]), ("response_format", ["type": "json_object"]),
      ("frequency_penalty", 1), ("stream_options", ["other": true]), ("modalities", ["text", "audio"]),
      ("modalities", "low"), ("top_logprobs", 1), ("parallel_tool_calls", "yes"),
    ]
    for (member, value) in cases {
      let refusal = try await endpoint.refusal(endpoint.request(EndpointFixture.chat([member: value])))
      #expect(refusal == Refusal(400, "completion-value-unsupported", member))
    }
  }

  @Test("refused: counts of tokens in the events of an answer that has no events")
  func usage() async throws {
    let endpoint = try EndpointFixture()
    let body = EndpointFixture.chat(["stream_options": ["include_usage": true]])
    let refused = Refusal(400, "completion-value-unsupported", "stream_options.include_usage")
    #expect(try await endpoint.refusal(endpoint.request(body)) == refused)
  }

  @Test("refused: a message with a member, role or part that is not offered")
  func messages() async throws {
    let endpoint = try EndpointFixture()
    let cases: [(JSONValue, Refusal)] = [
      (["role": "user", "content": "a", "name": "Ana"], Refusal(400, "json-unknown-member", "messages.name")),
      (["role": "tool", "content": "a"], Refusal(400, "completion-value-unsupported", "messages.role")),
      (
        ["role": "user", "content": [["type": "image_url", "image_url": ["url": "https://x.example"]]]],
        Refusal(400, "completion-value-unsupported", "messages.content")
      ),
      (["role": "user"], Refusal(400, "json-missing-member", "messages.content")),
      ("text", Refusal(400, "json-wrong-type", "messages")),
    ]
    for (message, expected) in cases {
      let body = EndpointFixture.chat(["messages": .array([message])])
      #expect(try await endpoint.refusal(endpoint.request(body)) == expected)
    }
  }

  @Test("refused: values out of range or of another type, a missing model, missing messages")
  func range() async throws {
    let endpoint = try EndpointFixture()
    func refusal(_ members: [String: JSONValue]) async throws -> Refusal {
      try await endpoint.refusal(endpoint.request(EndpointFixture.chat(members)))
    }
    #expect(try await refusal(["temperature": 3]) == Refusal(400, "completion-request-invalid"))
    #expect(try await refusal(["max_tokens": 0]) == Refusal(400, "completion-request-invalid"))
    #expect(try await refusal(["messages": []]) == Refusal(400, "completion-request-invalid"))
    #expect(try await refusal(["seed": "x"]) == Refusal(400, "json-wrong-type"))
    #expect(try await refusal(["stream": "true"]) == Refusal(400, "json-wrong-type", "stream"))
    #expect(try await refusal(["stream": 1]) == Refusal(400, "json-wrong-type", "stream"))
    #expect(try await refusal(["model": nil]) == Refusal(400, "json-missing-member", "model"))
    #expect(try await refusal(["messages": nil]) == Refusal(400, "json-missing-member", "messages"))
  }

  @Test("refused: every truncation of a request, a byte behind it, and a member named twice")
  func malformed() async throws {
    let endpoint = try EndpointFixture()
    let body = EndpointFixture.chat(["temperature": .number(0.5), "stop": ["a"]])
    for length in 0..<body.count {
      let refusal = try await endpoint.refusal(endpoint.request(Array(body.prefix(length))))
      #expect(refusal == Refusal(400, "json-malformed"))
    }
    #expect(try await endpoint.refusal(endpoint.request(body + [0x7D])) == Refusal(400, "json-malformed"))
    let twice = Array(#"{"model":"a","model":"b","messages":[]}"#.utf8)
    #expect(try await endpoint.refusal(endpoint.request(twice)) == Refusal(400, "json-duplicate-member"))
    #expect(try await endpoint.refusal(endpoint.request(Array("[]".utf8))) == Refusal(400, "json-wrong-type"))
  }

  @Test("refused: a body above the limit, by its announced length and by what comes")
  func oversized() async throws {
    let endpoint = try EndpointFixture()
    let large = [UInt8](repeating: 0x20, count: ChatCompletionRequest.byteLimit + 1)
    #expect(try await endpoint.refusal(endpoint.request(large)) == Refusal(413, "request-too-large"))
    let announced = endpoint.request().with("content-length", "\(ChatCompletionRequest.byteLimit + 1)")
    #expect(try await endpoint.refusal(announced) == Refusal(413, "request-too-large"))
    var model = endpoint.request([0x7B, 0x7D])
    (model.method, model.path) = ("GET", "/v1/models")
    #expect(try await endpoint.refusal(model) == Refusal(413, "request-too-large"))
  }
}
