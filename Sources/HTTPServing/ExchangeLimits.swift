import ErrorCodes
import NIOCore
import NIOHTTP1

/// Holds each exchange to its limits, in HTTP/1.1 and HTTP/2 alike: the total time of a body, the time that an answer
/// may lie unread, the request rate of an address.
///
/// Once the handler behind it wrote `.end`, it sees nothing more of that exchange: what the client still sends is read
/// and dropped, up to `discardedByteCount` and within the body's time. The answer to HEAD loses its body here, and a
/// client that waits for it gets `100 Continue` when the handler first reads.
final class ExchangeLimits: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// The most that is read of a body that nobody wants, in bytes.
  static let discardedByteCount = 1024 * 1024

  private enum Response { case notDue, awaited, started, ended }

  private let limits: HTTPServerLimits
  private let client: ClientAddress?
  private var requestIsOpen = false
  private var response = Response.notDue
  private var isHEAD = false
  private var expectsContinue = false
  private var discardedByteCount = 0
  private var bodyDeadline: LazyDeadline?
  private var stallDeadline: LazyDeadline?

  init(limits: HTTPServerLimits, client: ClientAddress?) {
    self.limits = limits
    self.client = client
  }

  /// The request goes on, and nobody listens to it.
  private var discards: Bool { requestIsOpen && response == .ended }

  func handlerAdded(context: ChannelHandlerContext) {
    bodyDeadline = LazyDeadline(eventLoop: context.eventLoop) { [unowned self] in bodyTimeIsOver(context: context) }
    stallDeadline = LazyDeadline(eventLoop: context.eventLoop) {
      context.fireErrorCaught(
        HTTPServingError(HTTPServingError.clientStalled, "client left its answer unread for too long"))
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    bodyDeadline?.cancel()
    stallDeadline?.cancel()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      requestIsOpen = true
      response = .awaited
      discardedByteCount = 0
      isHEAD = head.method == .HEAD
      if let client, !client.admitsRequest(now: context.eventLoop.now) {
        return refuse(HTTPServingError.tooManyRequests, .tooManyRequests, context: context)
      }
      expectsContinue = head.headers.first(name: "expect")?.lowercased() == "100-continue"
      context.fireChannelRead(data)
    case .body(let bytes):
      guard discards else { return context.fireChannelRead(data) }
      discardedByteCount += bytes.readableBytes
      if discardedByteCount > Self.discardedByteCount { context.close(promise: nil) }
    case .end:
      let isUnheard = discards
      requestIsOpen = false
      bodyDeadline?.clear()
      if !isUnheard { context.fireChannelRead(data) }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if requestIsOpen, let bodyDeadline, !bodyDeadline.isSet {
      bodyDeadline.set(after: TimeAmount(limits.bodyTime))
    }
    context.fireChannelReadComplete()
    if discards { context.read() }
  }

  func read(context: ChannelHandlerContext) {
    if expectsContinue, requestIsOpen {
      expectsContinue = false
      if response == .awaited {
        context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
      }
    }
    context.read()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard response == .awaited || response == .started else {
      promise?.fail(HTTPServingError(HTTPServingError.exchangeOver, "the exchange is over"))
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(let head):
      if !head.status.isInformational { response = .started }
      context.write(data, promise: promise)
    case .body:
      if isHEAD { promise?.succeed() } else { context.write(data, promise: promise) }
    case .end:
      response = .ended
      context.write(data, promise: promise)
      if requestIsOpen { context.read() }
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      stallDeadline?.clear()
    } else {
      stallDeadline?.set(after: TimeAmount(limits.writeStallTime))
    }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    bodyDeadline?.cancel()
    stallDeadline?.cancel()
    context.fireChannelInactive()
  }

  private func bodyTimeIsOver(context: ChannelHandlerContext) {
    if response == .awaited { refuse(HTTPServingError.requestTimeout, .requestTimeout, context: context) }
    response = .ended
    context.fireErrorCaught(HTTPServingError(HTTPServingError.requestTimeout, "body did not end within its time"))
    context.close(promise: nil)
  }

  /// Answers in the handler's place; the connection ends with it.
  private func refuse(_ code: ErrorCode, _ status: HTTPResponseStatus, context: ChannelHandlerContext) {
    response = .awaited
    for part in Refusal.parts(code, status) { write(context: context, data: NIOAny(part), promise: nil) }
    context.flush()
    if requestIsOpen { context.read() }
  }
}

extension HTTPResponseStatus {
  /// An answer that comes before the real one.
  var isInformational: Bool { (100..<200).contains(code) }
}
