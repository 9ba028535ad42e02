import BinaryHTTP
import CloisterClient
import ErrorCodes
import HTTPMessages
import InMemoryParties
import Inference
import StrictJSON
import Testing

@Suite("What people wrote is found nowhere but with them and, in memory, at the node", .keepsFolders)
struct MarkerTests {
  /// Said in the chat, and nowhere else in the world.
  private static let marker = "zebra-quince-78151-lantern"
  private static let search = MarkerSearch(marker)
  private static let chat = ChatText.export(saying: marker)

  private func expectNowhere(_ deployment: InMemoryDeployment) throws {
    #expect(try Self.search.places(in: deployment) == [])
    #expect(!deployment.logLines.lines.isEmpty)
  }

  /// Asks, expects a refusal with this code whose text tells nothing, and searches.
  private func expectRefusal(
    _ code: ErrorCode, by client: CloisterClient, _ deployment: InMemoryDeployment, chat: ChatExport = chat
  ) async throws {
    do {
      _ = try await client.summarize(chat)
      Issue.record("the request was not refused")
    } catch {
      #expect(error.code == code)
      #expect(!Self.search.isFound(in: "\(error) \(error.message) \(String(reflecting: error))"))
    }
    try expectNowhere(deployment)
  }

  private func deployment(_ behaviour: ScriptedEngine.Behaviour? = nil) async throws -> InMemoryDeployment {
    var options = InMemoryDeployment.Options()
    if let behaviour { options.engine = { _ in ScriptedEngine(behaviour) } }
    return try await InMemoryDeployment.started(options)
  }

  @Test("marker: the search itself finds it, in clear, in hexadecimal, in Base64 and in files")
  func searchFinds() async throws {
    let deployment = try await deployment()
    #expect(Self.search.isFound(in: "a \(Self.marker) b"))
    for offset in 0..<3 {
      let text = String(repeating: "x", count: offset) + "in " + Self.marker + " between"
      #expect(Self.search.isFound(in: Base64URLText.encode(Array(text.utf8))))
    }
    _ = try await deployment.get("/\(Self.marker)", from: DeploymentNames.relay)
    let places = try Self.search.places(in: deployment)
    #expect(places.contains("stranger to \(DeploymentNames.relay)"))
    #expect(places.contains { $0.hasSuffix("relay.jsonl") })
  }

  @Test("marker: on success")
  func success() async throws {
    let deployment = try await deployment(.repeatsLastMessage)
    let client = try await deployment.makeClientWithTokens()
    let answer = try await client.summarize(Self.chat, reader: "Ben")
    #expect(answer.summary.contains(Self.marker))
    try expectNowhere(deployment)
  }

  @Test("marker: on success with the second node")
  func secondNode() async throws {
    let deployment = try await deployment(.repeatsLastMessage)
    let client = try await deployment.makeClientWithTokens()
    deployment.network.kill(DeploymentNames.node(1))
    for _ in 0..<3 { #expect(try await client.summarize(Self.chat).summary.contains(Self.marker)) }
    try expectNowhere(deployment)
  }

  @Test("marker: in the metrics of a node that answered")
  func metrics() async throws {
    let deployment = try await deployment(.repeatsLastMessage)
    let client = try await deployment.makeClientWithTokens()
    #expect(try await client.summarize(Self.chat, reader: "Ben").summary.contains(Self.marker))
    await deployment.passMinutes(60)
    for node in 0..<3 { #expect(try await deployment.get("/metrics", from: DeploymentNames.node(node)).status == 200) }
    try expectNowhere(deployment)
  }

  @Test("marker: the engine fails")
  func engineFails() async throws {
    let deployment = try await deployment(.fails)
    let client = try await deployment.makeClientWithTokens()
    try await expectRefusal(ClientError.nodeRefused, by: client, deployment)
  }

  @Test("marker: the engine's answer is larger than its class")
  func answerTooLarge() async throws {
    let deployment = try await deployment(.says(String(repeating: Self.marker, count: 1_000)))
    let client = try await deployment.makeClientWithTokens()
    try await expectRefusal(ClientError.answerTooLarge, by: client, deployment)
  }

  @Test("marker: every node is dead")
  func nodesDead() async throws {
    let deployment = try await deployment()
    let client = try await deployment.makeClientWithTokens()
    for index in 0..<3 { deployment.network.kill(DeploymentNames.node(index)) }
    try await expectRefusal(ClientError.nodeUnreachable, by: client, deployment)
  }

  @Test("marker: gateway or relay is dead")
  func gatewayDead() async throws {
    let deployment = try await deployment()
    let client = try await deployment.makeClientWithTokens()
    deployment.network.kill(DeploymentNames.gateway)
    try await expectRefusal(ClientError.relayRefused, by: client, deployment)
    deployment.network.kill(DeploymentNames.relay)
    try await expectRefusal(HTTPExchangeError.unreachable, by: client, deployment)
  }

  @Test("marker: the connection breaks after the request was sent")
  func connectionBreaks() async throws {
    let deployment = try await deployment()
    let client = try await deployment.makeClientWithTokens()
    deployment.network.intercept(DeploymentNames.relay) { request, deliver throws(HTTPExchangeError) in
      _ = await deliver(request)
      throw .lost
    }
    try await expectRefusal(HTTPExchangeError.interrupted, by: client, deployment)
  }

  @Test(
    "marker: an answer is changed on its way",
    arguments: [DeploymentNames.relay, DeploymentNames.gateway, DeploymentNames.node(0)])
  func answerChanged(server: String) async throws {
    let deployment = try await deployment()
    let client = try await deployment.makeClientWithTokens()
    let servers = server == DeploymentNames.node(0) ? (0..<3).map { DeploymentNames.node($0) } : [server]
    for server in servers {
      deployment.network.intercept(server) { request, deliver in
        var answer = await deliver(request)
        if request.method == "POST", answer.body.count > 100 { answer.body[100] ^= 1 }
        return answer
      }
    }
    try await expectRefusal(ErrorCode("ohttp-decryption-failed"), by: client, deployment)
  }

  @Test("marker: a request is changed on its way", arguments: [DeploymentNames.gateway, DeploymentNames.node(0)])
  func requestChanged(server: String) async throws {
    let deployment = try await deployment()
    let client = try await deployment.makeClientWithTokens()
    let isNode = server == DeploymentNames.node(0)
    for server in isNode ? (0..<3).map({ DeploymentNames.node($0) }) : [server] {
      deployment.network.intercept(server) { request, deliver in
        var changed = request
        if !changed.body.isEmpty { changed.body[2_000] ^= 1 }
        return await deliver(changed)
      }
    }
    try await expectRefusal(isNode ? ClientError.nodeUnreachable : ClientError.relayRefused, by: client, deployment)
  }

  @Test("marker: a request is repeated on its way")
  func requestRepeated() async throws {
    let deployment = try await deployment()
    let client = try await deployment.makeClientWithTokens()
    deployment.network.intercept(DeploymentNames.gateway) { request, deliver in
      if request.method == "POST" { _ = await deliver(request) }
      return await deliver(request)
    }
    try await expectRefusal(ClientError.tokenRefused, by: client, deployment)
    deployment.network.intercept(DeploymentNames.gateway, nil)
    for index in 0..<3 {
      deployment.network.intercept(DeploymentNames.node(index)) { request, deliver in
        _ = await deliver(request)
        return await deliver(request)
      }
    }
    try await expectRefusal(ClientError.nodeUnreachable, by: client, deployment)
  }

  @Test("marker: no token is left")
  func walletEmpty() async throws {
    let deployment = try await deployment()
    try await expectRefusal(ClientError.walletEmpty, by: try deployment.makeClient(), deployment)
  }

  @Test("marker: the task was not opted in to, or the chat is excluded")
  func consentMissing() async throws {
    let deployment = try await deployment()
    let client = try await deployment.makeClientWithTokens()
    let chat = try Self.chat.identity()
    try await client.state.consent.change { $0.exclude(chat) }
    try await expectRefusal(ClientError.chatExcluded, by: client, deployment)
    try await client.state.consent.change { $0.revoke("summarize") }
    try await expectRefusal(ClientError.consentMissing, by: client, deployment)
  }

  @Test("marker: the file is no export")
  func noExport() async throws {
    let deployment = try await deployment()
    let client = try await deployment.makeClientWithTokens()
    let export = ChatExport(fileName: "\(Self.marker).txt", bytes: Array("\(Self.marker)\n".utf8))
    do {
      _ = try await client.summarize(export)
      Issue.record("the request was not refused")
    } catch {
      #expect(!Self.search.isFound(in: "\(error) \(error.message) \(String(reflecting: error))"))
    }
    try expectNowhere(deployment)
  }

  @Test("marker: no epoch is published")
  func noEpoch() async throws {
    let deployment = try await InMemoryDeployment()
    let client = try deployment.makeClient()
    try await expectRefusal(ClientError.epochUnavailable, by: client, deployment)
  }

  @Test("marker: the node's decrypted request is not of its form, in every way that holds content")
  func innerRequestMalformed() async throws {
    let deployment = try await deployment()
    let handmade = try await HandmadeRequest(deployment)
    let bodies: [String] = [
      Self.marker, #"{"\#(Self.marker)":1}"#, #"{"transcript":"\#(Self.marker)"}"#,
      #"{"transcript":"","\#(Self.marker)":""}"#, #"{"transcript":"[2026-03-13 09:10] \#(Self.marker)"#,
    ]
    var requests = try bodies.map { try HandmadeRequest.innerRequest(body: Array($0.utf8)) }
    requests.append(try HandmadeRequest.innerRequest(path: "/\(Self.marker)", body: []))
    requests.append(try HandmadeRequest.innerRequest(method: "GET", path: "/v1/\(Self.marker)", body: []))
    requests.append(
      try HandmadeRequest.innerRequest(fields: ["content-type": "\(Self.marker)"], body: Array(bodies[2].utf8)))
    let completion: JSONValue = ["model": "any", "messages": [["role": "user", "content": .string(Self.marker)]]]
    requests.append(
      try HandmadeRequest.innerRequest(path: "/v1/chat/completions", body: completion.canonicalBytes))
    requests.append(Array(Self.marker.utf8))
    for request in requests {
      let authorization = try await handmade.drawAuthorization()
      let answer = try await handmade.askNode(request, authorization: authorization)
      #expect((400..<500).contains(answer.statusCode))
      // Not even inside the encryption.
      #expect(!Self.search.isFound(in: answer.content))
    }
    try expectNowhere(deployment)
  }

  @Test("marker: what the gateway decrypts goes into no answer and no log")
  func outerRequestMalformed() async throws {
    let deployment = try await deployment()
    let handmade = try await HandmadeRequest(deployment)
    let requests = [
      try handmade.outerRequest(path: "/\(Self.marker)", authorization: nil, content: []),
      try handmade.outerRequest(path: "/nodes/\(Self.marker)", authorization: Self.marker, content: []),
      try handmade.outerRequest(authorization: "PrivateToken token=\"\(Self.marker)\"", content: []),
      try handmade.outerRequest(authorization: nil, contentType: Self.marker, content: []),
      Array(Self.marker.utf8),
    ]
    for request in requests {
      let answer = try await handmade.ask(request)
      #expect((400..<500).contains(answer.statusCode))
      #expect(!Self.search.isFound(in: answer.content))
    }
    try expectNowhere(deployment)
  }
}
