import HTTPServing
import NIOCore
import NIOPosix
import Relay

/// A relay on a loopback port, whose time passes as a test says.
final class RelayUnderTest: Sendable {
  static let origin = "operator.test"
  static let gatewayPath = "/to/operator.test/.well-known/ohttp-gateway"

  let port: Int
  private let eventLoop: any EventLoop
  private let serving: Task<Void, any Error>
  private let loop: NIOLoopBound<RelayLoop>

  private init(port: Int, eventLoop: any EventLoop, serving: Task<Void, any Error>, loop: NIOLoopBound<RelayLoop>) {
    self.port = port
    self.eventLoop = eventLoop
    self.serving = serving
    self.loop = loop
  }

  static func start(
    gateway: String, others: [String] = [], log: String? = nil, limits: RelayLimits = RelayLimits(),
    clients: HTTPServerLimits = HTTPServerLimits(), certificate: ServerCertificate? = nil, trustRoots: String? = nil,
    observer: (@Sendable (RelayedExchange) -> Void)? = nil
  ) async throws -> RelayUnderTest {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let configuration = RelayConfiguration(
      operators: [origin: .init(gateways: [gateway] + others, log: log)], limits: limits)
    let connector = try UpstreamConnector(trustRoots: trustRoots)
    let loop = try await eventLoop.submit {
      NIOLoopBound(
        try RelayLoop(configuration, connector: connector, eventLoop: eventLoop, observer: observer),
        eventLoop: eventLoop)
    }.get()
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    let server = HTTPServer(
      host: "127.0.0.1", port: 0, limits: clients, certificate: certificate, group: eventLoop,
      onListening: { announce.yield($0) }, makeHandler: { loop.value.makeHandler(peerAddress: $0) })
    let serving = Task {
      defer { announce.finish() }
      try await server.run()
    }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else { throw Wire.Closed() }
    return RelayUnderTest(port: port, eventLoop: eventLoop, serving: serving, loop: loop)
  }

  func passSeconds(_ count: Int) async throws {
    try await eventLoop.submit { [loop] in for _ in 0..<count { loop.value.passSecond() } }.get()
  }

  /// Returns after the relay has seen everything that was sent to it before: it takes what arrives in that order.
  func settle() async throws {
    let client = try await Wire.connect(to: port)
    try await client.send("GET /health HTTP/1.1\r\nhost: r\r\n\r\n")
    try await client.read(until: #"{"status":"ok"}"#)
    await client.close()
  }

  func stop() async throws {
    serving.cancel()
    try? await serving.value
    try await eventLoop.submit { [loop] in loop.value.close() }.get()
  }
}

/// A relay before a server whose connections the test itself answers.
func withRelay(
  limits: RelayLimits = RelayLimits(), clients: HTTPServerLimits = HTTPServerLimits(),
  observer: (@Sendable (RelayedExchange) -> Void)? = nil,
  _ body: (_ relay: RelayUnderTest, _ gateway: WireServer) async throws -> Void
) async throws {
  let gateway = try await WireServer.start()
  let relay = try await RelayUnderTest.start(
    gateway: "http://127.0.0.1:\(gateway.port)", log: "http://127.0.0.1:\(gateway.port)", limits: limits,
    clients: clients, observer: observer)
  do { try await body(relay, gateway) } catch {
    try await relay.stop()
    await gateway.stop()
    throw error
  }
  try await relay.stop()
  await gateway.stop()
}

extension RelayLimits {
  /// Connections are made one by one, so that a test knows which is which.
  static var withoutSpares: RelayLimits {
    var limits = RelayLimits()
    limits.spareConnections = 0
    return limits
  }
}

/// A whole request with a body of that many bytes.
func post(_ byteCount: Int, mediaType: String = "message/ohttp-req", extra: String = "") -> String {
  "POST \(RelayUnderTest.gatewayPath) HTTP/1.1\r\nhost: relay.test\r\ncontent-type: \(mediaType)\r\n\(extra)"
    + "content-length: \(byteCount)\r\n\r\n" + String(repeating: "q", count: byteCount)
}
