import CloisterClient
import Foundation
import HTTPMessages
import Inference
import LocalEndpoint
import StrictJSON
import TestDeployment
import TestSupport
import Testing

/// The endpoint of a person who granted chats to themselves and to one app, in front of a deployment in memory.
struct EndpointFixture {
  static let authority = "127.0.0.1:8642"
  static let appName = "editor"

  let client: ClientFixture
  let endpoint: LocalEndpoint
  /// Of the app.
  let key: String

  /// - Parameters:
  ///   - events: the data of what a node streams.
  ///   - answerLimit: how many answers are under way at a time.
  ///   - hasEmbedders: the nodes embed, and do nothing else.
  ///   - edit: changes the epoch before it is published.
  init(
    tokenCount: Int = 2, events: [String] = Self.words, answerLimit: Int = 64, hasEmbedders: Bool = false,
    edit: (inout EpochPlan) -> Void = { _ in }
  ) throws {
    var fixture = try DeploymentFixture.shared.get()
    let epoch = DeploymentFixture.firstEpoch
    if hasEmbedders {
      fixture.policy.releases.append(.init(name: "embedder-node", role: "embedder", minimumSecurityVersion: 5))
    }
    var plan = fixture.plan()
    if hasEmbedders {
      (plan.releases[0].entry.name, plan.releases[0].entry.role) = ("embedder-node", "embedder")
      for index in plan.nodes.indices { plan.nodes[index].role = "embedder" }
    }
    edit(&plan)
    client = try ClientFixture(fixture, time: fixture.time(in: epoch), tokenCount: tokenCount)
    client.parties.serve(try fixture.publish(plan), epoch: epoch)
    client.parties.behave { $0.events = events }
    key = try client.state.apps.add(Self.appName)
    try client.state.consent.change {
      $0.grant(ChatAnswer.task)
      $0.grant(ChatAnswer.task, toApp: Self.appName)
    }
    let address = EndpointAddress()
    address.bind(host: "127.0.0.1", port: 8642)
    endpoint = LocalEndpoint(
      address: address, sections: [OpenAISection(client: client.client, state: client.state, answerLimit: answerLimit)])
  }

  static func event(
    _ text: String, _ reason: ChatCompletionResponse.FinishReason? = nil, usage: TokenUsage? = nil
  ) -> String {
    ChatCompletionChunk(
      identifier: "engine-1", created: 7, model: "test", content: text, finishReason: reason, usage: usage
    ).jsonValue.canonicalText
  }

  static let words = [event("We"), event(" meet"), event(" on Friday.", .stop), "[DONE]"]
  /// The same, of a node that tells how many tokens its engine counted.
  static let countedWords = [
    event("We"), event(" meet"),
    event(" on Friday.", .stop, usage: TokenUsage(promptTokenCount: 9, completionTokenCount: 4)), "[DONE]",
  ]

  static func chat(_ members: [String: JSONValue] = [:], stream: Bool = false) -> [UInt8] {
    let form: [String: JSONValue] = [
      "model": "gpt-any", "stream": .boolean(stream),
      "messages": [["role": "user", "content": .string(ClientFixture.marker)]],
    ]
    return JSONValue.object(form.merging(members) { _, new in new }).canonicalBytes
  }

  /// A chat as the app sends it.
  func request(_ body: [UInt8] = Self.chat()) -> WholeRequest {
    WholeRequest(
      method: "POST", path: "/v1/chat/completions",
      fields: [
        HTTPField("host", Self.authority), HTTPField("authorization", "Bearer " + key),
        HTTPField("content-type", "application/json"),
      ], body: body, peerAddress: "127.0.0.1")
  }

  func stream(_ request: WholeRequest) async throws -> StreamedResponse {
    let endpoint = endpoint
    return try await StreamedAnswer { await endpoint.respond(to: StreamedRequest(request), $0) }.response()
  }

  func ask(_ request: WholeRequest) async throws -> WholeResponse {
    let response = try await stream(request)
    return WholeResponse(
      status: response.status, fields: response.fields, body: try await response.body.collect(byteLimit: 1 << 20))
  }

  /// What a request is refused with, in OpenAI's form; that nothing of it left is checked too.
  func refusal(_ request: WholeRequest) async throws -> Refusal {
    let response = try await ask(request)
    let refusal = try Refusal(response)
    #expect(client.hasSentNothing)
    return refusal
  }
}

/// `{"error": {"message", "type", "param", "code"}}`, no more and no less.
struct Refusal: Equatable {
  let status: Int
  let code: String
  var member: String?

  init(_ status: Int, _ code: String, _ member: String? = nil) {
    self.status = status
    self.code = code
    self.member = member
  }

  init(_ response: WholeResponse) throws {
    status = response.status
    var body = try JSONObject(parsing: response.body, name: "answer")
    var error = try body.object("error")
    _ = try error.string("message")
    _ = try error.string("type")
    code = try error.string("code")
    member = if case .string(let name) = try error.value("param") { name } else { nil }
    try error.finish()
    try body.finish()
    #expect(response.field("x-should-retry") == "false")
  }
}

extension WholeResponse {
  var json: JSONValue? { try? JSONValue(parsing: body) }

  /// The data of each event.
  var events: [String] {
    String(decoding: body, as: UTF8.self).components(separatedBy: "\n\n").filter { !$0.isEmpty }
      .map { String($0.dropFirst("data: ".count)) }
  }
}
