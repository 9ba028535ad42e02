import ArgumentParser
import BinaryHTTP
import Confinement
import EngineProcess
import Foundation
import HTTPMessages
import InMemoryParties
import Inference
import NIOCore
import NIOHTTP1
import NIOPosix
import Node
import ObliviousHTTP
import StrictJSON
import Trust

/// What a node adds to its engine's own time: opening, admission, reading and writing anew, sealing.
struct NodeBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node",
    abstract: "Times streamed chats over a node against the same chats asked of its engine directly.",
    discussion: """
      The engine is a real one in the node's sandbox (scripts/llama-engine "$(scripts/tiny-model)" > engine.json), asked \
      over its socket in both cases, in turns. Node and client are in this process, with a socket of loopback between \
      them; frames leave as soon as they hold something (a node that serves has no such setting). Both are asked by \
      SwiftNIO's own HTTP client, so that no more than the node is added, and timed from the request's last preparation \
      (sealing) until the bytes with the token are there: opening them is the client's own work, and is done once the \
      answer is over, since client and node share this machine's cores. Each request has a connection of its own into the \
      engine's sandbox, made when it is asked; a node makes it while it opens the request. Bars: 1 ms more to the first \
      token at p50; tokens per second within 3 %.
      """)

  @Option(help: "The engine, as in a node's configuration.")
  var engine: String

  @Option(help: "How many chats of each kind.")
  var count = 240

  @Option(help: "Tokens of each answer.")
  var tokens = 512

  mutating func run() async throws {
    let process = try await startedEngine()
    var options = InMemoryDeployment.Options()
    options.pacing = .whenFilled
    options.engine = { _ in OpenAICompatibleEngine(model: "assistant", transport: process) }
    let client = try await NodeClient(options)
    try await client.connected { try await compare(process, &$0) }
    await client.close()
  }

  private func compare(_ process: EngineProcess, _ client: inout NodeConnection) async throws {
    let request = try ChatCompletionRequest(
      model: "assistant", messages: [.init(role: .user, content: "Say something.")], maxTokens: Int64(tokens),
      temperature: 0, seed: 1, stream: true)

    var (direct, private_) = (Timings(), Timings())
    // The first rounds open connections and fill caches.
    for round in 0..<count + 5 {
      let directRun = try await Self.ask(process, request)
      let privateRun = try await client.ask(request)
      guard round >= 5 else { continue }
      direct.add(directRun)
      private_.add(privateRun)
    }
    let added = private_.first.median - direct.first.median
    print("first token, direct: \(direct.first.text)")
    print("first token, node: \(private_.first.text); added at p50: \(added.millisecondText), bar 1 ms")
    print("\(tokens) tokens behind the first, direct: \(direct.rest.text)")
    print("\(tokens) tokens behind the first, node: \(private_.rest.text)")
    print(
      "token throughput of the node against the engine's: \(Duration.ratio(direct.rest.median, private_.rest.median)), "
        + "bar 0.97")
  }

  private func startedEngine() async throws -> EngineProcess {
    guard let bytes = FileManager.default.contents(atPath: engine),
      case .object(var members) = try await InMemoryDeployment().identity.nodeConfiguration
    else { throw ValidationError("no engine at \(engine)") }
    members["engine"] = try JSONValue(parsing: Array(bytes))
    let configuration = try NodeConfiguration(parsing: JSONValue.object(members).canonicalBytes)
    guard case .program(let program) = configuration.engine else { throw ValidationError("the engine is no program") }
    let control = try EngineLauncher.spawn(
      from: try Self.sealed(BenchProcess.sibling("cloister-node")), engine: try Self.sealed(program.binary.path),
      models: try program.models.map { try SealedFile(copying: $0.file.path, name: "model", byteLimit: 1 << 40) },
      arguments: program.arguments(modelPath: EngineLauncher.modelPath, socketPath: EngineLauncher.socketPath),
      environment: program.environment, memoryByteLimit: program.memoryByteLimit)
    let process = EngineProcess(
      launcher: EngineLauncher(inheriting: control), group: .singletonMultiThreadedEventLoopGroup)
    try await process.replace(
      startTime: .seconds(program.startSeconds),
      trial: EngineTrial(model: program.name, capabilities: program.capabilities))
    return process
  }

  private static func sealed(_ path: String) throws -> SealedFile {
    try SealedFile(copying: path, name: "program", isExecutable: true, byteLimit: 1 << 30)
  }

  /// The engine's own events, of which only the first that has text is read.
  private static func ask(_ engine: EngineProcess, _ request: ChatCompletionRequest) async throws -> ChatTimes {
    let start = ContinuousClock.now
    var first: Duration?
    var parser = EventStreamParser()
    try await engine.postStreaming(
      request.jsonValue.canonicalBytes, to: OpenAICompatibleEngine<EngineProcess>.completionsPath
    ) { piece throws(InferenceError) in
      guard first == nil else { return }
      let arrival = ContinuousClock.now
      for event in try parser.receive(piece[...]) where try !ChatCompletionChunk(parsing: event).content.isEmpty {
        first = arrival - start
        break
      }
    }
    return try ChatTimes(first: first, whole: ContinuousClock.now - start)
  }
}

/// One streamed answer.
struct ChatTimes {
  let first: Duration
  /// From the first token to the last.
  let rest: Duration

  init(first: Duration?, whole: Duration) throws {
    guard let first else { throw ValidationError("an answer had no text") }
    (self.first, rest) = (first, whole - first)
  }
}

private struct Timings {
  var first = Sample()
  var rest = Sample()

  mutating func add(_ times: ChatTimes) {
    first.add(times.first)
    rest.add(times.rest)
  }
}

extension Sample {
  fileprivate var text: String {
    "median \(median.millisecondText) (\(range.least.millisecondText) to \(range.most.millisecondText))"
  }
}

/// One node behind a socket, and the key to which requests are sealed.
private struct NodeClient {
  private let deployment: InMemoryDeployment
  private let server: BenchServers
  private let key: KeyConfiguration

  init(_ options: InMemoryDeployment.Options) async throws {
    deployment = try await InMemoryDeployment.started(options)
    let bundle = try await HandmadeRequest(deployment).bundle
    key = try KeyConfiguration(decoding: bundle.nodes[0].keyConfiguration)
    server = try await BenchServers([deployment.nodes[deployment.nodeIndex(ofBundle: bundle, 0)]])
  }

  /// Lends a connection that stays open, as a gateway's do.
  func connected(_ body: (inout NodeConnection) async throws -> Void) async throws {
    guard let port = server.servers[0].split(separator: ":").last.flatMap({ Int($0) }) else {
      throw ValidationError("the node does not listen")
    }
    let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(
      host: "127.0.0.1", port: port
    ) { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        return try NodeConnection.Channel(wrappingChannelSynchronously: channel)
      }
    }
    try await connection.executeThenClose { incoming, outgoing in
      var node = NodeConnection(answers: incoming.makeAsyncIterator(), requests: outgoing, key: key)
      try await body(&node)
    }
  }

  func close() async { await server.end() }
}

/// Seals requests to one node and asks it as its gateway would.
private struct NodeConnection {
  typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  var answers: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator
  let requests: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>
  let key: KeyConfiguration

  mutating func ask(_ request: ChatCompletionRequest) async throws -> ChatTimes {
    let sealed = try HandmadeRequest.innerRequest(
      path: OpenAICompatibleEngine<EngineProcess>.completionsPath, body: request.jsonValue.canonicalBytes,
      answerClass: .frames)
    var sealer = try ChunkedRequestSealer(to: key, using: nil, requiring: .xWing)
    let body = try sealer.sealWhole(sealed)
    let opener = try sealer.takeOpener()
    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: OHTTPForm.gatewayPath)
    head.headers = [
      "host": "node", "content-type": OHTTPForm.chunked.requestMediaType, "content-length": "\(body.count)",
    ]
    let start = ContinuousClock.now
    try await requests.write(contentsOf: [.head(head), .body(.byteBuffer(ByteBuffer(bytes: body))), .end(nil)])
    var pieces: [(bytes: ByteBuffer, arrival: Duration)] = []
    while let part = try await answers.next() {
      switch part {
      case .head(let head): guard head.status == .ok else { throw ValidationError("the node refused") }
      case .body(let piece): pieces.append((piece, ContinuousClock.now - start))
      case .end: return try Self.times(of: pieces, opener: opener)
      }
    }
    throw ValidationError("the node's answer broke off")
  }

  /// Opened once the answer is over: a client's own work is not done beside the node's.
  private static func times(
    of pieces: [(bytes: ByteBuffer, arrival: Duration)], opener: consuming ChunkedResponseOpener
  ) throws -> ChatTimes {
    var reader = AnswerFrameReader(.frames, .node)
    var parser = EventStreamParser()
    var first: Duration?
    var last = Duration.zero
    for (piece, arrival) in pieces {
      for chunk in try opener.feed(Array(buffer: piece)) {
        for case .content(let content) in try reader.receive(chunk) {
          for event in try parser.receive(content[...]) {
            guard event != ServerSentEvents.done else {
              last = arrival
              continue
            }
            if first == nil, try !ChatCompletionChunk(parsing: event).content.isEmpty { first = arrival }
          }
        }
      }
    }
    return try ChatTimes(first: first, whole: last)
  }
}
