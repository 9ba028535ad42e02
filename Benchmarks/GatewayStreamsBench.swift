import ArgumentParser
import BinaryHTTP
import Foundation
import Gateway
import HTTPMessages
import HTTPTransport
import Logging
import ObliviousHTTP
import PartyHosting
import PrivacyPass
import SpentTokens
import Synchronization
import Trust

/// What a stream costs a gateway that carries many of them, and whether each gets its frames.
struct GatewayStreamsBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway-streams",
    abstract: "Many slow streams through one gateway process: resident memory of each, and the time to its next frame.",
    discussion: """
      One process is the gateway, with its whole request path: X-Wing, one token for each request, an in-memory record of
      spent tokens. This process is its nodes, which send the frames of the class `strict` at a slow cadence of their own,
      and its clients. Memory is that of the gateway's process with all streams under way less that after a warm-up, over
      the streams; 1,000 begin in a second. Bar: 64 KiB each; no frame later than the cadence and one second.
      """)

  @Option(help: "Streams at a time.")
  var streams = 2_000

  @Option(help: "Frames that each stream waits for.")
  var frames = 12

  @Option(help: "Milliseconds between a node's frames.")
  var cadence = 1_000

  static let nodeCount = 8

  mutating func run() async throws {
    let cadence = Duration.milliseconds(cadence)
    let nodes = try await SlowNodes(count: Self.nodeCount, cadence: cadence)
    let issuer = try TokenIssuer()
    let gateway = try GatewayProcess(nodes: nodes.servers, issuer: issuer.publicKey)
    defer { gateway.end() }
    let clients = try await StreamClients(server: gateway.server, issuer: issuer)
    _ = try await clients.run(count: 200, frames: 2)
    let before = try gateway.residentByteCount()
    let result = try await clients.run(count: streams, frames: frames) { try gateway.residentByteCount() }
    let each = Double(result.residentByteCount - before) / Double(streams) / 1_024
    let latest = result.gaps.max() ?? .zero
    let sorted = result.gaps.sorted()
    print(
      "\(streams) streams: \((each * 10).rounded() / 10) KiB of resident memory each "
        + "(\(before / 1_024) KiB before, \(result.residentByteCount / 1_024) KiB with all of them), bar 64")
    print(
      "time to the next frame at a cadence of \(cadence.millisecondText): median "
        + "\(sorted[sorted.count / 2].millisecondText), 99 % \(sorted[sorted.count * 99 / 100].millisecondText), "
        + "longest \(latest.millisecondText); streams that ended early: \(result.failureCount)")
    guard each <= 64, latest <= cadence + .seconds(1), result.failureCount == 0 else {
      throw ValidationError("a bar is missed")
    }
    await nodes.end()
  }
}

/// The gateway as a process of its own, whose memory can be told from everything else.
private struct GatewayProcess {
  let server: String
  private let process = Process()

  init(nodes: [String], issuer: IssuerPublicKey) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments =
      [
        "gateway-process", "--issuer-key", Data(issuer.subjectPublicKeyInfo).base64EncodedString(),
      ] + nodes
    process.standardInput = Pipe()
    process.standardOutput = output
    try process.run()
    guard
      let line = String(bytes: output.fileHandleForReading.availableData, encoding: .utf8)?.split(separator: "\n")
        .first,
      line.hasPrefix("listening ")
    else { throw ValidationError("the gateway process did not start") }
    server = "http://" + line.dropFirst("listening ".count)
  }

  func residentByteCount() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { throw ValidationError("the memory of the gateway process cannot be read") }
    return kibibytes * 1_024
  }

  func end() {
    process.terminate()
    process.waitUntilExit()
  }
}

/// The other side of `GatewayProcess`: the request path of a gateway, in front of nodes that it takes on trust.
struct GatewayProcessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "gateway-process", shouldDisplay: false)

  @Option(help: "The issuer's public key, base64.")
  var issuerKey: String

  @Argument(help: "Servers of the nodes.")
  var nodes: [String]

  mutating func run() async throws {
    guard let key = Data(base64Encoded: issuerKey) else { throw ValidationError("the issuer key is not base64") }
    let party = try await GatewayPath(nodes: nodes, issuerKey: try IssuerPublicKey(subjectPublicKeyInfo: Array(key)))
    try await PartyProcess(label: "gateway", listen: "127.0.0.1:0", observePath: nil, endsWithParent: true).run(party)
  }
}

/// Names and keys that both processes know.
private enum GatewayBenchDeployment {
  static let issuerName = "issuer.test"
  static let origin = "cloister.test"

  static func node(_ index: Int) -> String { "0\(index)" }

  static func challenge() throws -> TokenChallenge {
    try .cloister(issuerName: issuerName, originInfo: origin, issuerDay: 0)
  }
}

private struct GatewayPath: Party {
  let name = "gateway"
  private let oblivious: ObliviousGateway
  private let keys: [GatewayKey]

  init(nodes: [String], issuerKey: IssuerPublicKey) async throws {
    keys = [
      try GatewayKey(
        keyIdentifier: 1, privateKey: .generate(.xWing), symmetricAlgorithms: [SymmetricAlgorithm(aead: .aes256GCM)])
    ]
    let schedule = try EpochSchedule(start: 0, epochSeconds: 3_600)
    let servers = nodes.enumerated().map { (GatewayBenchDeployment.node($0.offset), $0.element) }
    let served = ServedEpochs.Holder(ServedEpochs(schedule: schedule))
    let published = EpochAssembly.Published(
      epoch: 0, nodes: Dictionary(uniqueKeysWithValues: servers), issuerDay: 0, issuerKeys: [issuerKey])
    try served.change { value throws in
      try value.replace(
        [published], issuerName: GatewayBenchDeployment.issuerName, operatorOrigin: GatewayBenchDeployment.origin)
    }
    let store = InMemorySpentTokens()
    try await store.hold(issuerDays: 0...0)
    oblivious = ObliviousGateway(
      NodeRouting(
        served: served, nodes: NodeServers(), store: store, exchange: SocketHTTPExchange(),
        clock: ContinuousClock(), now: { Date(timeIntervalSince1970: 0) }),
      contentLimit: GatewayConfiguration.requestLimit, clock: ContinuousClock())
  }

  func requestBodyLimit(method: String, path: String) -> Int? { GatewayConfiguration.requestLimit }

  func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    guard request.method == "POST" else {
      try? await answer.send(
        WholeResponse(
          contentType: OHTTPForm.keysMediaType, body: KeyConfiguration.encodeList(keys.map(\.keyConfiguration))))
      return
    }
    await oblivious.respond(to: request, keys: keys, answer)
  }
}

/// Servers that send the frames of one class slowly, whatever they are asked.
private struct SlowNodes {
  let servers: [String]
  private let running: [Task<Void, any Error>]

  init(count: Int, cadence: Duration) async throws {
    var servers: [String] = []
    var running: [Task<Void, any Error>] = []
    for _ in 0..<count {
      let (addresses, continuation) = AsyncStream.makeStream(of: ListenAddress.self)
      let server = PartyServer(
        SlowNode(cadence: cadence), listen: ListenAddress(host: "127.0.0.1", port: 0), record: nil,
        logger: Logger(label: "node") { _ in SwiftLogNoOpLogHandler() }
      ) { continuation.yield($0) }
      running.append(Task { try await server.run() })
      for await address in addresses {
        servers.append("http://\(address.host):\(address.port)")
        break
      }
    }
    (self.servers, self.running) = (servers, running)
  }

  func end() async {
    for task in running { task.cancel() }
    for task in running { _ = await task.result }
  }
}

private struct SlowNode: Party {
  let name = "node"
  let cadence: Duration

  func requestBodyLimit(method: String, path: String) -> Int? { GatewayConfiguration.requestLimit }

  func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    do {
      _ = try await request.body.collect(byteLimit: GatewayConfiguration.requestLimit)
      try await answer.begin(
        status: 200, fields: [HTTPField("content-type", OHTTPForm.chunked.responseMediaType)])
      let layout = AnswerLayout(.strict)
      for frame in 0..<layout.frameCount {
        try await answer.write([UInt8](repeating: 7, count: layout.nodeEncapsulatedByteCount(ofFrame: frame)))
        try await Task.sleep(for: cadence)
      }
    } catch {
      await answer.abort()
    }
  }
}

private struct StreamClients: Sendable {
  struct Result: Sendable {
    /// The largest that was seen.
    var residentByteCount = 0
    /// From one frame to the next, of all streams.
    var gaps: [Duration] = []
    /// Streams that ended before their frames.
    var failureCount = 0
  }

  private let server: String
  private let issuer: TokenIssuer
  private let key: KeyConfiguration
  /// Several, because each opens at most 1,024 connections to one server.
  private let exchanges = (0..<4).map { _ in SocketHTTPExchange() }

  init(server: String, issuer: TokenIssuer) async throws {
    (self.server, self.issuer) = (server, issuer)
    let keys = try await exchanges[0].send(
      WholeRequest(method: "GET", path: OHTTPForm.gatewayPath), to: server, bodyLimit: 1 << 16)
    guard let key = try KeyConfiguration.decodeList(keys.body).first else {
      throw ValidationError("the gateway has no key")
    }
    self.key = key
  }

  func run(
    count: Int, frames: Int, memory: @escaping @Sendable () throws -> Int = { 0 }
  ) async throws -> Result {
    let requests = try (0..<count).map { try request($0) }
    let sampling = Task {
      var largest = 0
      while !Task.isCancelled {
        largest = max(largest, try memory())
        try? await Task.sleep(for: .milliseconds(250))
      }
      return largest
    }
    var result = await withTaskGroup(of: [Duration]?.self) { group in
      for (index, request) in requests.enumerated() {
        let exchange = exchanges[index % exchanges.count]
        group.addTask {
          // 1,000 begin in a second, so that the streams are measured and not a heap of requests.
          try? await Task.sleep(for: .milliseconds(index))
          return try? await stream(request, over: exchange, frames: frames)
        }
      }
      return await group.reduce(into: Result()) { result, gaps in
        if let gaps { result.gaps += gaps } else { result.failureCount += 1 }
      }
    }
    sampling.cancel()
    result.residentByteCount = try await sampling.value
    return result
  }

  /// An outer request with its own token.
  private func request(_ index: Int) throws -> [UInt8] {
    let pending = try PendingToken(challenge: try GatewayBenchDeployment.challenge(), key: issuer.publicKey)
    let response = try issuer.issue(pending.request)
    let token = try pending.finalize(response)
    var fields = FieldSection()
    try fields.append(name: "authorization", value: PrivateTokenAuthorization.fieldValue(for: token))
    try fields.append(name: "content-type", value: OHTTPForm.chunked.requestMediaType)
    try fields.append(name: AnswerClass.fieldName, value: AnswerClass.strict.rawValue)
    return BinaryHTTP.Request(
      method: "POST", scheme: "https", authority: GatewayBenchDeployment.origin,
      path: "/nodes/" + GatewayBenchDeployment.node(index % GatewayStreamsBench.nodeCount), headerFields: fields,
      content: [UInt8](repeating: 7, count: 8_192)
    ).encoded()
  }

  /// The times between the first frames of one answer; what comes after them is given up.
  private func stream(
    _ request: [UInt8], over exchange: SocketHTTPExchange, frames: Int
  ) async throws -> [Duration] {
    var sealer = try ChunkedRequestSealer(to: key)
    let body = try sealer.sealChunk(request, isFinal: true)
    var opener = try sealer.takeOpener()
    let answer = try await exchange.stream(
      StreamedRequest(
        method: "POST", path: OHTTPForm.gatewayPath,
        fields: [HTTPField("content-type", OHTTPForm.chunked.requestMediaType)], body: ByteStream(body)), to: server)
    var gaps: [Duration] = []
    var last = ContinuousClock.now
    var count = 0
    for try await piece in answer.body {
      for _ in try opener.feed(piece) {
        let now = ContinuousClock.now
        if count > 0 { gaps.append(now - last) }
        last = now
        count += 1
        if count == frames { return gaps }
      }
    }
    throw ValidationError("an answer ended early")
  }
}
