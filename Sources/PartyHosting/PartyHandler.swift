import HTTPMessages
package import NIOCore
package import NIOHTTP1

/// Has a party answer the exchanges of one channel, one after another.
///
/// A request that is whole when its head was read reaches the party whole. Otherwise its body follows in pieces, and
/// nothing more is read from the connection while a piece lies unread.
package final class PartyHandler: ChannelDuplexHandler {
  package typealias InboundIn = HTTPServerRequestPart
  package typealias OutboundIn = HTTPServerResponsePart
  package typealias OutboundOut = HTTPServerResponsePart

  private let hosted: HostedParty
  private let peerAddress: String
  private var executor: EventLoopTaskExecutor?
  /// The exchange under way.
  private var exchange: PartyExchange?
  /// Its head, until the party is asked.
  private var head: HTTPRequestHead?
  private var readIsHeld = false

  package init(_ hosted: HostedParty, peerAddress: String) {
    self.hosted = hosted
    self.peerAddress = peerAddress
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    if hosted.party.answersQuickly { executor = EventLoopTaskExecutor(context.eventLoop) }
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      exchange = PartyExchange(context: context, handler: self)
    case .body(let bytes):
      exchange?.receive(bytes)
    case .end:
      exchange?.receiveEnd()
      ask()
    }
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    ask()
    context.fireChannelReadComplete()
  }

  package func read(context: ChannelHandlerContext) {
    if let exchange, exchange.hasUnreadBody { readIsHeld = true } else { context.read() }
  }

  /// Nothing that was received of the body lies unread.
  func bodyWasRead(context: ChannelHandlerContext) {
    guard readIsHeld else { return }
    readIsHeld = false
    context.read()
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { exchange?.clientReads() }
    context.fireChannelWritabilityChanged()
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) { exchange?.clientGone() }

  package func channelInactive(context: ChannelHandlerContext) {
    exchange?.clientGone()
    exchange = nil
    context.fireChannelInactive()
  }

  private func ask() {
    guard let head, let exchange else { return }
    self.head = nil
    exchange.start(hosted, head, from: peerAddress, on: executor)
  }
}
