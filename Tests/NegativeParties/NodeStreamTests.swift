import BinaryHTTP
import HTTPMessages
import InMemoryParties
import Inference
import Node
import ObliviousHTTP
import Testing
import Trust

@Suite("A node's answer, frame by frame on its clock", .keepsFolders)
struct NodeStreamTests {
  private struct Asked {
    let deployment: InMemoryDeployment
    let handmade: HandmadeRequest
    let engine = FedEngine()

    init(admission: AdmissionLimits = .standard) async throws {
      var options = InMemoryDeployment.Options()
      options.admission = admission
      options.engine = { [engine] _ in engine }
      deployment = try await InMemoryDeployment.started(options)
      deployment.clock.holdSleepers()
      handmade = try await HandmadeRequest(deployment)
    }

    var server: String { DeploymentNames.node(deployment.nodeIndex(ofBundle: handmade.bundle, 0)) }

    func ask(
      _ body: [UInt8] = HandmadeRequest.chatBody(), path: String = "/v1/chat/completions",
      answerClass: AnswerClass = .frames
    ) async throws -> StreamedResponse {
      let inner = try handmade.sealToNode(
        try HandmadeRequest.innerRequest(path: path, body: body, answerClass: answerClass))
      return try await handmade.stream(handmade.nodeRequest(inner.encapsulatedRequest), to: server)
    }

    /// Lets one cadence pass once the node waits for it.
    func passFrame(_ answerClass: AnswerClass = .frames) async {
      await deployment.clock.sleepers(1)
      deployment.clock.advance(bySeconds: answerClass.cadence / .seconds(1))
    }
  }

  /// Reads an answer to its end on the test's clock: the size and the time of each frame.
  private func frames(_ asked: Asked, _ response: StreamedResponse, _ answerClass: AnswerClass) async throws -> [Int] {
    #expect(response.status == 200)
    #expect(response.field("content-type") == OHTTPForm.chunked.responseMediaType)
    let start = asked.deployment.clock.monotonicNow
    var pieces = response.body.makeAsyncIterator()
    var sizes: [Int] = []
    while let piece = try await pieces.next() {
      #expect(asked.deployment.clock.monotonicNow - start == answerClass.cadence * sizes.count)
      sizes.append(piece.count)
      if sizes.count < answerClass.frameCount { await asked.passFrame(answerClass) }
    }
    return sizes
  }

  @Test(
    "chats, refusals and failures of the engine are the same sizes at the same times",
    arguments: [AnswerClass.frames, .strict])
  func shape(answerClass: AnswerClass) async throws {
    let asked = try await Asked()
    let layout = AnswerLayout(answerClass)
    let expected = (0..<layout.frameCount).map { layout.nodeEncapsulatedByteCount(ofFrame: $0) }
    asked.engine.say("a story")
    asked.engine.end()
    #expect(try await frames(asked, try await asked.ask(answerClass: answerClass), answerClass) == expected)
    asked.engine.fail()
    #expect(try await frames(asked, try await asked.ask(answerClass: answerClass), answerClass) == expected)
    for text in [String(repeating: "long ", count: 500), String(repeating: "far too long ", count: 50_000)] {
      asked.engine.say(text)
      asked.engine.end()
      #expect(try await frames(asked, try await asked.ask(answerClass: answerClass), answerClass) == expected)
    }
    let malformed = try await asked.ask(Array("{}".utf8), answerClass: answerClass)
    #expect(try await frames(asked, malformed, answerClass) == expected)
    let unknown = try await asked.ask(path: "/v1/none", answerClass: answerClass)
    #expect(try await frames(asked, unknown, answerClass) == expected)
    let summary = try await asked.ask(
      HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed")), path: "/v1/tasks/summarize",
      answerClass: answerClass)
    #expect(try await frames(asked, summary, answerClass) == expected)
  }

  @Test("what the engine says leaves with the next frame, before it says more")
  func nextFrame() async throws {
    let asked = try await Asked()
    let response = try await asked.ask()
    let reading = FrameReading(response.body)
    let layout = AnswerLayout(.frames)
    // The first frame is there although the engine has said nothing.
    #expect(try await reading.next(layout.nodeEncapsulatedByteCount(ofFrame: 0)) != nil)
    asked.engine.say("one")
    await asked.passFrame()
    #expect(try await reading.next(layout.nodeEncapsulatedByteCount(ofFrame: 1)) != nil)
  }

  @Test("an engine is given up when whoever asked goes away")
  func cancelled() async throws {
    let asked = try await Asked()
    var response: StreamedResponse? = try await asked.ask()
    var pieces = response?.body.makeAsyncIterator()
    _ = try await pieces?.next()
    (pieces, response) = (nil, nil)
    await asked.engine.cancelled()
  }

  @Test("an engine that never ends is given up when the class of its answer ends")
  func endless() async throws {
    let asked = try await Asked()
    asked.engine.say("one")
    let sizes = try await frames(asked, try await asked.ask(), .frames)
    #expect(sizes.count == AnswerClass.frames.frameCount)
    await asked.engine.cancelled()
  }

  @Test("a busy node refuses inside the encryption, in the frames of an answer")
  func busy() async throws {
    let limits = AdmissionLimits(runningCount: 2, waitingCount: 0, waitLimit: .zero)
    let asked = try await Asked(admission: limits)
    var answers: [StreamedResponse] = []
    for _ in 0..<limits.runningCount { answers.append(try await asked.ask()) }
    let sealed = try asked.handmade.sealToNode(
      try HandmadeRequest.innerRequest(
        path: "/v1/chat/completions", body: HandmadeRequest.chatBody(), answerClass: .frames))
    let message = sealed.encapsulatedRequest
    let opener = sealed.takeOpener()
    asked.deployment.clock.skipSleep()
    let node = DeploymentNames.node(asked.deployment.nodeIndex(ofBundle: asked.handmade.bundle, 0))
    let response = try await asked.handmade.stream(asked.handmade.nodeRequest(message), to: node)
    let body = try await response.body.collect(byteLimit: 1 << 20)
    let layout = AnswerLayout(.frames)
    #expect(body.count == (0..<layout.frameCount).reduce(0) { $0 + layout.nodeEncapsulatedByteCount(ofFrame: $1) })
    let answer = try BinaryHTTP.Response(decoding: try opener.open(body))
    #expect(answer.statusCode == 503)
    #expect(answer.refusalCode == "node-busy")
    #expect(answers.count == limits.runningCount)
  }

  @Test("a request that waits for its turn has the frames of one that does not, and is answered when it came")
  func waits() async throws {
    let asked = try await Asked(
      admission: AdmissionLimits(runningCount: 1, waitingCount: 1, waitLimit: .seconds(60)))
    let first = try await asked.ask()
    let second = try await asked.ask()
    let layout = AnswerLayout(.frames)
    let reading = FrameReading(second.body)
    #expect(try await reading.next(layout.nodeEncapsulatedByteCount(ofFrame: 0)) != nil)
    // The two answers' frames, and the deadline of the one that waits.
    await asked.deployment.clock.sleepers(3)
    asked.deployment.clock.advance(bySeconds: AnswerClass.frames.cadence / .seconds(1))
    #expect(try await reading.next(layout.nodeEncapsulatedByteCount(ofFrame: 1)) != nil)
    asked.engine.end()
    asked.engine.end()
    asked.deployment.clock.skipSleep()
    for frame in 2..<layout.frameCount {
      #expect(try await reading.next(layout.nodeEncapsulatedByteCount(ofFrame: frame)) != nil)
    }
    #expect(first.status == 200)
  }

  @Test("a request whose turn does not come in time is refused behind the frames that left")
  func waitsTooLong() async throws {
    let asked = try await Asked(admission: AdmissionLimits(runningCount: 1, waitingCount: 1, waitLimit: .seconds(5)))
    let first = try await asked.ask()
    let sealed = try asked.handmade.sealToNode(
      try HandmadeRequest.innerRequest(
        path: "/v1/chat/completions", body: HandmadeRequest.chatBody(), answerClass: .frames))
    let message = sealed.encapsulatedRequest
    let opener = sealed.takeOpener()
    let second = try await asked.handmade.stream(asked.handmade.nodeRequest(message), to: asked.server)
    await asked.deployment.clock.sleepers(3)
    asked.deployment.clock.skipSleep()
    let answer = try BinaryHTTP.Response(decoding: try opener.open(try await second.body.collect(byteLimit: 1 << 20)))
    #expect(answer.statusCode == 200)
    #expect(String(decoding: answer.content, as: UTF8.self).contains(#"data: {"error":{"code":"node-busy"}}"#))
    #expect(first.status == 200)
  }

  @Test("node: a request without its final chunk is not looked at")
  func unfinished() async throws {
    let asked = try await Asked()
    let inner = try asked.handmade.sealToNode(
      try HandmadeRequest.innerRequest(
        path: "/v1/chat/completions", body: HandmadeRequest.chatBody(), requestClass: .medium))
    let node = DeploymentNames.node(asked.deployment.nodeIndex(ofBundle: asked.handmade.bundle, 0))
    let part = Array(inner.encapsulatedRequest.prefix(20_000))
    let refused = try await asked.handmade.send(asked.handmade.nodeRequest(part), to: node)
    #expect(refused.status == 400)
    #expect(refused.refusalCode == "request-malformed")
  }

  @Test("node: a stream asked for as a block, and a whole answer asked for in frames")
  func otherForm() async throws {
    let asked = try await Asked()
    asked.deployment.clock.skipSleep()
    let whole = Array(#"{"messages":[{"content":"hello","role":"user"}],"model":"any"}"#.utf8)
    for (body, answerClass) in [(HandmadeRequest.chatBody(), AnswerClass.block), (whole, .frames)] {
      let sealed = try asked.handmade.sealToNode(
        try HandmadeRequest.innerRequest(path: "/v1/chat/completions", body: body, answerClass: answerClass))
      let message = sealed.encapsulatedRequest
      let opener = sealed.takeOpener()
      let node = DeploymentNames.node(asked.deployment.nodeIndex(ofBundle: asked.handmade.bundle, 0))
      let response = try await asked.handmade.send(asked.handmade.nodeRequest(message), to: node)
      let answer = try BinaryHTTP.Response(decoding: try opener.open(response.body))
      #expect(answer.statusCode == 400)
      #expect(answer.refusalCode == "request-malformed")
    }
  }
}
