import ArgumentParser
import BinaryHTTP
import Foundation
import HTTPMessages
import HTTPTransport
import InMemoryParties
import Inference
import Node
import ObliviousHTTP
import PartyHosting
import Trust

/// What a stream costs a node that carries many of them, and what becomes of those beyond what it takes.
struct NodeStreamsBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node-streams",
    abstract: "Many slow streams through one node process: resident memory of each, its pace, and overload.",
    discussion: """
      One process is the node, with its whole request path, over sockets, at its own cadence. This process is its engine, \
      which sends a token for each frame, and its clients. Memory is that of the node's process with all streams under \
      way less that after a warm-up, over the streams. Then as many and half as many more come: those beyond the node's \
      limit must be told node-busy, and the others keep their pace. Bar: no frame later than a second.
      """)

  @Option(help: "Streams at a time, which is also the most that the node takes.")
  var streams = 500

  @Option(help: "Frames that each stream waits for.")
  var frames = 300

  /// Of the class `frames`.
  private static let cadence = Duration.milliseconds(50)

  mutating func run() async throws {
    let engine = try await BenchServers([PacedEngine(pace: Self.cadence)])
    let node = try BenchProcess(
      CommandLine.arguments[0], ["node-process", "--engine", engine.servers[0], "--streams", "\(streams)"],
      processor: nil, announcesPort: true)
    defer { node.stop() }
    let memory = node.memory
    let clients = try await StreamClients(port: node.port)
    let request = try Self.request()
    _ = try await clients.run(Array(repeating: request, count: min(50, streams)), frames: frames)

    let before = memory.residentKiB
    let calm = try await clients.run(Array(repeating: request, count: streams), frames: frames) { memory.residentKiB }
    print(
      "\(streams) streams: \(calm.residentKiB(aboveBy: before, streams: streams)) KiB of resident memory each "
        + "(\(before) KiB before, \(calm.residentKiB) KiB with all of them)")
    print(calm.gapText(cadence: Self.cadence))

    let crowd = streams + streams / 2
    let busy = try await clients.run(Array(repeating: request, count: crowd), frames: frames) { memory.residentKiB }
    let answers = try busy.firstFrames.map(Self.answer)
    let refusedCount = answers.filter { $0 == .refused }.count
    print(
      "\(crowd) streams: \(answers.count - refusedCount) answered, \(refusedCount) told node-busy, "
        + "\(busy.residentKiB) KiB with all of them")
    print(busy.gapText(cadence: Self.cadence))
    let longest = max(calm.longestGap, busy.longestGap)
    guard longest <= .seconds(1), calm.failureCount == 0, busy.failureCount == 0, refusedCount == crowd - streams else {
      throw ValidationError("a bar is missed")
    }
    await engine.end()
  }

  private static func request() throws -> [UInt8] {
    let chat = try ChatCompletionRequest(
      model: "assistant", messages: [.init(role: .user, content: "Say something.")], maxTokens: 1_000, stream: true)
    return try HandmadeRequest.innerRequest(
      path: OpenAICompatibleEngine<EngineSocket>.completionsPath, body: chat.jsonValue.canonicalBytes,
      answerClass: .frames)
  }

  private enum Answer { case text, refused }

  private static func answer(_ firstFrame: [UInt8]) throws -> Answer {
    var reader = AnswerFrameReader(.frames, .node)
    var status = 0
    var content: [UInt8] = []
    for event in try reader.receive(firstFrame) {
      switch event {
      case .statusCode(let code): status = code
      case .content(let bytes): content += bytes
      default: break
      }
    }
    if status == 200 { return .text }
    guard String(decoding: content, as: UTF8.self).contains(NodeError.busy.rawValue) else {
      throw ValidationError("an answer of status \(status) that is not node-busy")
    }
    return .refused
  }
}

/// The node as a process of its own, whose memory can be told from everything else.
struct NodeProcessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "node-process", shouldDisplay: false)

  @Option(help: "Server of the engine.")
  var engine: String

  @Option(help: "Streams that the node takes.")
  var streams: Int

  mutating func run() async throws {
    var options = InMemoryDeployment.Options()
    options.nodeClock = .system
    options.admission = AdmissionLimits(runningCount: streams, waitingCount: 0, waitLimit: .zero)
    let socket = EngineSocket(server: engine, exchange: SocketHTTPExchange())
    options.engine = { _ in OpenAICompatibleEngine(model: "assistant", transport: socket) }
    let deployment = try await InMemoryDeployment.started(options)
    let bundle = try await HandmadeRequest(deployment).bundle
    let party = NodeWithKey(
      node: deployment.nodes[deployment.nodeIndex(ofBundle: bundle, 0)],
      key: try KeyConfiguration(decoding: bundle.nodes[0].keyConfiguration))
    try await PartyProcess(label: "node", listen: "127.0.0.1:0", observePath: nil, endsWithParent: true).run(party)
    withExtendedLifetime(deployment) {}
  }
}

/// A node that also says its key, which clients have from their verified bundle otherwise.
private struct NodeWithKey: Party {
  let node: NodeService
  let key: KeyConfiguration

  var name: String { node.name }

  var answersQuickly: Bool { node.answersQuickly }

  func requestBodyLimit(method: String, path: String) -> Int? {
    method == "GET" ? 0 : node.requestBodyLimit(method: method, path: path)
  }

  func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    guard request.method == "GET" else { return await node.respond(to: request, answer) }
    try? await answer.send(
      WholeResponse(contentType: OHTTPForm.keysMediaType, body: KeyConfiguration.encodeList([key])))
  }
}

/// Sends a token at a time for as long as somebody listens.
private struct PacedEngine: Party {
  let name = "engine"
  let pace: Duration

  func requestBodyLimit(method: String, path: String) -> Int? { 1 << 20 }

  func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    do {
      _ = try await request.body.collect(byteLimit: 1 << 20)
      try await answer.begin(status: 200, fields: [HTTPField("content-type", ServerSentEvents.mediaType)])
      let token = ChatCompletionChunk(identifier: "1", created: 0, model: "assistant", content: " word")
      let event = ServerSentEvents.event(token.jsonValue.canonicalBytes)
      while true {
        try await answer.write(event)
        try await Task.sleep(for: pace)
      }
    } catch {
      await answer.abort()
    }
  }
}
