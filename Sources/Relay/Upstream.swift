import NIOCore

/// One HTTP/1.1 connection to an operator's server, or one stream of an HTTP/2 connection: carries one exchange at a
/// time. Every call is made on the relay's event loop.
protocol Upstream: AnyObject {
  var isActive: Bool { get }
  /// False while it takes no more of a request's body.
  var isWritable: Bool { get }

  /// Writes a request's head. Only on a connection that is free.
  func begin(for client: any UpstreamClient, request: UpstreamRequest)
  func send(_ body: ByteBuffer)
  func sendEnd()
  func flush()
  /// The client takes more of the answer again.
  func readAgain()
  /// Ends the exchange, and with it the connection or the stream.
  func cancel()
}

/// A request as it is written anew for an operator's server.
struct UpstreamRequest {
  let forwarding: RelayRules.Forwarding
  let authority: String
  /// Where its client said so. A stream has none, whatever its client says.
  let byteCount: Int?
}

/// Whoever an exchange with an operator's server is for.
protocol UpstreamClient: AnyObject {
  /// False while no more of the answer can be passed on: then nothing more is read of it.
  var takesMore: Bool { get }

  /// The connection that was waited for.
  func upstreamReady(_ upstream: any Upstream)
  func upstreamAnswered(_ answer: UpstreamAnswer)
  func upstreamSent(_ body: ByteBuffer)
  /// All that was read at once has been handed over.
  func upstreamPaused()
  /// The answer is whole; the connection is no longer this client's.
  func upstreamEnded()
  func upstreamWritabilityChanged()
  /// There is no connection, or no further answer on it.
  func upstreamFailed(_ failure: UpstreamFailure)
}

enum UpstreamFailure {
  /// No connection came about, or it broke.
  case unreachable
  /// Too many wait for one.
  case busy
}
