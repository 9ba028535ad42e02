import BinaryHTTP
import Foundation
import InMemoryParties
import Inference
import Node
import Testing

@Suite("How long an engine may work")
struct EngineTimeLimitTests {
  private static func clock() -> SettableClock {
    let clock = SettableClock(Date(timeIntervalSince1970: 1_790_000_000))
    clock.holdSleepers()
    return clock
  }

  private static func limit(_ clock: SettableClock) -> EngineTimeLimit {
    EngineTimeLimit(whole: .seconds(10), streamed: .seconds(20), clock: clock.monotonic)
  }

  @Test("work that ends in time is not disturbed, and leaves no timer behind", .timeLimit(.minutes(1)))
  func inTime() async throws {
    let clock = Self.clock()
    let output = try await Self.limit(clock).run(within: .seconds(10)) { () throws(InferenceError) in "done" }
    #expect(output == "done")
  }

  @Test(
    "an engine that is not done is cancelled at the limit, and the request is engine-too-slow", .timeLimit(.minutes(1)))
  func tooSlow() async throws {
    let clock = Self.clock()
    let engine = FedEngine()
    let request = try ChatCompletionRequest(model: "any", messages: [.init(role: .user, content: "hi")])
    let work = Task {
      try await Self.limit(clock).run(within: .seconds(10)) { () throws(InferenceError) in
        try await engine.stream(request) { _ in }
      }
    }
    await clock.sleepers(1)
    clock.advance(bySeconds: 9)
    await clock.sleepers(1)
    clock.advance(bySeconds: 1)
    await #expect(throws: InferenceError(InferenceError.engineTooSlow, "")) { try await work.value }
    await engine.cancelled()
  }

  @Test("what the work throws is thrown", .timeLimit(.minutes(1)))
  func failure() async {
    await #expect(throws: InferenceError(InferenceError.engineCannot, "")) {
      try await Self.limit(Self.clock()).run(within: .seconds(10)) { () throws(InferenceError) in
        throw InferenceError(InferenceError.engineCannot, "")
      }
    }
  }

  @Test("whole answers leave before the gateway gives up, after the longest wait for a turn")
  func standard() {
    #expect(AdmissionLimits.standard.waitLimit + EngineTimeLimit.standard(Self.clock().monotonic).whole < .seconds(60))
  }

  @Test("work is cancelled when whoever asked goes away", .timeLimit(.minutes(1)))
  func abandoned() async {
    let clock = Self.clock()
    let work = Task {
      try await Self.limit(clock).run(within: .seconds(10)) { () throws(InferenceError) in
        try await EndlessEngine().summarize(SummaryRequest(messages: []))
      }
    }
    await clock.sleepers(1)
    work.cancel()
    await #expect(throws: InferenceError.self) { _ = try await work.value }
  }

  @Test(
    "node: an engine that is not done by the node's clock is engine-too-slow, and its place is free again",
    .timeLimit(.minutes(1)))
  func node() async throws {
    var options = InMemoryDeployment.Options()
    options.engine = { _ in EndlessEngine() }
    options.engineSeconds = 10
    options.admission = AdmissionLimits(runningCount: 1, waitingCount: 0, waitLimit: .zero)
    let handmade = try await HandmadeRequest(InMemoryDeployment.started(options))
    let clock = handmade.deployment.clock
    clock.holdSleepers()
    let server = DeploymentNames.node(handmade.deployment.nodeIndex(ofBundle: handmade.bundle, 0))
    let body = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))
    for _ in 0..<2 {
      let sealed = try handmade.sealToNode(try HandmadeRequest.innerRequest(body: body))
      let request = handmade.nodeRequest(sealed.encapsulatedRequest)
      let opener = sealed.takeOpener()
      async let response = handmade.send(request, to: server)
      await clock.sleepers(1)
      clock.advance(bySeconds: 10)
      let answer = try BinaryHTTP.Response(decoding: try opener.open(try await response.body))
      #expect(answer.statusCode == 504)
      #expect(answer.refusalCode == "engine-too-slow")
    }
  }
}
