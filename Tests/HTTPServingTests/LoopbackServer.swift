import HTTPServing
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// A server on a free loopback port.
struct LoopbackServer {
  let port: Int
  private let group: ServiceGroup

  /// Runs the server while `body` runs; then it must end in order.
  static func run(
    limits: HTTPServerLimits = HTTPServerLimits(), certificate: ServerCertificate? = nil,
    makeHandler: @escaping HTTPServer.MakeHandler = { _ in ScriptedHandler() },
    _ body: (LoopbackServer) async throws -> Void
  ) async throws {
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    let server = HTTPServer(
      host: "127.0.0.1", port: 0, limits: limits, certificate: certificate, onListening: { announce.yield($0) },
      makeHandler: makeHandler)
    let services = ServiceGroup(
      services: [server], logger: Logger(label: "server") { _ in SwiftLogNoOpLogHandler() })
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { announce.finish() }
        try await services.run()
      }
      for await port in ports {
        try await body(LoopbackServer(port: port, group: services))
        break
      }
      await services.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  /// What a signal does.
  func shutDown() async { await group.triggerGracefulShutdown() }

  func connect(readsAtOnce: Bool = true) async throws -> RawClient { try await RawClient(port: port, readsAtOnce) }
}

/// A client of bytes.
final class RawClient: Sendable {
  private let channel: any Channel
  private let received: AsyncStream<ByteBuffer>

  init(port: Int, _ readsAtOnce: Bool) async throws {
    let (received, sink) = AsyncStream.makeStream(of: ByteBuffer.self)
    self.received = received
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: readsAtOnce)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(ByteSink(sink)) }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

  /// Sends, whether or not anybody takes it.
  func push(_ bytes: ByteBuffer) { channel.writeAndFlush(bytes, promise: nil) }

  /// Everything until the server closes.
  func rest() async -> String {
    var text = ""
    for await bytes in received { text += String(buffer: bytes) }
    return text
  }

  /// Everything until it ends so.
  func received(until end: String) async -> String {
    var text = ""
    for await bytes in received {
      text += String(buffer: bytes)
      if text.hasSuffix(end) { break }
    }
    return text
  }

  func waitUntilClosed() async throws { try await channel.closeFuture.get() }

  func close() { channel.close(promise: nil) }
}

private final class ByteSink: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let sink: AsyncStream<ByteBuffer>.Continuation

  init(_ sink: AsyncStream<ByteBuffer>.Continuation) { self.sink = sink }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { sink.yield(unwrapInboundIn(data)) }

  func channelInactive(context: ChannelHandlerContext) { sink.finish() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    sink.finish()
    context.close(promise: nil)
  }
}

/// Answers with an endless stream, as fast as its client reads, and says when it ended.
final class EndlessAnswer: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let ended: @Sendable () -> Void

  init(ended: @escaping @Sendable () -> Void) { self.ended = ended }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .end = unwrapInboundIn(data) else { return }
    context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: .ok))), promise: nil)
    fill(context)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { fill(context) }

  private func fill(_ context: ChannelHandlerContext) {
    let piece = ByteBuffer(repeating: 0x78, count: 64 * 1024)
    while context.channel.isWritable {
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { ended() }
}
