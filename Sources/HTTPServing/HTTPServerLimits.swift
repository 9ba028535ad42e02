/// What a server grants each client, so that no client can hold more than its share: sizes, times and counts.
public struct HTTPServerLimits: Sendable, Equatable {
  /// The largest head, in bytes: the request's target, field names and field values together.
  public var headByteCount = 16 * 1024
  /// The longest time for a whole head: from the connection's start, TLS handshake included, or from a later head's
  /// first byte.
  public var headTime = Duration.seconds(10)
  /// The longest time from a whole head to the end of its body, however busy the connection is meanwhile.
  public var bodyTime = Duration.seconds(60)
  /// How long a connection stays open between two exchanges.
  public var idleTime = Duration.seconds(75)
  /// How long a client may leave an answer unread, with more of it waiting. An answer itself may take any time.
  public var writeStallTime = Duration.seconds(30)
  /// How long exchanges under way may take once the server is asked to end.
  public var drainTime = Duration.seconds(30)
  /// Connections at a time, of all clients together.
  public var connectionCount = 8192
  /// Concurrent streams of one HTTP/2 connection.
  public var streamCount = 100
  /// Streams that the client of one HTTP/2 connection may reset within 30 seconds.
  public var streamResetCount = 100
  /// Connections at a time from one address: an IPv4 address, or an IPv6 network of 64 bits. Nil: no such limit.
  public var connectionCountPerAddress: Int?
  /// Requests a second from one address, after a burst of twice as many. Nil: no such limit.
  public var requestRatePerAddress: Int?
  /// Addresses without a connection that the server remembers for the sake of their request rate.
  public var rememberedAddressCount = 65_536

  public init() {}
}
