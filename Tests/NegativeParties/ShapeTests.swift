import BinaryHTTP
import HTTPMessages
import InMemoryParties
import Inference
import Testing

@Suite("On the wire, requests of one class look alike, and so do all answers", .keepsFolders)
struct ShapeTests {
  /// Sizes of one message: enough to tell two apart by looking.
  private struct Shape: Hashable {
    let sender: String
    let toNode: Bool
    let pathByteCount: Int
    let requestFields: [String]
    let requestByteCount: Int
    let status: Int?
    let responseFields: [String]
    let responseByteCount: Int?

    init(_ message: InMemoryNetwork.Message) {
      sender = message.sender
      toNode = message.server.hasPrefix("http://node-")
      pathByteCount = message.request.path.utf8.count
      requestFields = message.request.fields.map { "\($0.name): \($0.value)" }
      requestByteCount = message.request.body.count
      status = message.response?.status
      responseFields = message.response?.fields.map { "\($0.name): \($0.value)" } ?? []
      responseByteCount = message.response?.body.count
    }
  }

  private func shapes(_ deployment: InMemoryDeployment) -> [Shape] {
    deployment.network.messages.filter { $0.request.method == "POST" }.map(Shape.init)
  }

  @Test("shape: two chats of one class are the same sizes on every hop, both ways")
  func twoChats() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    var seen: Set<[Shape]> = []
    let texts = ["ok", String(repeating: "a longer story about the garden. ", count: 100), "ünïcödé 🌻"]
    for text in texts {
      deployment.network.forgetMessages()
      _ = try await client.summarize(ChatText.export(saying: text))
      seen.insert(shapes(deployment))
    }
    #expect(seen.count == 1)
    #expect(seen.first?.count == 3)
  }

  @Test("shape: answers are the same size in every class of requests")
  func answersOfEveryClass() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    var requestSizes: [Int] = []
    var answerSizes: Set<Int?> = []
    for count in [10, 400, 2_000] {
      deployment.network.forgetMessages()
      _ = try await client.summarize(
        ChatText.export(saying: String(repeating: "a story about the garden. ", count: count)))
      let atRelay = try #require(shapes(deployment).first { $0.sender == "client" })
      requestSizes.append(atRelay.requestByteCount)
      answerSizes.insert(atRelay.responseByteCount)
    }
    #expect(Set(requestSizes).count == 3)
    #expect(answerSizes.count == 1)
  }

  @Test("shape: every refusal inside the encryption is as long as an answer, on every hop that sees it")
  func refusals() async throws {
    var options = InMemoryDeployment.Options()
    options.engine = { node -> any Engine in
      switch node {
      case 1: ScriptedEngine(.fails)
      case 2: ScriptedEngine(.says(String(repeating: "long ", count: 9_000)))
      default: EmbeddedEngine()
      }
    }
    let deployment = try await InMemoryDeployment.started(options)
    let handmade = try await HandmadeRequest(deployment)
    let body = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))
    let good = try HandmadeRequest.innerRequest(body: body)
    let failing = deployment.bundleIndex(ofNode: 1, in: handmade.bundle)
    let verbose = deployment.bundleIndex(ofNode: 2, in: handmade.bundle)
    let sound = deployment.bundleIndex(ofNode: 0, in: handmade.bundle)
    let spent = try await handmade.drawAuthorization()
    let message = try handmade.sealToNode(good, node: sound).encapsulatedRequest
    deployment.network.forgetMessages()

    var statuses: [Int] = []
    statuses.append(try await handmade.askNode(good, node: sound, authorization: spent).statusCode)
    statuses.append(try await handmade.askNode(good, node: sound, authorization: spent).statusCode)
    for (request, node) in [
      (try HandmadeRequest.innerRequest(path: "/v1/none", body: body), sound),
      (try HandmadeRequest.innerRequest(body: [0x7B]), sound), (good, failing), (good, verbose),
      (Array(repeating: 0xFF, count: 8_192), sound),
    ] {
      let authorization = try await handmade.drawAuthorization()
      statuses.append(try await handmade.askNode(request, node: node, authorization: authorization).statusCode)
    }
    let unknownNode = "/nodes/" + String(repeating: "0", count: 64)
    statuses.append(
      try await handmade.ask(
        try handmade.outerRequest(path: unknownNode, authorization: spent, content: message)
      ).statusCode)
    deployment.network.kill(DeploymentNames.node(0))
    let last = try await handmade.drawAuthorization()
    statuses.append(try await handmade.askNode(good, node: sound, authorization: last).statusCode)
    #expect(statuses == [200, 401, 404, 400, 502, 500, 400, 404, 502])

    let hops = shapes(deployment)
    #expect(Set(hops.filter { $0.sender == "client" && $0.pathByteCount > 20 }).count == 1)
    #expect(Set(hops.filter { $0.sender == "relay" }).count == 1)
    #expect(Set(hops.filter { $0.toNode && $0.responseByteCount != nil }).count == 1)
  }
}
