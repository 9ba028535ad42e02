import CloisterClient
import HTTPMessages
import LocalEndpoint
import StrictJSON
import TestDeployment
import TestSupport
import Testing

@Suite("Chat completions for apps")
struct ChatCompletionsTests {
  @Test("a chat is answered whole, in OpenAI's form, and names its receipt")
  func whole() async throws {
    let endpoint = try EndpointFixture()
    let answer = try await endpoint.ask(endpoint.request())
    let receipt = try #require(endpoint.client.state.receipts.all().first)
    #expect(answer.status == 200)
    #expect(answer.field("x-cloister-receipt") == receipt.identifier)
    #expect(receipt.task == "chat")
    #expect(
      answer.json == [
        "id": .string("chatcmpl-" + receipt.identifier), "object": "chat.completion", "created": 7, "model": "test",
        "choices": [
          [
            "index": 0, "message": ["role": "assistant", "content": "We meet on Friday."], "logprobs": nil,
            "finish_reason": "stop",
          ]
        ],
      ])
  }

  @Test("a chat is answered as events, the first with the role, the last with the reason, and names its receipt")
  func streamed() async throws {
    let endpoint = try EndpointFixture()
    let answer = try await endpoint.ask(endpoint.request(EndpointFixture.chat(stream: true)))
    #expect(answer.field("content-type") == "text/event-stream")
    #expect(answer.field("x-cloister-receipt") == (try endpoint.client.state.receipts.all().first?.identifier))
    let events = answer.events
    #expect(events.last == "[DONE]")
    let deltas = try events.dropLast().map { event in
      guard case .object(let members) = try JSONValue(parsing: Array(event.utf8)),
        case .array(let choices)? = members["choices"], case .object(let choice)? = choices.first
      else { return JSONValue.null }
      return ["delta": choice["delta"] ?? .null, "finish_reason": choice["finish_reason"] ?? .null]
    }
    #expect(
      deltas == [
        ["delta": ["role": "assistant", "content": "We"], "finish_reason": nil],
        ["delta": ["content": " meet"], "finish_reason": nil],
        ["delta": ["content": " on Friday."], "finish_reason": "stop"],
      ])
  }

  private static let usage: JSONValue = ["prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13]

  @Test("a whole answer has the counts of tokens that the node tells")
  func counted() async throws {
    let endpoint = try EndpointFixture(events: EndpointFixture.countedWords)
    guard case .object(let answer)? = try await endpoint.ask(endpoint.request()).json else {
      throw JSONError(JSONError.wrongType, "")
    }
    #expect(answer["usage"] == Self.usage)
  }

  @Test("a stream that asks for counts ends with them, in an event without a choice; no other stream has any")
  func countedStream() async throws {
    for isAsked in [true, false] {
      let endpoint = try EndpointFixture(events: EndpointFixture.countedWords)
      let body = EndpointFixture.chat(["stream_options": ["include_usage": .boolean(isAsked)]], stream: true)
      let texts = try await endpoint.ask(endpoint.request(body)).events
      #expect(texts.last == "[DONE]")
      var events = try texts.dropLast().map { text in
        guard case .object(let members) = try JSONValue(parsing: Array(text.utf8)) else {
          throw JSONError(JSONError.wrongType, "")
        }
        return members
      }
      if isAsked {
        let last = try #require(events.last)
        events.removeLast()
        #expect(last["choices"] == [] && last["usage"] == Self.usage)
        #expect(last["id"] == events[0]["id"] && last["object"] == "chat.completion.chunk")
        #expect(last["created"] == 7 && last["model"] == "test")
      }
      #expect(events.count == 3)
      let usage: JSONValue? = isAsked ? .some(.null) : .none
      #expect(events.allSatisfy { $0["usage"] == usage && $0["choices"] != [] })
    }
  }

  @Test("counts of tokens in events are null where they are asked for and not told, and no count is invented")
  func usage() async throws {
    let cases: [(JSONValue, JSONValue?)] = [
      (["include_usage": true], .some(.null)), (["include_usage": false], .none), ([:], .none),
    ]
    for (options, usage) in cases {
      let endpoint = try EndpointFixture()
      let answer = try await endpoint.ask(
        endpoint.request(EndpointFixture.chat(["stream_options": options], stream: true)))
      #expect(answer.status == 200 && answer.events.count == 4 && answer.events.last == "[DONE]")
      for event in answer.events.dropLast() {
        guard case .object(let members) = try JSONValue(parsing: Array(event.utf8)) else {
          throw JSONError(JSONError.wrongType, "")
        }
        #expect(members["usage"] == usage)
      }
    }
  }

  @Test("an answer whose engine names no reason is ended with one")
  func noReason() async throws {
    let endpoint = try EndpointFixture(events: [EndpointFixture.event("We"), "[DONE]"])
    let events = try await endpoint.ask(endpoint.request(EndpointFixture.chat(stream: true))).events
    #expect(events.count == 3)
    #expect(events[1].contains(#""finish_reason":"stop""#))
  }

  @Test("an answer without a word is whole too", arguments: [true, false])
  func empty(stream: Bool) async throws {
    let endpoint = try EndpointFixture(events: ["[DONE]"])
    let answer = try await endpoint.ask(endpoint.request(EndpointFixture.chat(stream: stream)))
    #expect(answer.status == 200)
    #expect(answer.field("x-cloister-receipt") == (try endpoint.client.state.receipts.all().first?.identifier))
    if stream { #expect(answer.events.count == 2 && answer.events.last == "[DONE]") }
  }

  @Test("the first event is passed on before the second frame is there")
  func firstEvent() async throws {
    let endpoint = try EndpointFixture()
    let gate = Gate()
    endpoint.client.parties.behave { $0.beforeFrame = { frame in if frame == 1 { await gate.wait() } } }
    let answer = try await endpoint.stream(endpoint.request(EndpointFixture.chat(stream: true)))
    var pieces = answer.body.makeAsyncIterator()
    let first = try await pieces.next()
    #expect(String(decoding: first ?? [], as: UTF8.self).contains(#""content":"We""#))
    gate.open()
    let second = try await pieces.next()
    #expect(String(decoding: second ?? [], as: UTF8.self).contains(#""content":" meet""#))
  }

  @Test("a whole answer does not wait for the end of its class")
  func wholeBeforeTheEnd() async throws {
    let endpoint = try EndpointFixture()
    let gate = Gate()
    endpoint.client.parties.behave { $0.beforeFrame = { frame in if frame == 599 { await gate.wait() } } }
    #expect(try await endpoint.ask(endpoint.request()).status == 200)
    gate.open()
  }

  @Test("an app that hangs up leaves an answer that is read to the end of its class")
  func hungUp() async throws {
    let endpoint = try EndpointFixture()
    let (gate, last) = (Gate(), Gate())
    endpoint.client.parties.behave {
      $0.beforeFrame = { frame in
        if frame == 1 { await gate.wait() }
        if frame == 599 { last.open() }
      }
    }
    var answer: StreamedResponse? = try await endpoint.stream(endpoint.request(EndpointFixture.chat(stream: true)))
    var pieces = answer?.body.makeAsyncIterator()
    #expect(try await pieces?.next() != nil)
    pieces = nil
    answer = nil
    gate.open()
    await last.wait()
  }

  @Test(
    "an app that hangs up, or has all that it wants, keeps its place until its answer's class ends",
    .timeLimit(.minutes(1)), arguments: [true, false])
  func keepsItsPlace(hangsUp: Bool) async throws {
    let endpoint = try EndpointFixture(answerLimit: 1)
    let gate = Gate()
    let heldFrame = hangsUp ? 1 : 599
    endpoint.client.parties.behave { $0.beforeFrame = { frame in if frame == heldFrame { await gate.wait() } } }
    if hangsUp {
      var answer: StreamedResponse? = try await endpoint.stream(endpoint.request(EndpointFixture.chat(stream: true)))
      var pieces = answer?.body.makeAsyncIterator()
      #expect(try await pieces?.next() != nil)
      pieces = nil
      answer = nil
    } else {
      #expect(try await endpoint.ask(endpoint.request()).status == 200)
    }
    #expect(try Refusal(await endpoint.ask(endpoint.request())) == Refusal(503, "endpoint-busy"))
    gate.open()
    var status = 503
    while status == 503 { status = try await endpoint.ask(endpoint.request()).status }
    #expect(status == 200)
  }

  @Test("what a node refuses before its first word has a status, and afterwards is an event")
  func brokenOff() async throws {
    let refused = #"{"error":{"code":"engine-cannot"}}"#
    for stream in [true, false] {
      let endpoint = try EndpointFixture(events: [refused])
      let answer = try await endpoint.ask(endpoint.request(EndpointFixture.chat(stream: stream)))
      #expect(try Refusal(answer) == Refusal(422, "engine-cannot"))
      #expect(answer.field("x-cloister-receipt") == (try endpoint.client.state.receipts.all().first?.identifier))
    }
    let endpoint = try EndpointFixture(events: [EndpointFixture.event("We"), refused])
    let events = try await endpoint.ask(endpoint.request(EndpointFixture.chat(stream: true))).events
    #expect(events.count == 2)
    #expect(events.last?.contains(#""code":"engine-cannot""#) == true)
  }

  @Test("refused: a chat without a token, with the code and status that say so")
  func walletEmpty() async throws {
    let endpoint = try EndpointFixture(tokenCount: 0)
    #expect(try await endpoint.refusal(endpoint.request()) == Refusal(429, "wallet-empty"))
  }

  @Test("refused: a chat that the verified release names no model for, before a token is spent; no model is listed")
  func noModel() async throws {
    let endpoint = try EndpointFixture { $0.releases[0].entry.capabilities = [.rules] }
    let tokens = try endpoint.client.state.wallet.tokenCounts()
    for stream in [true, false] {
      let request = endpoint.request(EndpointFixture.chat(stream: stream))
      #expect(try await endpoint.refusal(request) == Refusal(422, "engine-cannot"))
    }
    #expect(try endpoint.client.state.wallet.tokenCounts() == tokens)
    #expect(try endpoint.client.state.receipts.all().isEmpty)
    var request = endpoint.request([]).without("content-type")
    (request.method, request.path) = ("GET", "/v1/models")
    #expect(try await endpoint.ask(request).json == ["object": "list", "data": []])
  }

  @Test("models are the releases of the verified bundle")
  func models() async throws {
    let endpoint = try EndpointFixture()
    var request = endpoint.request([])
    (request.method, request.path) = ("GET", "/v1/models")
    let answer = try await endpoint.ask(request.without("content-type"))
    #expect(answer.status == 200)
    let names = Set(try await endpoint.client.client.offeredReleases().map(\.name))
    #expect(!names.isEmpty)
    var list = try JSONObject(parsing: answer.body, name: "models")
    let identifiers = try list.array("data").map { model in
      var model = try JSONObject(model, name: "model")
      return try model.string("id")
    }
    #expect(Set(identifiers) == names)
    #expect(endpoint.client.hasSentNothing)
  }

  @Test("one model is told by its name; others are not there")
  func model() async throws {
    let endpoint = try EndpointFixture()
    let name = try #require(try await endpoint.client.client.offeredReleases().first?.name)
    var request = endpoint.request([]).without("content-type")
    for path in [name, name.replacing("-", with: "%2D")] {
      (request.method, request.path) = ("GET", "/v1/models/" + path)
      let answer = try await endpoint.ask(request)
      #expect(answer.status == 200)
      #expect(
        answer.json == ["id": .string(name), "object": "model", "created": 0, "owned_by": "cloister"])
    }
    for path in ["gpt-any", "", name + "/", "%"] {
      (request.method, request.path) = ("GET", "/v1/models/" + path)
      #expect(try await endpoint.refusal(request) == Refusal(404, "not-found", "model"))
    }
    (request.method, request.path) = ("DELETE", "/v1/models/" + name)
    #expect(try await endpoint.refusal(request) == Refusal(405, "method-not-allowed"))
  }

  @Test("refused: paths that are not there")
  func others() async throws {
    let endpoint = try EndpointFixture()
    var request = endpoint.request()
    for path in ["/v1/other", "/v1", "/v1/chat/completions/", "/v2/models", "/"] {
      request.path = path
      #expect(try await endpoint.refusal(request) == Refusal(404, "not-found"))
    }
  }

  @Test("refused: another method")
  func method() async throws {
    let endpoint = try EndpointFixture()
    var request = endpoint.request()
    request.method = "GET"
    #expect(try await endpoint.refusal(request) == Refusal(405, "method-not-allowed"))
  }
}

/// Opens for all who wait, once.
final class Gate: Sendable {
  private let stream: AsyncStream<Void>
  private let sink: AsyncStream<Void>.Continuation

  init() { (stream, sink) = AsyncStream.makeStream() }

  func open() { sink.finish() }

  func wait() async { for await _ in stream {} }
}
