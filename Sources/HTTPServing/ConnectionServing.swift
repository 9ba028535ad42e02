import NIOCore

/// What one connection's handlers share.
struct ConnectionServing: Sendable {
  let limits: HTTPServerLimits
  let peerAddress: String
  /// Nil where no limit counts by address.
  let client: ClientAddress?
  let handlers: @Sendable (_ peerAddress: String) -> any ChannelHandler

  func makeHandler() -> any ChannelHandler { handlers(peerAddress) }
}
