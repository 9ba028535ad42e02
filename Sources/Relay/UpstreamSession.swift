import NIOCore
import NIOHTTP1
import NIOHTTP2

/// One HTTP/2 connection to an operator's server, each of whose streams carries one exchange. All clients share it, so
/// it says nothing of any.
final class UpstreamSession: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame

  /// What every common server admits. A server may admit fewer; where it admits more, further sessions serve as well, and
  /// one that breaks takes fewer exchanges with it.
  static let largestStreamLimit = 100

  private weak var pool: UpstreamPool?
  private let httpProtocol: HTTP2FramePayloadToHTTP1ClientCodec.HTTPProtocol
  private var multiplexer: NIOHTTP2Handler.StreamMultiplexer?
  private var context: ChannelHandlerContext?
  private var streamCount = 0
  /// `SETTINGS_MAX_CONCURRENT_STREAMS` of the server (RFC 9113, section 5.1.2), within the above.
  private(set) var streamLimit = UpstreamSession.largestStreamLimit
  /// Called once: with true when the server's first `SETTINGS` have come, with false where the connection ended before.
  var onStart: ((Bool) -> Void)?
  private var isLeaving = false
  private(set) var idleSince = 0

  init(pool: UpstreamPool, httpProtocol: HTTP2FramePayloadToHTTP1ClientCodec.HTTPProtocol) {
    self.pool = pool
    self.httpProtocol = httpProtocol
  }

  var hasRoom: Bool { !isLeaving && multiplexer != nil && streamCount < streamLimit }
  var isIdle: Bool { streamCount == 0 }

  /// Adds the handlers of HTTP/2 and this one to a connection.
  func configure(_ channel: any Channel) throws {
    multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
      mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
    ) { stream in
      // A server opens no streams here.
      stream.close()
    }
    try channel.pipeline.syncOperations.addHandler(self)
  }

  func open(for client: any UpstreamClient) {
    guard let context, let multiplexer else { return client.upstreamFailed(.unreachable) }
    streamCount += 1
    let upstream = NIOLoopBound(HTTP2Upstream(session: self), eventLoop: context.eventLoop)
    let httpProtocol = httpProtocol
    let opened = context.eventLoop.makePromise(of: (any Channel).self)
    multiplexer.createStreamChannel(promise: opened) { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.pipeline.syncOperations.addHandlers([
          HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: httpProtocol), upstream.value,
        ])
      }
    }
    opened.futureResult.assumeIsolated().whenComplete { [self] result in
      switch result {
      case .success: client.upstreamReady(upstream.value)
      case .failure:
        streamCount -= 1
        client.upstreamFailed(.unreachable)
      }
    }
  }

  func streamClosed() {
    streamCount -= 1
    idleSince = pool?.now ?? 0
    if isLeaving, isIdle { close() } else { pool?.sessionHasRoom() }
  }

  func close() { context?.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data).payload {
    case .settings(.settings(let settings)): take(settings)
    case .goAway:
      isLeaving = true
      if isIdle { close() }
    default: break
    }
  }

  private func take(_ settings: HTTP2Settings) {
    for setting in settings where setting.parameter == .maxConcurrentStreams {
      streamLimit = min(setting.value, Self.largestStreamLimit)
    }
    guard let onStart = onStart.take() else {
      pool?.sessionHasRoom()
      return
    }
    idleSince = pool?.now ?? 0
    onStart(true)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelInactive(context: ChannelHandlerContext) {
    isLeaving = true
    onStart.take()?(false)
    pool?.sessionClosed(self)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
