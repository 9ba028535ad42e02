import CloisterClient
import Foundation
import HTTPMessages
import Inference
import StrictJSON
import TestDeployment
import TestSupport
import Testing

@Suite("Responses for apps")
struct ResponsesTests {
  private static let words = "We meet on Friday."

  /// A response whose parts are those of a test's request; members that tell what happened are given.
  private static func response(
    _ receipt: String, _ status: String, text: String? = words, incomplete: JSONValue = nil
  ) -> [String: JSONValue] {
    [
      "id": .string("resp_" + receipt), "object": "response", "created_at": 7, "model": "test",
      "status": .string(status), "output": .array(text.map { [message(receipt, status, $0)] } ?? []), "error": nil,
      "incomplete_details": incomplete, "instructions": nil, "max_output_tokens": nil, "temperature": nil,
      "top_p": nil, "background": false, "metadata": [:], "parallel_tool_calls": false, "previous_response_id": nil,
      "reasoning": nil, "text": ["format": ["type": "text"]], "tool_choice": "none", "tools": [],
      "truncation": "disabled", "usage": nil,
    ]
  }

  private static func message(_ receipt: String, _ status: String, _ text: String?) -> JSONValue {
    [
      "id": .string("msg_" + receipt), "type": "message", "role": "assistant", "status": .string(status),
      "content": .array(text.map { [part($0)] } ?? []),
    ]
  }

  private static func part(_ text: String) -> JSONValue {
    ["type": "output_text", "text": .string(text), "annotations": []]
  }

  @Test("a response is whole, tells back what was asked, and names its receipt")
  func whole() async throws {
    let endpoint = try EndpointFixture()
    let answer = try await endpoint.ask(
      endpoint.response([
        "instructions": "Be brief.", "max_output_tokens": 20, "temperature": .number(0.5), "top_p": .number(0.25),
      ]))
    let receipt = try #require(endpoint.client.state.receipts.all().first)
    #expect(answer.status == 200)
    #expect(answer.field("x-cloister-receipt") == receipt.identifier)
    #expect(receipt.task == "chat")
    let asked: [String: JSONValue] = [
      "instructions": "Be brief.", "max_output_tokens": 20, "temperature": .number(0.5), "top_p": .number(0.25),
    ]
    let expected = Self.response(receipt.identifier, "completed").merging(asked) { _, asked in asked }
    #expect(answer.json == .object(expected))
  }

  @Test("a response has the counts of tokens that the node tells, once it is whole", arguments: [true, false])
  func counted(stream: Bool) async throws {
    // The whole answer in one event: what begins has no counts all the same.
    let usage = TokenUsage(promptTokenCount: 9, completionTokenCount: 4)
    let endpoint = try EndpointFixture(events: [EndpointFixture.event(Self.words, .stop, usage: usage), "[DONE]"])
    let answer = try await endpoint.ask(endpoint.response(["stream": .boolean(stream)]))
    let receipt = try #require(answer.field("x-cloister-receipt"))
    var expected = Self.response(receipt, "completed")
    expected["usage"] = [
      "input_tokens": 9, "input_tokens_details": ["cached_tokens": 0, "cache_write_tokens": 0],
      "output_tokens": 4, "output_tokens_details": ["reasoning_tokens": 0], "total_tokens": 13,
    ]
    if stream {
      let events = try answer.namedEvents
      #expect(events.first?.data["response"] == .object(Self.response(receipt, "in_progress", text: nil)))
      #expect(events.last?.data["response"] == .object(expected))
    } else {
      #expect(answer.json == .object(expected))
    }
  }

  @Test("a response that reached its limit is incomplete", arguments: [true, false])
  func incomplete(stream: Bool) async throws {
    let endpoint = try EndpointFixture(events: [EndpointFixture.event("We", .length), "[DONE]"])
    let answer = try await endpoint.ask(endpoint.response(["stream": .boolean(stream)]))
    let receipt = try #require(answer.field("x-cloister-receipt"))
    let expected = JSONValue.object(
      Self.response(receipt, "incomplete", text: "We", incomplete: ["reason": "max_output_tokens"]))
    if stream {
      let last = try #require(try answer.namedEvents.last)
      #expect(last.name == "response.incomplete")
      #expect(last.data["response"] == expected)
    } else {
      #expect(answer.json == expected)
    }
  }

  @Test("a response comes as events, named and numbered, in the order that OpenAI's clients expect")
  func streamed() async throws {
    let endpoint = try EndpointFixture()
    let answer = try await endpoint.ask(endpoint.response(["stream": true]))
    let receipt = try #require(answer.field("x-cloister-receipt"))
    #expect(answer.field("content-type") == "text/event-stream")
    #expect(receipt == (try endpoint.client.state.receipts.all().first?.identifier))
    let begun = JSONValue.object(Self.response(receipt, "in_progress", text: nil))
    func ofPart(_ members: [String: JSONValue]) -> [String: JSONValue] {
      let place: [String: JSONValue] = [
        "item_id": .string("msg_" + receipt), "output_index": 0, "content_index": 0,
      ]
      return members.merging(place) { own, _ in own }
    }
    func delta(_ text: JSONValue) -> [String: JSONValue] { ofPart(["delta": text, "logprobs": []]) }
    let expected: [(String, [String: JSONValue])] = [
      ("response.created", ["response": begun]),
      ("response.in_progress", ["response": begun]),
      (
        "response.output_item.added", ["output_index": 0, "item": Self.message(receipt, "in_progress", nil)]
      ),
      ("response.content_part.added", ofPart(["part": Self.part("")])),
      ("response.output_text.delta", delta("We")),
      ("response.output_text.delta", delta(" meet")),
      ("response.output_text.delta", delta(" on Friday.")),
      ("response.output_text.done", ofPart(["text": .string(Self.words), "logprobs": []])),
      ("response.content_part.done", ofPart(["part": Self.part(Self.words)])),
      (
        "response.output_item.done", ["output_index": 0, "item": Self.message(receipt, "completed", Self.words)]
      ),
      ("response.completed", ["response": .object(Self.response(receipt, "completed"))]),
    ]
    let events = try answer.namedEvents
    #expect(events.map(\.name) == expected.map(\.0))
    for (number, (event, (name, members))) in zip(events, expected).enumerated() {
      let head: [String: JSONValue] = ["type": .string(name), "sequence_number": .integer(Int64(number))]
      #expect(event.data == members.merging(head) { own, _ in own })
    }
  }

  @Test("a response without a word is whole too", arguments: [true, false])
  func empty(stream: Bool) async throws {
    let endpoint = try EndpointFixture(events: ["[DONE]"])
    let answer = try await endpoint.ask(endpoint.response(["stream": .boolean(stream)]))
    #expect(answer.status == 200)
    #expect(answer.field("x-cloister-receipt") == (try endpoint.client.state.receipts.all().first?.identifier))
    guard stream else { return }
    let names = try answer.namedEvents.map(\.name)
    #expect(names.first == "response.created" && names.last == "response.completed")
    #expect(!names.contains("response.output_text.delta"))
  }

  @Test("the first word comes with the events before it, before the second frame is there, and is not yet the end")
  func firstEvent() async throws {
    let endpoint = try EndpointFixture()
    let gate = Gate()
    endpoint.client.parties.behave { $0.beforeFrame = { frame in if frame == 1 { await gate.wait() } } }
    let answer = try await endpoint.stream(endpoint.response(["stream": true]))
    var pieces = answer.body.makeAsyncIterator()
    let first = String(decoding: try await pieces.next() ?? [], as: UTF8.self)
    #expect(first.hasPrefix("event: response.created\n"))
    #expect(first.contains(#""delta":"We""#))
    #expect(!first.contains("response.completed"))
    gate.open()
    let second = String(decoding: try await pieces.next() ?? [], as: UTF8.self)
    #expect(second.hasPrefix("event: response.output_text.delta\n"))
  }

  @Test("what a node refuses before a response's first word has a status, and afterwards is an event of the client's")
  func brokenOff() async throws {
    let refused = #"{"error":{"code":"engine-cannot"}}"#
    for stream in [true, false] {
      let endpoint = try EndpointFixture(events: [refused])
      let answer = try await endpoint.ask(endpoint.response(["stream": .boolean(stream)]))
      #expect(try Refusal(answer) == Refusal(422, "engine-cannot"))
      #expect(answer.field("x-cloister-receipt") == (try endpoint.client.state.receipts.all().first?.identifier))
    }
    let endpoint = try EndpointFixture(events: [EndpointFixture.event("We"), refused])
    let events = try await endpoint.ask(endpoint.response(["stream": true])).namedEvents
    #expect(
      events.map(\.name) == [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
        "response.output_text.delta", "error",
      ])
    let last = try #require(events.last)
    #expect(last.data["type"] == "error")
    #expect(last.data["sequence_number"] == 5)
    #expect(last.data["code"] == "engine-cannot")
    #expect(last.data["param"] == .null)
    guard case .object(let error)? = last.data["error"] else { throw JSONError(JSONError.missingMember, "") }
    #expect(error["code"] == "engine-cannot")
    #expect(error["type"] == "invalid_request_error")
    #expect(error["message"] == last.data["message"])
  }

  @Test("refused: a response for an app that the person did not let chat")
  func consent() async throws {
    let endpoint = try EndpointFixture()
    try endpoint.client.state.consent.change { $0.revoke(ChatAnswer.task, fromApp: EndpointFixture.appName) }
    #expect(try await endpoint.refusal(endpoint.response()) == Refusal(403, "app-consent-missing"))
  }

  @Test("refused: a response without a token, and by a method, type, host or key that a chat is refused for")
  func others() async throws {
    let endpoint = try EndpointFixture(tokenCount: 0)
    let request = endpoint.response()
    #expect(try await endpoint.refusal(request) == Refusal(429, "wallet-empty"))
    var get = request
    get.method = "GET"
    #expect(try await endpoint.refusal(get) == Refusal(405, "method-not-allowed"))
    let cases: [(String, String, Refusal)] = [
      ("content-type", "text/plain", Refusal(415, "endpoint-content-type")),
      ("host", "rebound.example", Refusal(421, "endpoint-host-foreign")),
      ("origin", "https://evil.example", Refusal(403, "endpoint-origin-foreign")),
      ("authorization", "Bearer sk-cloister-0000", Refusal(401, "endpoint-key-unknown")),
    ]
    for (field, value, expected) in cases {
      #expect(try await endpoint.refusal(request.with(field, value)) == expected)
    }
    var below = request
    below.path = "/v1/responses/resp_4711"
    #expect(try await endpoint.refusal(below) == Refusal(404, "not-found"))
  }
}

extension EndpointFixture {
  static func responseBody(_ members: [String: JSONValue] = [:]) -> [UInt8] {
    let form: [String: JSONValue] = ["model": "gpt-any", "input": .string(ClientFixture.marker)]
    return JSONValue.object(form.merging(members) { _, new in new }).canonicalBytes
  }

  /// A request for a response as the app sends it.
  func response(_ members: [String: JSONValue] = [:]) -> WholeRequest {
    var request = request(Self.responseBody(members))
    request.path = "/v1/responses"
    return request
  }
}

extension WholeResponse {
  /// Name and data of each event.
  fileprivate var namedEvents: [(name: String, data: [String: JSONValue])] {
    get throws {
      try String(decoding: body, as: UTF8.self).components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { event in
        let lines = event.components(separatedBy: "\n")
        guard lines.count == 2, lines[0].hasPrefix("event: "), lines[1].hasPrefix("data: "),
          case .object(let data) = try JSONValue(parsing: Array(lines[1].dropFirst("data: ".count).utf8))
        else { throw JSONError(JSONError.malformed, "an event is not a name and data") }
        return (String(lines[0].dropFirst("event: ".count)), data)
      }
    }
  }
}
