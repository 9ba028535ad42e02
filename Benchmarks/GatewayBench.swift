import ArgumentParser
import BinaryHTTP
import Gateway
import HTTPMessages
import HybridPublicKeyEncryption
import NIOPosix
import ObliviousHTTP
import PartyHosting

/// What opening and sealing costs a gateway over HTTP, beside SwiftNIO's own echo.
struct GatewayBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "A gateway over HTTP/1.1 that echoes what it opened, against SwiftNIO's plain echo.",
    discussion: """
      Each server runs on one event loop, held to one core; the clients run on another. Rounds of the servers alternate.
      The gateway opens a single-shot request of 1 KiB (X25519, AES-128-GCM), parses it, and seals its content into the
      answer, by the code that its requests to nodes take; there is no token and no node. Bar: 0.25 of the request rate
      of SwiftNIO's plain echo of the same content.
      """)

  @Option(help: "Connections at a time.")
  var connections = 32

  @Option(help: "Bytes of content.")
  var byteCount = 1_024

  @Option(help: "Rounds of each server.")
  var rounds = 25

  @Option(help: "Milliseconds of a round.")
  var milliseconds = 200

  mutating func run() async throws {
    let serverThread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let clientThread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    try await Core.hold(serverThread.next(), to: 1)
    try await Core.hold(clientThread.next(), to: 0)
    let party = try EchoGateway()
    let content = [UInt8](repeating: 0x78, count: byteCount)
    let servers = [
      (server: try await EchoServer.plainNIO(on: serverThread), type: "application/octet-stream", body: content),
      (
        server: try await EchoServer.party(party, named: "gateway, echo of what it opened", on: serverThread),
        type: OHTTPForm.singleShot.requestMediaType, body: try party.request(content)
      ),
    ]
    var samples = servers.map { _ in LoadSample() }
    for round in 0...rounds {
      for (index, entry) in servers.enumerated() {
        let load = HTTPLoad(
          port: entry.server.port, connections: connections, path: OHTTPForm.gatewayPath,
          contentType: entry.type,
          body: entry.body, on: clientThread)
        let result = try await load.run(for: .milliseconds(milliseconds))
        // The first round warms up.
        if round > 0 { samples[index].add(result) }
      }
    }
    for (entry, sample) in zip(servers, samples) { print(sample.line(entry.server.name, against: samples[0])) }
    for entry in servers { entry.server.stop() }
    try await clientThread.shutdownGracefully()
    try await serverThread.shutdownGracefully()
    guard samples[1].rate >= 0.25 * samples[0].rate else { throw ValidationError("the bar is missed") }
  }
}

/// The gateway's request path with an echo in place of admission and nodes.
private struct EchoGateway: Party {
  let name = "gateway"
  let answersQuickly = true
  private let key: GatewayKey
  private let oblivious = ObliviousGateway(Echo(), contentLimit: 1 << 20, clock: ContinuousClock())

  init() throws {
    key = try GatewayKey(
      keyIdentifier: 1, privateKey: .generate(.x25519), symmetricAlgorithms: [SymmetricAlgorithm(aead: .aes128GCM)])
  }

  func request(_ content: [UInt8]) throws -> [UInt8] {
    let request = BinaryHTTP.Request(
      method: "POST", scheme: "https", authority: "cloister.test", path: "/echo",
      headerFields: ["content-type": "application/octet-stream"], content: content)
    return try RequestSealer.seal(request.encoded(), to: key.keyConfiguration).encapsulatedRequest
  }

  func requestBodyLimit(method: String, path: String) -> Int? { 1 << 20 }

  func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    await oblivious.respond(to: request, keys: [key], answer)
  }
}

private struct Echo: EncapsulatedTarget {
  func respond(to head: DecryptedHead, content: ByteStream) async -> TargetAnswer {
    let bytes = content.whole ?? []
    return TargetAnswer(
      .whole(
        BinaryHTTP.Response(
          statusCode: 200, headerFields: ["content-type": "application/octet-stream"], content: bytes)),
      shape: .whole(byteCount: bytes.count + 64))
  }

  func refuseMalformed(_ head: DecryptedHead?, _ form: OHTTPForm) -> TargetAnswer {
    TargetAnswer(.whole(BinaryHTTP.Response(statusCode: 400)), shape: .whole(byteCount: 64))
  }
}
