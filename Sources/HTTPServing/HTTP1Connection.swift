import ErrorCodes
import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection: exchanges one after another, message framing, keep-alive, its times, and its end.
///
/// A request that comes while the one before is being answered waits, and no more is read then.
final class HTTP1Connection: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = ByteBuffer

  /// How long the client of a refused request may take to read the refusal and stop sending.
  static let lingerTime = TimeAmount.seconds(2)

  private enum Phase { case notDue, open, ended }
  private enum Ending { case no, afterAnswer, lingering }

  private let limits: HTTPServerLimits
  private let firstHeadDeadline: NIODeadline
  private var request = Phase.notDue
  private var response = Phase.notDue
  private var ending = Ending.no
  /// The answer with which the connection ends is with the system.
  private var lastAnswerIsWritten = false
  /// Of the exchange under way.
  private var isHEAD = false
  private var version = HTTPVersion.http1_1
  /// Parts of later requests that were read together with the one under way.
  private var waiting = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 0)
  private var encoder = HTTP1ResponseEncoder()
  private var isDelivering = false
  private var readIsWanted = false
  /// Bytes of a next head were read.
  private var headBegan = false
  private var isHeadTimed = true
  /// For the head that comes, or for the next one to begin, or for the end.
  private var deadline: LazyDeadline?
  private var drainDeadline: LazyDeadline?

  /// - Parameter headDeadline: until when the first head must be whole.
  init(limits: HTTPServerLimits, headDeadline: NIODeadline) {
    self.limits = limits
    firstHeadDeadline = headDeadline
  }

  func handlerAdded(context: ChannelHandlerContext) {
    deadline = LazyDeadline(eventLoop: context.eventLoop) { self.timeIsOver(context: context) }
    drainDeadline = LazyDeadline(eventLoop: context.eventLoop) { context.close(mode: .all, promise: nil) }
    deadline?.set(firstHeadDeadline)
  }

  func handlerRemoved(context: ChannelHandlerContext) { cancelDeadlines() }

  func channelInactive(context: ChannelHandlerContext) {
    cancelDeadlines()
    waiting.removeAll()
    context.fireChannelInactive()
  }

  private func cancelDeadlines() {
    deadline?.cancel()
    drainDeadline?.cancel()
  }

  /// Told by the handler before the parser.
  func bytesArrived() { headBegan = true }

  // MARK: Requests

  /// An answer is due before the next request may come.
  private var holds: Bool { request == .ended }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard ending != .lingering else { return }
    if holds || !waiting.isEmpty {
      waiting.append(unwrapInboundIn(data))
    } else {
      isDelivering = true
      deliver(unwrapInboundIn(data), context: context)
      isDelivering = false
    }
  }

  private func deliver(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
    switch part {
    case .head(let head):
      // A request after one that said "close", or while the server drains, is none.
      guard ending == .no else { return }
      request = .open
      headBegan = false
      isHeadTimed = false
      deadline?.clear()
      isHEAD = head.method == .HEAD
      version = head.version
      // The parser stops at a request to change the protocol, which this server does not.
      if version != .http1_1 || !head.isKeepAlive || head.headers.contains(name: "upgrade") { ending = .afterAnswer }
      guard version != .http1_1 || head.headers["host"].count == 1 else {
        return refuse(HTTPServingError.requestMalformed, .badRequest, context: context)
      }
      context.fireChannelRead(wrapInboundOut(part))
    case .body:
      guard request == .open else { return }
      context.fireChannelRead(wrapInboundOut(part))
    case .end:
      guard request == .open else { return }
      request = .ended
      context.fireChannelRead(wrapInboundOut(part))
      finishExchange(context: context)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if request == .notDue, headBegan, !isHeadTimed, ending == .no {
      isHeadTimed = true
      deadline?.set(after: TimeAmount(limits.headTime))
    }
    context.fireChannelReadComplete()
    if ending == .lingering { context.read() }
  }

  func read(context: ChannelHandlerContext) {
    // Until something waits, reading on costs less than telling the system to wait with it.
    if holds, !waiting.isEmpty, ending != .lingering { readIsWanted = true } else { context.read() }
  }

  // MARK: Answers

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard request != .notDue, response != .ended else {
      promise?.fail(HTTPServingError(HTTPServingError.exchangeOver, "the exchange is over"))
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(let head):
      let fields = head.status.isInformational ? head.headers : framed(head)
      encoder.append(head.status, fields, version: version)
      if let promise { emit(promise, context: context) }
    case .body(.byteBuffer(let bytes)):
      writeBody(bytes, promise: promise, context: context)
    case .body(.fileRegion):
      preconditionFailure("a body is bytes in memory")
    case .end(let trailers):
      response = .ended
      encoder.appendEnd(trailers)
      writeEnd(promise, context: context)
    }
  }

  private func writeBody(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?, context: ChannelHandlerContext) {
    guard !encoder.append(bytes) else {
      if promise != nil || encoder.isLong { emit(promise, context: context) }
      return
    }
    // Too long to be copied: what is written so far, then the bytes themselves.
    encoder.appendStart(of: bytes)
    emit(nil, context: context)
    context.write(wrapOutboundOut(bytes), promise: promise)
    encoder.appendEnd(of: bytes)
  }

  private func writeEnd(_ promise: EventLoopPromise<Void>?, context: ChannelHandlerContext) {
    guard ending != .no else {
      emit(promise, context: context)
      return finishExchange(context: context)
    }
    deadline?.set(after: TimeAmount(limits.writeStallTime))
    let written = promise ?? context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in
      self.lastAnswerIsWritten = true
      self.finishExchange(context: context)
    }
    emit(written, context: context)
  }

  /// Parts are put together until somebody waits for them, by a promise, a flush or the end.
  private func emit(_ promise: EventLoopPromise<Void>?, context: ChannelHandlerContext) {
    if encoder.hasBytes || promise != nil { context.write(wrapOutboundOut(encoder.take()), promise: promise) }
  }

  func flush(context: ChannelHandlerContext) {
    emit(nil, context: context)
    context.flush()
  }

  /// Says how long the answer's body is, where its writer did not, and whether the connection ends with it.
  private func framed(_ head: HTTPResponseHead) -> HTTPHeaders {
    response = .open
    var fields = head.headers
    if fields.contains(name: "connection") {
      if !head.isKeepAlive { ending = .afterAnswer }
    } else if ending == .afterAnswer {
      fields.add(name: "connection", value: "close")
    }
    guard head.status.mayHaveResponseBody else {
      fields.remove(name: "content-length")
      fields.remove(name: "transfer-encoding")
      return fields
    }
    guard !isHEAD, !fields.contains(name: "content-length") else { return fields }
    if version != .http1_1 {
      ending = .afterAnswer
    } else {
      fields.replaceOrAdd(name: "transfer-encoding", value: "chunked")
    }
    return fields
  }

  private func finishExchange(context: ChannelHandlerContext) {
    guard request == .ended, response == .ended else { return }
    guard ending == .no else {
      if lastAnswerIsWritten { context.close(mode: .all, promise: nil) }
      return
    }
    request = .notDue
    response = .notDue
    deadline?.set(after: TimeAmount(limits.idleTime))
    guard !isDelivering else { return }
    deliverWaiting(context: context)
    if readIsWanted, !holds {
      readIsWanted = false
      context.read()
    }
  }

  private func deliverWaiting(context: ChannelHandlerContext) {
    guard !waiting.isEmpty else { return }
    isDelivering = true
    while !holds, let part = waiting.popFirst() { deliver(part, context: context) }
    isDelivering = false
    channelReadComplete(context: context)
  }

  // MARK: Ends

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { drain(context: context) }
    context.fireUserInboundEventTriggered(event)
  }

  private func drain(context: ChannelHandlerContext) {
    guard request != .notDue else { return context.close(promise: nil) }
    if ending == .no { ending = .afterAnswer }
    waiting.removeAll()
    drainDeadline?.set(after: TimeAmount(limits.drainTime))
  }

  /// After a whole answer to a request that is not whole, the connection closes only for output at first: closing it
  /// while bytes arrive could destroy the answer on its way.
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .all, request == .open, response == .ended, ending != .lingering else {
      return context.close(mode: mode, promise: promise)
    }
    ending = .lingering
    deadline?.set(after: Self.lingerTime)
    context.close(mode: .output, promise: promise)
    context.read()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if request == .ended, error is HTTPParserError {
      // What follows the request under way is no request; this one is answered.
      ending = .afterAnswer
      return
    }
    context.fireErrorCaught(error)
    guard let error = error as? HTTPParserError else { return context.close(mode: .all, promise: nil) }
    if response == .notDue, ending != .lingering {
      request = .open
      if error == .headerOverflow {
        refuse(HTTPServingError.headTooLarge, .requestHeaderFieldsTooLarge, context: context)
      } else {
        refuse(HTTPServingError.requestMalformed, .badRequest, context: context)
      }
    } else {
      context.close(mode: .all, promise: nil)
    }
  }

  private func timeIsOver(context: ChannelHandlerContext) {
    if request == .notDue, headBegan, isHeadTimed, ending == .no {
      request = .open
      refuse(HTTPServingError.requestTimeout, .requestTimeout, context: context)
    } else {
      context.close(mode: .all, promise: nil)
    }
  }

  /// Answers a request that no handler sees, and ends the connection.
  private func refuse(_ code: ErrorCode, _ status: HTTPResponseStatus, context: ChannelHandlerContext) {
    for part in Refusal.parts(code, status) {
      var written: EventLoopPromise<Void>?
      if case .end = part {
        written = context.eventLoop.makePromise()
        written?.futureResult.assumeIsolated().whenComplete { _ in
          self.close(context: context, mode: .all, promise: nil)
        }
      }
      write(context: context, data: NIOAny(part), promise: written)
    }
    flush(context: context)
  }
}
