import ArgumentParser
import CloisterClient
import HTTPMessages
import InMemoryParties
import Inference
import LocalEndpoint
import Node
import StrictJSON

/// What the local endpoint adds to the private path.
struct ProxyBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proxy",
    abstract: "Times a streamed chat through the local endpoint against the same chat by the SDK.",
    discussion: """
      All parties are in this process, behind sockets of loopback, and so is the endpoint; the engine says a word at \
      once and nineteen 20 ms later, and frames leave at their cadence, so what fills an answer's class comes behind it \
      and does not race its end. The client keeps a token ready, as the proxy does. The two kinds of request take turns. \
      Bar: 3 ms at p50, to the first event and to the end.
      """)

  @Option(help: "How many requests of each kind.")
  var count = 60

  /// Requests that open connections and fill caches.
  private static let warmUpCount = 10
  /// Between two requests: the frames that fill the classes of those before cross the same two loops.
  private static let pause = Duration.milliseconds(500)

  mutating func run() async throws {
    let sockets = SocketNetwork()
    let deployment = try await deployment()
    // Its folder, where the client's state lies too, goes with it.
    defer { withExtendedLifetime(deployment) {} }
    let client = try await deployment.makeClientWithTokens(preparesNext: true)
    try await deployment.network.carry(over: sockets)
    let state = await client.state
    let key = try state.apps.add("bench")
    try state.consent.change {
      $0.grant(ChatAnswer.task)
      $0.grant(ChatAnswer.task, toApp: "bench")
    }
    let address = EndpointAddress()
    await sockets.attach(
      LocalEndpoint(address: address, sections: [OpenAISection(client: client, state: state)]),
      at: Self.endpoint)
    let authority = String(try sockets.address(Self.endpoint).dropFirst("http://".count))
    guard let port = authority.split(separator: ":").last.flatMap({ Int($0) }) else { return }
    address.bind(host: "127.0.0.1", port: port)

    var (library, proxy) = (Times(), Times())
    for round in 0..<count + Self.warmUpCount {
      let bySDK = try await Self.askSDK(client)
      try await ContinuousClock().sleep(for: Self.pause)
      let byProxy = try await Self.askProxy(sockets.sender, authority: authority, key: key)
      try await ContinuousClock().sleep(for: Self.pause)
      guard round >= Self.warmUpCount else { continue }
      library.add(bySDK)
      proxy.add(byProxy)
    }
    await sockets.close()
    show("first event", library.first, proxy.first)
    show("whole answer", library.whole, proxy.whole)
  }

  private static let endpoint = "http://proxy.test"

  private func deployment() async throws -> InMemoryDeployment {
    let requestCount = 2 * (count + Self.warmUpCount) + 4
    var options = InMemoryDeployment.Options()
    options.tokensPerDay = UInt64(requestCount)
    options.dailyQuota = requestCount
    options.nodeClock = .system
    options.engine = { _ in TalkingEngine() }
    return try await InMemoryDeployment.started(options)
  }

  private struct Times {
    var (first, whole) = (Sample(), Sample())

    mutating func add(_ times: (first: Duration, whole: Duration)) {
      first.add(times.first)
      whole.add(times.whole)
    }
  }

  private static func askSDK(_ client: CloisterClient) async throws -> (first: Duration, whole: Duration) {
    let request = try ChatCompletionRequest(
      model: "any", messages: [.init(role: .user, content: "hello")], stream: true)
    let start = ContinuousClock.now
    let answer = try await client.chat(request)
    _ = try await answer.nextUntilWhole()
    let first = ContinuousClock.now - start
    while try await answer.nextUntilWhole() != nil {}
    let whole = ContinuousClock.now - start
    // Read to its end, as the proxy does, but not waited for.
    Task { try? await answer.remainder.finish() }
    return (first, whole)
  }

  private static func askProxy(
    _ sender: any StreamingHTTPExchange, authority: String, key: String
  ) async throws -> (first: Duration, whole: Duration) {
    let body: JSONValue = [
      "model": "any", "messages": [["role": "user", "content": "hello"]], "stream": true,
    ]
    let request = StreamedRequest(
      method: "POST", path: "/v1/chat/completions",
      fields: [HTTPField("authorization", "Bearer " + key), HTTPField("content-type", "application/json")],
      body: ByteStream(body.canonicalBytes))
    let start = ContinuousClock.now
    let answer = try await sender.stream(request, to: endpoint)
    guard answer.status == 200 else { throw ValidationError("the endpoint answered with status \(answer.status)") }
    var pieces = answer.body.makeAsyncIterator()
    _ = try await pieces.next()
    let first = ContinuousClock.now - start
    while try await pieces.next() != nil {}
    return (first, ContinuousClock.now - start)
  }

  private func show(_ what: String, _ library: Sample, _ proxy: Sample) {
    print(
      "\(what): SDK \(library.median.millisecondText), endpoint \(proxy.median.millisecondText) at p50 over \(count); "
        + "added \((proxy.median - library.median).millisecondText), ratio \(Duration.ratio(proxy.median, library.median)); "
        + "bar 3 ms")
  }
}

/// Says a word at once, in the first frame, and nineteen before the second one leaves.
private struct TalkingEngine: Engine {
  let name = "talking"

  func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    throw InferenceError(InferenceError.engineCannot, "this engine chats alone")
  }

  func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    throw InferenceError(InferenceError.engineCannot, "this engine streams alone")
  }

  func stream(
    _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
  ) async throws(InferenceError) {
    for number in 1...20 {
      if number == 2 { try? await ContinuousClock().sleep(for: .milliseconds(20)) }
      await receive(
        ChatCompletionChunk(
          identifier: "chatcmpl-1", created: 7, model: name, content: "word \(number) ",
          finishReason: number == 20 ? .stop : nil))
    }
  }
}
