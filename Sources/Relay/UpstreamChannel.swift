import NIOCore

/// What a connection and a stream to an operator's server have in common: the channel, the client it is used for, and
/// reads that wait for that client.
class UpstreamChannel {
  /// Whoever the exchange under way is for; nil between exchanges.
  var client: (any UpstreamClient)?
  private(set) var context: ChannelHandlerContext?
  private var isReadWithheld = false

  final var isActive: Bool { context?.channel.isActive ?? false }
  final var isWritable: Bool { context?.channel.isWritable ?? false }

  final func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  final func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  final func channelReadComplete(context: ChannelHandlerContext) { client?.upstreamPaused() }

  final func read(context: ChannelHandlerContext) {
    if let client, !client.takesMore { isReadWithheld = true } else { context.read() }
  }

  final func readAgain() {
    guard isReadWithheld else { return }
    isReadWithheld = false
    context?.read()
  }

  final func channelWritabilityChanged(context: ChannelHandlerContext) { client?.upstreamWritabilityChanged() }

  final func errorCaught(context: ChannelHandlerContext, error: any Error) { fail() }

  /// The exchange under way has no further answer.
  final func fail() {
    let client = client
    cancel()
    client?.upstreamFailed(.unreachable)
  }

  final func cancel() {
    client = nil
    close()
  }

  final func close() { context?.close(promise: nil) }
}
