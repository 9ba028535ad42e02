import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// How a relay dials: from which address, and whose certificates it accepts.
public struct UpstreamConnector: Sendable {
  private let localAddress: String?
  private let tls: NIOSSLContext

  /// - Parameters:
  ///   - localAddress: the numeric address that connections start from; nil lets the system choose.
  ///   - trustRoots: a PEM file of the certificates that servers' chains must end at; nil for the system's.
  public init(localAddress: String? = nil, trustRoots: String? = nil) throws {
    self.localAddress = localAddress
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.applicationProtocols = ["h2", "http/1.1"]
    if let trustRoots { configuration.trustRoots = .file(trustRoots) }
    tls = try NIOSSLContext(configuration: configuration)
  }

  enum Connection {
    case http1(HTTP1Upstream)
    case http2(UpstreamSession)
  }

  /// Connects on the pool's event loop, which hears of the outcome by `finished`, once.
  func connect(
    for pool: UpstreamPool, within limit: TimeAmount, finished: @escaping (Result<Connection, any Error>) -> Void
  ) {
    let server = pool.server
    let loop = pool.eventLoop
    let attempt = UpstreamAttempt(pool: pool, finished: finished)
    let bound = NIOLoopBound(attempt, eventLoop: loop)
    var bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(limit)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if server.kind == .https {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: tls, serverHostname: server.hasAddress ? nil : server.host))
          }
          try channel.pipeline.syncOperations.addHandler(UpstreamStart(bound.value))
        }
      }
    do {
      if let localAddress { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: localAddress, port: 0)) }
    } catch { return attempt.finish(.failure(error)) }
    bootstrap.connect(host: server.host, port: server.port).assumeIsolated().whenComplete { result in
      if case .failure(let error) = result { attempt.finish(.failure(error)) }
    }
    attempt.limit = loop.assumeIsolated().scheduleTask(in: limit) {
      attempt.finish(.failure(ChannelError.connectTimeout(limit)))
    }
  }
}

/// A connection that is not there yet, over whichever of its server's addresses.
private final class UpstreamAttempt {
  let pool: UpstreamPool
  private var finished: ((Result<UpstreamConnector.Connection, any Error>) -> Void)?
  /// Once it is connected.
  var channel: (any Channel)?
  var limit: Scheduled<Void>?

  init(pool: UpstreamPool, finished: @escaping (Result<UpstreamConnector.Connection, any Error>) -> Void) {
    self.pool = pool
    self.finished = finished
  }

  func finish(_ result: Result<UpstreamConnector.Connection, any Error>) {
    guard let finished else { return }
    self.finished = nil
    limit?.cancel()
    if case .failure = result { channel?.close(promise: nil) }
    channel = nil
    finished(result)
  }
}

/// Waits for the TCP connection or the TLS handshake, then makes place for HTTP.
private final class UpstreamStart: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any

  private let attempt: UpstreamAttempt

  init(_ attempt: UpstreamAttempt) { self.attempt = attempt }

  func channelActive(context: ChannelHandlerContext) {
    attempt.channel = context.channel
    switch attempt.pool.server.kind {
    case .http: become(.http1, context)
    case .h2c: become(.http2, context)
    case .https: break
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
      become(negotiated == "h2" ? .http2 : .http1, context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  private enum Version { case http1, http2 }

  private func become(_ version: Version, _ context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    do {
      switch version {
      case .http1:
        let upstream = HTTP1Upstream(pool: attempt.pool)
        try pipeline.addHandler(upstream)
        attempt.finish(.success(.http1(upstream)))
      case .http2:
        let session = UpstreamSession(
          pool: attempt.pool, httpProtocol: attempt.pool.server.kind == .https ? .https : .http)
        // How many streams there may be is not known before.
        session.onStart = { [attempt] in
          attempt.finish($0 ? .success(.http2(session)) : .failure(ChannelError.eof))
        }
        try session.configure(context.channel)
      }
      pipeline.removeHandler(context: context, promise: nil)
    } catch {
      attempt.finish(.failure(error))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if attempt.channel === context.channel { attempt.finish(.failure(ChannelError.eof)) }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if attempt.channel === context.channel { attempt.finish(.failure(error)) }
  }
}
