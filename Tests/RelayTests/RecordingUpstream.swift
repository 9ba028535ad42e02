import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// An operator's server that answers every request with `ok`, and writes down over which connection each came.
final class RecordingUpstream: Sendable {
  struct Request: Sendable, Equatable {
    /// Connections are numbered as they come.
    let connection: Int
    let body: String
  }

  private let listener: any Channel
  private let state: Recorded
  let port: Int

  private init(listener: any Channel, state: Recorded) {
    self.listener = listener
    self.state = state
    port = listener.localAddress?.port ?? 0
  }

  enum Version { case http1, http2 }

  static func start(
    _ version: Version = .http1, port: Int = 0, tls: NIOSSLContext? = nil
  ) async throws -> RecordingUpstream {
    let state = Recorded()
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let number = state.newConnection(channel)
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          switch version {
          case .http1:
            try pipeline.configureHTTPServerPipeline()
            try pipeline.addHandler(RecordingHandler(state, connection: number))
          case .http2:
            _ = try pipeline.configureHTTP2Pipeline(
              mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
            ) { stream in
              stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandlers([
                  HTTP2FramePayloadToHTTP1ServerCodec(), RecordingHandler(state, connection: number),
                ])
              }
            }
          }
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    return RecordingUpstream(listener: listener, state: state)
  }

  var requests: [Request] { state.requests.withLock { $0 } }

  var connectionCount: Int { state.channels.withLock { $0.count } }

  func stop() async { try? await listener.close() }

  /// Ends as a process does: nobody listens any more, and its connections are closed.
  func end() async {
    await stop()
    for channel in state.channels.withLock({ $0 }) { try? await channel.close() }
  }
}

private final class Recorded: Sendable {
  let requests = Mutex<[RecordingUpstream.Request]>([])
  /// As they came.
  let channels = Mutex<[any Channel]>([])

  func newConnection(_ channel: any Channel) -> Int {
    channels.withLock { channels in
      channels.append(channel)
      return channels.count - 1
    }
  }
}

private final class RecordingHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let state: Recorded
  private let connection: Int
  private var body = ""

  init(_ state: Recorded, connection: Int) {
    self.state = state
    self.connection = connection
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: body = ""
    case .body(let bytes): body += String(buffer: bytes)
    case .end:
      let request = RecordingUpstream.Request(connection: connection, body: body)
      state.requests.withLock { $0.append(request) }
      context.write(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "2"]))),
        promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "ok")))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
