import BinaryHTTP
import CloisterClient
import HTTPMessages
import InMemoryParties
import Inference
import Testing
import Trust

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
    /// Empty where the response came as a whole.
    let pieces: [InMemoryNetwork.Piece]

    init(_ message: InMemoryNetwork.Message) {
      sender = message.sender
      toNode = message.server.hasPrefix("http://node-")
      pathByteCount = message.request.path.utf8.count
      requestFields = message.request.fields.map { "\($0.name): \($0.value)" }
      requestByteCount = message.request.body.count
      status = message.response?.status
      responseFields = message.response?.fields.map { "\($0.name): \($0.value)" } ?? []
      responseByteCount = message.response?.body.count
      pieces = message.pieces
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
    for messageCount in [1, 8, 40, 150] {
      deployment.network.forgetMessages()
      let story = String(repeating: "a story about the garden. ", count: 80)
      let lines = (0..<messageCount).map { "13/03/2026, 09:\(10 + $0 / 4) - Ada: \($0): \(story)\n" }
      _ = try await client.summarize(
        ChatExport(fileName: "WhatsApp Chat with Garden.txt", bytes: Array(lines.joined().utf8)))
      let atRelay = try #require(shapes(deployment).first { $0.sender == "client" })
      requestSizes.append(atRelay.requestByteCount)
      answerSizes.insert(atRelay.responseByteCount)
    }
    #expect(Set(requestSizes).count == RequestClass.allCases.count)
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

  /// A deployment whose nodes say what a test feeds them.
  private struct Chatting {
    let engine = FedEngine()
    let handmade: HandmadeRequest
    /// The first node, by its index in the bundle.
    let node: Int
    private(set) var tokens: [String] = []

    init(tokenCount: Int) async throws {
      var options = InMemoryDeployment.Options()
      options.engine = { [engine] _ in engine }
      let deployment = try await InMemoryDeployment.started(options)
      handmade = try await HandmadeRequest(deployment)
      node = deployment.bundleIndex(ofNode: 0, in: handmade.bundle)
      for _ in 0..<tokenCount { tokens.append(try await handmade.drawAuthorization()) }
    }
  }

  /// One conversation in a class of frames, read frame by frame on the test's clock.
  private func read(
    _ handmade: HandmadeRequest, _ body: [UInt8], path: String = "/v1/chat/completions", node: Int,
    authorization: String, _ answerClass: AnswerClass
  ) async throws {
    let deployment = handmade.deployment
    let inner = try handmade.sealToNode(
      try HandmadeRequest.innerRequest(path: path, body: body, answerClass: answerClass), node: node)
    let outer = try handmade.outerRequest(
      node: node, authorization: authorization, answerClass: answerClass, content: inner.encapsulatedRequest)
    let response = try await handmade.stream(
      handmade.relayRequest(try handmade.sealToGateway(outer).encapsulatedRequest), to: DeploymentNames.relay)
    let layout = AnswerLayout(answerClass)
    let reading = FrameReading(response.body)
    for frame in 0..<layout.frameCount {
      #expect(try await reading.next(layout.gatewayEncapsulatedByteCount(ofFrame: frame)) != nil)
      guard frame + 1 < layout.frameCount else { break }
      await deployment.clock.sleepers(1)
      deployment.clock.advance(bySeconds: answerClass.cadence / .seconds(1))
    }
    #expect(try await reading.isAtEnd())
  }

  @Test(
    "shape: chats, refusals and failures of one class have equal sizes and equal frame times on every hop",
    arguments: [AnswerClass.frames, .strict])
  func frameTimes(answerClass: AnswerClass) async throws {
    let chatting = try await Chatting(tokenCount: 5)
    let (engine, handmade, deployment) = (chatting.engine, chatting.handmade, chatting.handmade.deployment)
    let (node, tokens) = (chatting.node, chatting.tokens)
    deployment.clock.holdSleepers()
    deployment.network.forgetMessages()
    let chat = HandmadeRequest.chatBody()

    engine.say("ok")
    engine.end()
    try await read(handmade, chat, node: node, authorization: tokens[0], answerClass)
    for _ in 0..<50 { engine.say("a longer story about the garden, ") }
    engine.end()
    let question = HandmadeRequest.chatBody(String(repeating: "and then? ", count: 300))
    try await read(handmade, question, node: node, authorization: tokens[1], answerClass)
    engine.fail()
    try await read(handmade, chat, node: node, authorization: tokens[2], answerClass)
    try await read(handmade, chat, path: "/v1/none", node: node, authorization: tokens[3], answerClass)
    // A token that was spent.
    try await read(handmade, chat, node: node, authorization: tokens[0], answerClass)
    deployment.network.kill(DeploymentNames.node(0))
    try await read(handmade, chat, node: node, authorization: tokens[4], answerClass)

    let hops = shapes(deployment)
    let atRelay = hops.filter { $0.sender == "client" }
    #expect(atRelay.count == 6)
    #expect(Set(atRelay).count == 1)
    #expect(Set(hops.filter { $0.sender == "relay" }).count == 1)
    #expect(Set(hops.filter { $0.toNode && $0.responseByteCount != nil }).count == 1)
    let times = try #require(atRelay.first).pieces.map(\.time)
    #expect(Set(times).count == answerClass.frameCount)
  }

  @Test(
    "shape: over sockets, chats, refusals and failures of one class are as many bytes on the wire at the same times",
    .timeLimit(.minutes(10)))
  func onTheWire() async throws {
    let chatting = try await Chatting(tokenCount: 4)
    let (engine, handmade, deployment) = (chatting.engine, chatting.handmade, chatting.handmade.deployment)
    let (node, tokens) = (chatting.node, chatting.tokens)
    let sockets = SocketNetwork()
    try await deployment.network.carry(over: sockets)
    let capture = try await sockets.capture(DeploymentNames.relay) { [clock = deployment.clock] in clock.monotonicNow }
    deployment.clock.holdSleepers()

    /// What crosses between client and relay, timed from its beginning.
    func crossing(_ body: [UInt8], path: String = "/v1/chat/completions", token: Int) async throws -> [Duration: Int] {
      let start = deployment.clock.monotonicNow
      try await read(handmade, body, path: path, node: node, authorization: tokens[token], .frames)
      let crossing = capture.take()
      var counts = [Duration.seconds(-1): crossing.sentByteCount]
      for (time, byteCount) in crossing.receivedByteCounts { counts[time - start] = byteCount }
      return counts
    }

    let (short, long) = (HandmadeRequest.chatBody(), HandmadeRequest.chatBody(String(repeating: "so? ", count: 700)))
    var seen: [[Duration: Int]] = []
    engine.say("ok")
    engine.end()
    // The first connects as well.
    _ = try await crossing(short, token: 0)
    for _ in 0..<50 { engine.say("a longer story about the garden, ") }
    engine.end()
    seen.append(try await crossing(long, token: 1))
    engine.fail()
    seen.append(try await crossing(short, token: 2))
    seen.append(try await crossing(short, path: "/v1/none", token: 3))
    // A token that was spent.
    seen.append(try await crossing(long, token: 0))
    await sockets.close()

    #expect(Set(seen).count == 1)
    #expect(seen.first?.count == 1 + AnswerClass.frames.frameCount)
  }

  @Test(
    "a hop that buffers: each frame reaches the client before the node makes the next", .timeLimit(.minutes(10)))
  func nothingBuffers() async throws {
    let chatting = try await Chatting(tokenCount: 1)
    chatting.handmade.deployment.clock.holdSleepers()
    // The node sleeps until the test, which has read the frame before, lets time pass.
    chatting.engine.end()
    try await read(
      chatting.handmade, HandmadeRequest.chatBody(), node: chatting.node, authorization: chatting.tokens[0], .frames)
  }
}
