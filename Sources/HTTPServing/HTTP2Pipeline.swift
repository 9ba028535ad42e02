import NIOCore
import NIOHTTP1
import NIOHTTP2

/// The handlers of an HTTP/2 connection and of each of its streams, up to the one that answers.
enum HTTP2Pipeline {
  static func configure(_ channel: any Channel, headDeadline: NIODeadline, serving: ConnectionServing) throws {
    let limits = serving.limits
    let management = NIOHTTP2ServerConnectionManagementHandler(
      eventLoop: channel.eventLoop,
      configuration: .init(
        maxIdleTime: TimeAmount(limits.idleTime), maxAge: nil, maxGraceTime: TimeAmount(limits.drainTime),
        keepalive: nil))
    let times = HTTP2ConnectionTimes(limits: limits, headDeadline: headDeadline)
    let streams = StreamDelegates(
      management: management.http2StreamDelegate, times: NIOLoopBound(times, eventLoop: channel.eventLoop))
    let http2 = NIOHTTP2Handler(
      mode: .server, eventLoop: channel.eventLoop, connectionConfiguration: connectionConfiguration(limits),
      streamConfiguration: streamConfiguration(limits), streamDelegate: streams
    ) { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.pipeline.syncOperations.addHandlers([
          HTTP2FramePayloadToHTTP1ServerCodec(), HTTP2HeadRefusal(),
          ExchangeLimits(limits: limits, client: serving.client), serving.makeHandler(),
        ])
      }
    }
    try channel.pipeline.syncOperations.addHandlers([http2, management, times])
  }

  private static func connectionConfiguration(
    _ limits: HTTPServerLimits
  ) -> NIOHTTP2Handler.ConnectionConfiguration {
    var configuration = NIOHTTP2Handler.ConnectionConfiguration()
    configuration.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streamCount),
      HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headByteCount),
    ]
    return configuration
  }

  private static func streamConfiguration(_ limits: HTTPServerLimits) -> NIOHTTP2Handler.StreamConfiguration {
    var configuration = NIOHTTP2Handler.StreamConfiguration()
    configuration.streamResetFrameRateLimit.maximumCount = limits.streamResetCount
    configuration.streamResetFrameRateLimit.windowLength = .seconds(30)
    return configuration
  }
}

/// Refuses a stream whose head is legal in HTTP/2 and none that this server has an answer to, such as one without
/// `:authority`, or of CONNECT: nothing of it is passed on, so that no time limit behind would ever begin.
final class HTTP2HeadRefusal: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Head { case expected, passed, refused }

  private var head = Head.expected

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard head != .refused else { return }
    head = .passed
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard head == .expected, context.channel.isActive else { return context.fireErrorCaught(error) }
    head = .refused
    for part in Refusal.parts(HTTPServingError.requestMalformed, .badRequest) {
      context.write(wrapOutboundOut(part), promise: nil)
    }
    context.flush()
    context.close(promise: nil)
  }
}

/// Ends an HTTP/2 connection by force, where its client does not take part in ending it in order: one that opens no
/// stream in time, stays idle after it was told to go, or is still there when the server's time to drain is over.
final class HTTP2ConnectionTimes: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame

  private let limits: HTTPServerLimits
  private let headDeadline: NIODeadline
  private var streamCount = 0
  private var idleDeadline: LazyDeadline?
  private var drainDeadline: LazyDeadline?

  init(limits: HTTPServerLimits, headDeadline: NIODeadline) {
    self.limits = limits
    self.headDeadline = headDeadline
  }

  func handlerAdded(context: ChannelHandlerContext) {
    idleDeadline = LazyDeadline(eventLoop: context.eventLoop) { context.close(promise: nil) }
    drainDeadline = LazyDeadline(eventLoop: context.eventLoop) { context.close(promise: nil) }
    idleDeadline?.set(headDeadline)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    idleDeadline?.cancel()
    drainDeadline?.cancel()
  }

  func streamOpened() {
    streamCount += 1
    idleDeadline?.clear()
  }

  func streamClosed() {
    streamCount -= 1
    guard streamCount == 0 else { return }
    idleDeadline?.set(after: TimeAmount(limits.idleTime + limits.writeStallTime))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { drainDeadline?.set(after: TimeAmount(limits.drainTime)) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A stream's error ended that stream alone.
    if !(error is NIOHTTP2Errors.StreamError) { context.close(promise: nil) }
  }
}

private struct StreamDelegates: NIOHTTP2StreamDelegate {
  let management: NIOHTTP2ServerConnectionManagementHandler.HTTP2StreamDelegate
  let times: NIOLoopBound<HTTP2ConnectionTimes>

  func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
    management.streamCreated(id, channel: channel)
    times.value.streamOpened()
  }

  func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
    management.streamClosed(id, channel: channel)
    times.value.streamClosed()
  }
}
