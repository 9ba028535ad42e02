import NIOCore
import NIOHTTP1
import NIOHTTP2

/// One HTTP/2 connection to an operator's server, each of whose streams carries one exchange. All clients share it, so
/// it says nothing of any.
final class UpstreamSession: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame

  /// What every common server admits.
  private static let streamLimit = 100

  private weak var pool: UpstreamPool?
  private let httpProtocol: HTTP2FramePayloadToHTTP1ClientCodec.HTTPProtocol
  private var multiplexer: NIOHTTP2Handler.StreamMultiplexer?
  private var context: ChannelHandlerContext?
  private var streamCount = 0
  private var isLeaving = false
  private(set) var idleSince = 0

  init(pool: UpstreamPool, httpProtocol: HTTP2FramePayloadToHTTP1ClientCodec.HTTPProtocol) {
    self.pool = pool
    self.httpProtocol = httpProtocol
  }

  var hasRoom: Bool { !isLeaving && multiplexer != nil && streamCount < Self.streamLimit }
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
    guard case .goAway = unwrapInboundIn(data).payload else { return }
    isLeaving = true
    if isIdle { close() }
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelInactive(context: ChannelHandlerContext) {
    isLeaving = true
    pool?.sessionClosed(self)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
