import ArgumentParser
import CloisterClient
import HTTPMessages
import InMemoryParties
import Inference
import Node
import PartyHosting

/// How much later than a direct call's the first byte of a stream comes, with everything but the cadence.
struct StreamBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stream",
    abstract: "Times the first event of a chat over client, relay, gateway and node against a direct call.",
    discussion: """
      All parties are in this process, behind sockets of loopback; the engine says its first word at once and its last \
      one 20 ms later. Frames leave as soon as they hold something (a node that serves has no such setting). The client \
      keeps a token ready, as one that lives long does. Bar: 2 ms at p50.
      """)

  @Option(help: "How many requests of each kind.")
  var count = 200

  mutating func run() async throws {
    var options = InMemoryDeployment.Options()
    options.tokensPerDay = UInt64(count + 20)
    options.dailyQuota = count + 20
    options.pacing = .whenFilled
    options.engine = { _ in PromptEngine() }
    let deployment = try await InMemoryDeployment.started(options)
    let client = try await deployment.makeClientWithTokens(preparesNext: true)
    try await client.state.consent.change { $0.grant(ChatAnswer.task) }
    let sockets = SocketNetwork()
    await sockets.attach(DirectEngine(), at: "http://engine.test")
    try await deployment.network.carry(over: sockets)

    let clock = ContinuousClock()
    var (direct, whole) = (Sample(), Sample())
    let request = try ChatCompletionRequest(
      model: "any", messages: [.init(role: .user, content: "hello")], stream: true)
    for round in 0..<count + 10 {
      var start = clock.now
      let answer = try await sockets.sender.stream(
        StreamedRequest(method: "POST", path: "/", body: ByteStream(request.jsonValue.canonicalBytes)),
        to: "http://engine.test")
      var pieces = answer.body.makeAsyncIterator()
      _ = try await pieces.next()
      let directTime = clock.now - start
      while try await pieces.next() != nil {}

      start = clock.now
      var events = try await client.chat(request).makeAsyncIterator()
      _ = try await events.next()
      let wholeTime = clock.now - start
      while try await events.next() != nil {}
      // The first rounds open connections and fill caches.
      if round >= 10 {
        direct.add(directTime)
        whole.add(wholeTime)
      }
    }
    await sockets.close()
    print("direct: median \(direct.median.millisecondText) to the first byte over \(count) calls")
    print("private: median \(whole.median.millisecondText) to the first event over \(count) requests")
    print("added at p50: \((whole.median - direct.median).millisecondText); bar 2 ms")
  }
}

/// Says a word at once and another one when that has arrived: without a pause, the frames that fill the class would race
/// the first one for the two loops that all parties share here.
private struct PromptEngine: Engine {
  let name = "prompt"
  static let pause = Duration.milliseconds(20)

  func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    throw InferenceError(InferenceError.engineCannot, "this engine chats alone")
  }

  func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    throw InferenceError(InferenceError.engineCannot, "this engine streams alone")
  }

  func stream(
    _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
  ) async throws(InferenceError) {
    await receive(ChatCompletionChunk(identifier: "chatcmpl-1", created: 7, model: name, content: "hello"))
    try? await ContinuousClock().sleep(for: Self.pause)
    await receive(
      ChatCompletionChunk(
        identifier: "chatcmpl-1", created: 7, model: name, content: " there", finishReason: .stop))
  }
}

/// The same engine without anything around it.
private struct DirectEngine: Party {
  let name = "engine"

  func requestBodyLimit(method: String, path: String) -> Int? { 65_536 }

  func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    do {
      let body = try await request.body.collect(byteLimit: 65_536)
      try await answer.begin(status: 200, fields: [HTTPField("content-type", ServerSentEvents.mediaType)])
      try await PromptEngine().stream(try ChatCompletionRequest(parsing: body)) { chunk in
        try? await answer.write(ServerSentEvents.event(chunk.jsonValue.canonicalBytes))
      }
      try await answer.write(ServerSentEvents.event(ServerSentEvents.done))
    } catch {
      await answer.abort()
    }
  }
}
