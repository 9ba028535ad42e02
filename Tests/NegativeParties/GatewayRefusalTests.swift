import HTTPMessages
import InMemoryParties
import ObliviousHTTP
import Testing

@Suite("Requests that a gateway refuses", .keepsFolders)
struct GatewayRefusalTests {
  private static let body = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))

  private func encapsulated(_ handmade: HandmadeRequest) async throws -> [UInt8] {
    let message = try handmade.sealToNode(try HandmadeRequest.innerRequest(body: Self.body)).encapsulatedRequest
    let outer = try handmade.outerRequest(authorization: try await handmade.drawAuthorization(), content: message)
    return try handmade.sealToGateway(outer).encapsulatedRequest
  }

  @Test(
    "gateway: unknown node",
    arguments: [
      "/nodes/", "/nodes/00", "/nodes/" + String(repeating: "0", count: 64), "/nodes/../health",
      "/nodes/http://node-1.test",
    ])
  func unknownNode(path: String) async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let message = try handmade.sealToNode(try HandmadeRequest.innerRequest(body: Self.body)).encapsulatedRequest
    let authorization = try await handmade.drawAuthorization()
    let answer = try await handmade.ask(
      try handmade.outerRequest(path: path, authorization: authorization, content: message))
    #expect(answer.statusCode == 404)
    #expect(answer.refusalCode == "node-unknown")
    // What was not routed did not cost a token.
    #expect(
      try await handmade.askNode(try HandmadeRequest.innerRequest(body: Self.body), authorization: authorization)
        .statusCode == 200)
  }

  @Test(
    "gateway: decrypted request that it does not pass on",
    arguments: [
      (path: "/", contentType: "message/ohttp-req"), (path: "/epoch/1", contentType: "message/ohttp-req"),
      (path: "/v1/tasks/summarize", contentType: "message/ohttp-req"),
    ])
  func otherPath(path: String, contentType: String) async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let answer = try await handmade.ask(
      try handmade.outerRequest(path: path, authorization: nil, contentType: contentType, content: [1]))
    #expect(answer.statusCode == 400)
    #expect(answer.refusalCode == "gateway-request-malformed")
  }

  @Test("gateway: decrypted request of another content type", arguments: ["application/json", "message/ohttp-res"])
  func otherContentType(contentType: String) async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let answer = try await handmade.ask(
      try handmade.outerRequest(authorization: nil, contentType: contentType, content: [1]))
    #expect(answer.statusCode == 400)
    #expect(answer.refusalCode == "gateway-request-malformed")
  }

  @Test("gateway: decrypted bytes that are no Binary HTTP", arguments: [0, 1, 100, 8_192])
  func noBinaryHTTP(count: Int) async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let answer = try await handmade.ask(Array(repeating: 0xFF, count: count))
    #expect(answer.statusCode == 400)
    #expect(answer.refusalCode == "gateway-request-malformed")
  }

  @Test("gateway: truncated or changed encapsulation, always with the same answer")
  func notDecrypted() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let message = try await encapsulated(handmade)
    var answers: Set<[UInt8]> = []
    func send(_ bytes: [UInt8]) async throws {
      let answer = try await handmade.send(handmade.relayRequest(bytes), to: DeploymentNames.relay)
      #expect(answer.status == 400)
      answers.insert(answer.body)
    }
    for length in [0, 1, 6, 7, 8, 600, 1_126, 1_127, 1_128, 1_142, 1_143, message.count - 1] {
      try await send(Array(message.prefix(length)))
    }
    for offset in [7, 8, 500, 1_095, 1_126, 1_127, 5_000, message.count - 17, message.count - 1] {
      var changed = message
      changed[offset] ^= 0x10
      try await send(changed)
    }
    try await send(message + [0])
    #expect(answers == [Array(#"{"code":"gateway-request-malformed"}"#.utf8)])
    #expect(try await handmade.send(handmade.relayRequest(message), to: DeploymentNames.relay).status == 200)
  }

  @Test("gateway: unknown key identifier, with the ohttp-key problem")
  func unknownKey() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    var message = try await encapsulated(handmade)
    message[0] ^= 0x40
    let answer = try await handmade.send(handmade.relayRequest(message), to: DeploymentNames.relay)
    #expect(answer.status == 400)
    #expect(answer.field("content-type") == "application/problem+json")
    #expect(OHTTPProblem(mediaType: answer.field("content-type"), content: answer.body) == .keyUnknown)
  }

  @Test("gateway: message of another media type")
  func otherMediaType() async throws {
    let handmade = try await HandmadeRequest(InMemoryDeployment.started())
    let message = try await encapsulated(handmade)
    for fields in [[], [HTTPField("content-type", "application/json")], [HTTPField("content-type", "text/html")]] {
      let request = WholeRequest(
        method: "POST", path: "/.well-known/ohttp-gateway", fields: fields, body: message)
      let answer = try await handmade.send(request, to: DeploymentNames.gateway)
      #expect(answer.status == 415)
      #expect(answer.refusalCode == "gateway-request-malformed")
    }
  }

  @Test(
    "gateway: epoch that it did not publish, or that is not written in the one form of its number",
    arguments: ["/epoch/0", "/epoch/2", "/epoch/01", "/epoch/+1", "/epoch/-1", "/epoch/", "/epoch/1/", "/epoch/one"])
  func unknownEpoch(path: String) async throws {
    let deployment = try await InMemoryDeployment.started()
    let answer = try await deployment.get(path, from: DeploymentNames.gateway)
    #expect(answer.status == 404)
    #expect(answer.refusalCode == "epoch-unknown")
  }

  @Test("gateway: a node's clear answer in place of an encapsulated one becomes node-unreachable")
  func clearAnswerOfANode() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    for index in 0..<3 {
      deployment.network.intercept(DeploymentNames.node(index)) { _, _ in
        WholeResponse(status: 200, contentType: "application/json", body: Array(#"{"summary":"x"}"#.utf8))
      }
    }
    let answer = try await handmade.askNode(
      try HandmadeRequest.innerRequest(body: Self.body), authorization: try await handmade.drawAuthorization())
    #expect(answer.statusCode == 502)
    #expect(answer.refusalCode == "node-unreachable")
  }
}
