public import NIOCore
public import NIOPosix
public import ServiceLifecycle

/// Serves HTTP/1.1 and HTTP/2 on one address, with TLS or in clear, to handlers that its user makes.
///
/// Each exchange reaches a handler at the end of a channel's pipeline, with `InboundIn = HTTPServerRequestPart` and
/// `OutboundOut = HTTPServerResponsePart`. On HTTP/1.1 one handler sees all exchanges of a connection, one after
/// another; on HTTP/2 there is one per stream. A handler
/// - gets a request's head, body parts and end, and sends an answer's, flushing as it likes;
/// - holds back a request's body by not passing on `read(context:)`, and waits while its channel is not writable;
/// - sees nothing more of an exchange once it wrote `.end`, and may do so before the request is whole;
/// - breaks off an answer by closing its channel, and learns by `channelInactive` that the client is gone;
/// - writes no `connection` field, except "close" to end an HTTP/1.1 connection, and no `transfer-encoding`.
///
/// Limits, refusals, framing, keep-alive and draining are the server's.
public struct HTTPServer: Service {
  public typealias MakeHandler = @Sendable (_ peerAddress: String) -> any ChannelHandler

  private let host: String
  private let port: Int
  private let limits: HTTPServerLimits
  private let certificate: ServerCertificate?
  private let group: any EventLoopGroup
  private let onListening: @Sendable (_ port: Int) async -> Void
  private let makeHandler: MakeHandler

  /// - Parameters:
  ///   - host: a numeric address.
  ///   - port: 0 asks the system for a free one.
  ///   - certificate: nil serves in clear, HTTP/2 to clients that begin with its preface.
  ///   - onListening: called once with the real port, after the socket accepts connections.
  ///   - makeHandler: called on the event loop of each connection or stream, with the client's numeric address.
  public init(
    host: String, port: Int, limits: HTTPServerLimits = HTTPServerLimits(), certificate: ServerCertificate? = nil,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
    makeHandler: @escaping MakeHandler
  ) {
    self.host = host
    self.port = port
    self.limits = limits
    self.certificate = certificate
    self.group = group
    self.onListening = onListening
    self.makeHandler = makeHandler
  }

  /// Serves until the task is cancelled, which closes every connection, or a graceful shutdown begins: then it accepts
  /// nothing more, lets exchanges under way end within `drainTime`, and returns when the last connection is closed.
  public func run() async throws {
    let acceptance = ConnectionAcceptance(limits: limits, certificate: certificate, makeHandler: makeHandler)
    let listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          // Without file descriptors left, accepting waits instead of spinning.
          try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
        }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try acceptance.configure(channel) }
      }
      .bind(host: host, port: port).get()
    await onListening(listener.localAddress?.port ?? 0)
    await withTaskCancellationOrGracefulShutdownHandler {
      try? await listener.closeFuture.get()
    } onCancelOrGracefulShutdown: {
      listener.close(promise: nil)
    }
    await withTaskCancellationHandler {
      await acceptance.connections.drain()
    } onCancel: {
      acceptance.connections.closeAll()
    }
  }
}
