import ArgumentParser
import Crypto
import Foundation
import HTTPMessages
import HTTPTransport
import InMemoryParties
import Inference
import ObliviousHTTP
import PartyHosting
import PrivacyPass
import SpentTokens
import Trust

/// Processor time of relay, gateway and node per request, against the same handlers that forward opaque bytes.
struct CPUBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cpu",
    abstract: "Measures what a request costs relay, gateway and node together.",
    discussion: """
      The parties are in this process, behind sockets of loopback; another process sends requests that were sealed \
      before. Opaque: the same sizes through the same relay, servers and clients, without opening anything. Bar: \
      1.25 times opaque, plus the bare operations: two X-Wing decapsulations, AEAD each way in both layers, one token \
      verification, one durable spend.
      """,
    subcommands: [CPUSender.self])

  @Option(help: "Rounds of each kind, interleaved.")
  var rounds = 5

  @Option(help: "Requests in a round.")
  var count = 200

  mutating func run() async throws {
    let parties = try await BenchParties(tokenCount: (rounds + 1) * count + 2)
    var (path, opaque) = (Sample(), Sample())
    // The first round opens connections and fills caches.
    for round in 0...rounds {
      let ours = try await parties.send(try await parties.sealedRequests(count), to: parties.relay)
      let forwarded = try await parties.send(parties.opaqueRequests(count), to: parties.opaqueRelay)
      guard round > 0 else { continue }
      path.add(ours / count)
      opaque.add(forwarded / count)
    }
    let bare = try await BareOperations(parties).perRequest(count)
    await parties.close()
    let bar = opaque.median * 5 / 4 + bare
    print("private path: \(path.median.microsecondText) of processor time a request over relay, gateway and node")
    print("opaque bytes of the same sizes: \(opaque.median.microsecondText); bare operations: \(bare.microsecondText)")
    print("ratio to 1.25 times opaque plus bare: \(Duration.ratio(path.median, bar)); bar 1")
  }
}

/// The other process: sends every message of a file, one after the other.
struct CPUSender: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "sender", shouldDisplay: false)

  @Argument var file: String
  @Argument var byteCount: Int
  @Argument var server: String
  @Argument var path: String

  mutating func run() async throws {
    let exchange = SocketHTTPExchange()
    var messages = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))[...]
    while !messages.isEmpty {
      let answer = try await exchange.send(
        WholeRequest(
          method: "POST", path: path,
          fields: chunkedFields(OHTTPForm.chunked.requestMediaType), body: Array(messages.prefix(byteCount))),
        to: server, bodyLimit: 1 << 20)
      guard answer.status == 200 else { throw ValidationError("a request was refused with status \(answer.status)") }
      messages = messages.dropFirst(byteCount)
    }
    await exchange.shutdown()
  }
}

/// A deployment behind sockets, and parties of the same form that open nothing.
private struct BenchParties {
  let deployment: InMemoryDeployment
  let handmade: HandmadeRequest
  let sockets = SocketNetwork()
  let relay: String
  let opaqueRelay: String
  let layout = AnswerLayout(.block)
  let innerByteCount: Int
  let outerByteCount: Int

  /// - Parameter tokenCount: one for each request, one to learn the sizes, one to be verified alone.
  init(tokenCount: Int) async throws {
    var options = InMemoryDeployment.Options()
    options.dailyQuota = tokenCount
    options.engine = { _ in ScriptedEngine(.says("They meet on Friday at six.")) }
    deployment = try await InMemoryDeployment.started(options)
    handmade = try await HandmadeRequest(deployment)
    let inner = try Self.inner(handmade)
    innerByteCount = inner.count
    outerByteCount = try Self.outer(handmade, inner, authorization: try await handmade.drawAuthorization()).count
    try await deployment.network.carry(over: sockets)
    let node = OpaqueParty(name: "node", answer: [layout.nodeEncapsulatedByteCount(ofFrame: 0)], next: nil)
    await sockets.attach(node, at: "http://opaque-node.test")
    let gateway = OpaqueParty(
      name: "gateway", answer: [layout.gatewayEncapsulatedByteCount(ofFrame: 0)],
      next: (sockets.sender, "http://opaque-node.test", innerByteCount))
    await sockets.attach(gateway, at: "http://opaque-gateway.test")
    try await sockets.attachRelay(
      of: [DeploymentNames.operatorOrigin: .init(gateways: ["http://opaque-gateway.test"])],
      at: "http://opaque-relay.test")
    relay = try sockets.address("http://relay.test")
    opaqueRelay = try sockets.address("http://opaque-relay.test")
  }

  private static func inner(_ handmade: HandmadeRequest) throws -> [UInt8] {
    try handmade.sealToNode(
      try HandmadeRequest.innerRequest(
        body: HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed")))
    ).encapsulatedRequest
  }

  private static func outer(_ handmade: HandmadeRequest, _ inner: [UInt8], authorization: String) throws -> [UInt8] {
    try handmade.sealToGateway(
      try handmade.outerRequest(authorization: authorization, content: inner)
    ).encapsulatedRequest
  }

  func sealedRequests(_ count: Int) async throws -> [UInt8] {
    var messages: [UInt8] = []
    for _ in 0..<count {
      messages += try Self.outer(
        handmade, try Self.inner(handmade), authorization: try await handmade.drawAuthorization())
    }
    return messages
  }

  func opaqueRequests(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count * outerByteCount) }

  /// Processor time of this process while another one sends.
  func send(_ messages: [UInt8], to server: String) async throws -> Duration {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("cpu-\(UUID().uuidString)")
    try Data(messages).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let sender = Process()
    sender.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    sender.arguments = [
      "cpu", "sender", file.path, "\(outerByteCount)", server,
      "/to/\(DeploymentNames.operatorOrigin)\(OHTTPForm.gatewayPath)",
    ]
    let start = CPUTime.process
    // `waitUntilExit` asks again and again, on this process's own time.
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      sender.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try sender.run() } catch { continuation.resume(throwing: error) }
    }
    guard status == 0 else { throw ValidationError("the sender failed") }
    return CPUTime.process - start
  }

  func close() async { await sockets.close() }
}

/// Reads a request, hands so many bytes of it on, and answers with bytes of fixed sizes.
private struct OpaqueParty: Party {
  let name: String
  /// As gateway and node do.
  let answersQuickly = true
  let answer: [Int]
  let next: (exchange: any StreamingHTTPExchange, server: String, byteCount: Int)?

  func requestBodyLimit(method: String, path: String) -> Int? { 1 << 20 }

  func respond(to request: StreamedRequest, _ writer: any ResponseWriter) async {
    do {
      let body = try await request.body.collect(byteLimit: 1 << 20)
      if let next {
        let response = try await next.exchange.stream(
          StreamedRequest(
            method: "POST", path: OHTTPForm.gatewayPath,
            fields: chunkedFields(OHTTPForm.chunked.requestMediaType),
            body: ByteStream(Array(body.prefix(next.byteCount)))), to: next.server)
        for try await _ in response.body {}
      }
      try await writer.begin(
        status: 200,
        fields: chunkedFields(OHTTPForm.chunked.responseMediaType))
      for byteCount in answer { try await writer.write([UInt8](repeating: 7, count: byteCount)) }
    } catch {
      await writer.abort()
    }
  }
}

private func chunkedFields(_ mediaType: String) -> [HTTPField] {
  [HTTPField("content-type", mediaType), HTTPField(OHTTPForm.incrementalFieldName, OHTTPForm.incrementalFieldValue)]
}

/// The operations that no implementation can leave out, by the libraries' own calls.
private struct BareOperations {
  let parties: BenchParties

  init(_ parties: BenchParties) { self.parties = parties }

  func perRequest(_ count: Int) async throws -> Duration {
    let own = try XWingMLKEM768X25519.PrivateKey.generate()
    let encapsulated = try own.publicKey.encapsulate().encapsulated
    let key = SymmetricKey(size: .bits256)
    let bundle = parties.handmade.bundle
    let issuer = try IssuerPublicKey(subjectPublicKeyInfo: bundle.issuerKeys[0].publicKey)
    let verifier = TokenVerifier(keys: [issuer])
    let challenge = try parties.handmade.challenge
    let token = try await parties.handmade.drawToken()
    let layout = parties.layout
    let sealed = try [parties.outerByteCount, parties.innerByteCount].map {
      try AES.GCM.seal([UInt8](repeating: 7, count: $0), using: key)
    }
    let answers = [layout.gatewayPlaintextByteCount(ofFrame: 0), layout.nodePlaintextByteCount].map {
      [UInt8](repeating: 7, count: $0)
    }
    let folder = try TemporaryFolder()
    let store = try SQLiteSpentTokens(path: folder.path("bare.sqlite"))
    try await store.hold(issuerDays: 1...2)
    let start = CPUTime.process
    for _ in 0..<count {
      for _ in 0..<2 { use(try own.decapsulate(encapsulated)) }
      for box in sealed { use(try AES.GCM.open(box, using: key)) }
      for answer in answers { use(try AES.GCM.seal(answer, using: key)) }
      use(try verifier.verify(token, challenge: challenge))
      use(try await store.spend(tokenDigest: (0..<32).map { _ in UInt8.random(in: 0...255) }, issuerDay: 1))
    }
    return (CPUTime.process - start) / count
  }
}
