import NIOCore
import NIOHTTP1

/// The handlers of an HTTP/1.1 connection, up to the one that answers.
enum HTTP1Pipeline {
  static func configure(_ channel: any Channel, headDeadline: NIODeadline, serving: ConnectionServing) throws {
    let limits = serving.limits
    let connection = HTTP1Connection(limits: limits, headDeadline: headDeadline)
    var parserLimits = NIOHTTPDecoderLimitConfiguration()
    parserLimits.maxHeaderListSize = limits.headByteCount
    parserLimits.maxHeaderFieldSize = limits.headByteCount
    let parser = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: parserLimits)
    let handlers: [any ChannelHandler] = [
      ByteArrival(connection), ByteToMessageHandler(parser), connection,
      ExchangeLimits(limits: limits, client: serving.client), serving.makeHandler(),
    ]
    try channel.pipeline.syncOperations.addHandlers(handlers)
  }
}

/// Tells the connection that bytes came, of which the parser may make nothing yet.
private final class ByteArrival: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let connection: HTTP1Connection

  init(_ connection: HTTP1Connection) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    connection.bytesArrived()
    context.fireChannelRead(data)
  }
}
