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
    let nodes = try await BenchServers((0..<Self.nodeCount).map { _ in SlowNode(cadence: cadence) })
    let issuer = try TokenIssuer()
    let gateway = try BenchProcess(
      CommandLine.arguments[0],
      ["gateway-process", "--issuer-key", Data(issuer.publicKey.subjectPublicKeyInfo).base64EncodedString()]
        + nodes.servers, processor: nil, announcesPort: true)
    defer { gateway.stop() }
    let clients = try await StreamClients(port: gateway.port)
    _ = try await clients.run(try (0..<200).map { try Self.request($0, issuer) }, frames: 2)
    let memory = gateway.memory
    let before = memory.residentKiB
    let result = try await clients.run(try (0..<streams).map { try Self.request($0, issuer) }, frames: frames) {
      memory.residentKiB
    }
    let each = result.residentKiB(aboveBy: before, streams: streams)
    print(
      "\(streams) streams: \(each) KiB of resident memory each "
        + "(\(before) KiB before, \(result.residentKiB) KiB with all of them), bar 64")
    print(result.gapText(cadence: cadence))
    guard each <= 64, result.longestGap <= cadence + .seconds(1), result.failureCount == 0 else {
      throw ValidationError("a bar is missed")
    }
    await nodes.end()
  }

  /// An outer request with its own token.
  private static func request(_ index: Int, _ issuer: TokenIssuer) throws -> [UInt8] {
    let pending = try PendingToken(challenge: try GatewayBenchDeployment.challenge(), key: issuer.publicKey)
    let response = try issuer.issue(pending.request)
    let token = try pending.finalize(response)
    var fields = FieldSection()
    try fields.append(name: "authorization", value: PrivateTokenAuthorization.fieldValue(for: token))
    try fields.append(name: "content-type", value: OHTTPForm.chunked.requestMediaType)
    try fields.append(name: AnswerClass.fieldName, value: AnswerClass.strict.rawValue)
    return BinaryHTTP.Request(
      method: "POST", scheme: "https", authority: GatewayBenchDeployment.origin,
      path: "/nodes/" + GatewayBenchDeployment.node(index % nodeCount), headerFields: fields,
      content: [UInt8](repeating: 7, count: 8_192)
    ).encoded()
  }
}

/// The gateway as a process of its own, whose memory can be told from everything else: the request path of a gateway, in
/// front of nodes that it takes on trust.
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

/// Sends the frames of one class slowly, whatever it is asked.
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
