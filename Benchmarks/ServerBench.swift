import ArgumentParser
import HTTPMessages
import HTTPServing
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import PartyHosting

/// What serving a party costs beside SwiftNIO's own HTTP/1.1, one core for the server, another for the clients.
struct ServerBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server",
    abstract: "Echoes over HTTP/1.1: SwiftNIO's handlers alone, the front end, and a party behind it.",
    discussion: """
      Each server runs on one event loop, held to one core; the clients run on another. Rounds of the servers alternate.
      CPU per request is the process's time without that of the clients, so it holds on a busy machine too. Bars: the
      front end at least 0.8, a party at least 0.6 of the request rate of SwiftNIO's plain echo.
      """)

  @Option(help: "Connections at a time.")
  var connections = 32

  @Option(help: "Bytes of a request's body.")
  var byteCount = 1024

  @Option(help: "Rounds of each server.")
  var rounds = 25

  @Option(help: "Milliseconds of a round.")
  var milliseconds = 200

  @Option(help: "Only servers whose name holds this, for a profiler.")
  var only = ""

  mutating func run() async throws {
    let serverThread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let clientThread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    try await Core.hold(serverThread.next(), to: 1)
    try await Core.hold(clientThread.next(), to: 0)
    let servers: [EchoServer] = [
      try await .plainNIO(on: serverThread), try await .handler(on: serverThread), try await .party(on: serverThread),
    ].filter { only.isEmpty || $0.name.contains(only) }
    let body = [UInt8](repeating: 0x78, count: byteCount)
    var samples = servers.map { _ in LoadSample() }
    for round in 0...rounds {
      for (index, server) in servers.enumerated() {
        let load = HTTPLoad(port: server.port, connections: connections, body: body, on: clientThread)
        let result = try await load.run(for: .milliseconds(milliseconds))
        // The first round warms up.
        if round > 0 { samples[index].add(result) }
      }
    }
    for (server, sample) in zip(servers, samples) { print(sample.line(server.name, against: samples[0])) }
    for server in servers { server.stop() }
    try await clientThread.shutdownGracefully()
    try await serverThread.shutdownGracefully()
  }
}

/// One server that answers each request with its body.
struct EchoServer {
  let name: String
  let port: Int
  let stop: @Sendable () -> Void

  static func plainNIO(on group: any EventLoopGroup) async throws -> EchoServer {
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 256)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(EchoHandler())
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return EchoServer(name: "SwiftNIO's plain echo", port: channel.localAddress?.port ?? 0) {
      channel.close(promise: nil)
    }
  }

  static func handler(on group: any EventLoopGroup) async throws -> EchoServer {
    try await start("front end, echo in a handler") { onListening in
      try await HTTPServer(
        host: "127.0.0.1", port: 0, group: group, onListening: onListening, makeHandler: { _ in EchoHandler() }
      ).run()
    }
  }

  static func party(on group: any EventLoopGroup) async throws -> EchoServer {
    try await party(EchoParty(), named: "front end, echo in a party", on: group)
  }

  static func party(_ party: some Party, named name: String, on group: any EventLoopGroup) async throws -> EchoServer {
    try await start(name) { onListening in
      try await PartyServer(
        party, listen: ListenAddress(host: "127.0.0.1", port: 0), record: nil,
        logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }, group: group,
        onListening: { await onListening($0.port) }
      ).run()
    }
  }

  private static func start(
    _ name: String, _ run: @escaping @Sendable (@escaping @Sendable (Int) async -> Void) async throws -> Void
  ) async throws -> EchoServer {
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    let task = Task {
      defer { announce.finish() }
      try await run { announce.yield($0) }
    }
    for await port in ports { return EchoServer(name: name, port: port) { task.cancel() } }
    throw ValidationError("a server did not start")
  }
}

private final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private var body = ByteBuffer()

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: body.clear()
    case .body(var bytes): body.writeBuffer(&bytes)
    case .end:
      let fields: HTTPHeaders = ["content-length": "\(body.readableBytes)"]
      context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: .ok, headers: fields))), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}

private struct EchoParty: WholeMessageParty {
  var name: String { "echo" }
  var answersQuickly: Bool { true }

  func requestBodyLimit(method: String, path: String) -> Int? { 1024 * 1024 }

  func respond(to request: WholeRequest) async -> WholeResponse { WholeResponse(status: 200, body: request.body) }
}
