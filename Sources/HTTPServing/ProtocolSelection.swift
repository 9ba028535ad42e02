import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOTLS

/// Decides on a new connection between HTTP/1.1 and HTTP/2: by the first bytes, or by what TLS agreed on.
///
/// In clear, `PRI ` begins the preface of HTTP/2 (RFC 9113, section 3.4) and no request of HTTP/1.1.
final class ProtocolSelection: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private static let preface = ByteBuffer(string: "PRI ")

  private let serving: ConnectionServing
  private let isEncrypted: Bool
  private let headDeadline: NIODeadline
  private var deadline: LazyDeadline?
  private var received = ByteBuffer()

  init(serving: ConnectionServing, isEncrypted: Bool, headDeadline: NIODeadline) {
    self.serving = serving
    self.isEncrypted = isEncrypted
    self.headDeadline = headDeadline
  }

  func handlerAdded(context: ChannelHandlerContext) {
    deadline = LazyDeadline(eventLoop: context.eventLoop) { context.close(promise: nil) }
    deadline?.set(headDeadline)
  }

  func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case TLSUserEvent.handshakeCompleted(let negotiated):
      context.fireUserInboundEventTriggered(event)
      select(http2: negotiated == "h2", context: context)
    case is ChannelShouldQuiesceEvent:
      context.close(promise: nil)
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    guard !isEncrypted else { return }
    let length = min(received.readableBytes, Self.preface.readableBytes)
    let isPreface =
      received.getSlice(at: received.readerIndex, length: length)
      == Self.preface.getSlice(at: 0, length: length)
    if !isPreface || length == Self.preface.readableBytes { select(http2: isPreface, context: context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func select(http2: Bool, context: ChannelHandlerContext) {
    do {
      let configure = http2 ? HTTP2Pipeline.configure : HTTP1Pipeline.configure
      try configure(context.channel, headDeadline, serving)
    } catch {
      return context.close(promise: nil)
    }
    if received.readableBytes > 0 {
      context.fireChannelRead(wrapInboundOut(received))
      context.fireChannelReadComplete()
    }
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }
}
