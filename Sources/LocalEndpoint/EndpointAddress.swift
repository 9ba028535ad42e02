import Synchronization

/// The one authority under which the endpoint is asked: the numeric loopback address and the port that it listens on.
///
/// A name would let DNS choose who is meant, so there is none. Until the socket is bound, everything is refused.
public final class EndpointAddress: Sendable {
  private let bound = Mutex<(host: String, port: Int)?>(nil)

  public init() {}

  /// To be told once where the server listens.
  public func bind(host: String, port: Int) { bound.withLock { $0 = (host, port) } }

  /// What a request's `Host` must be, byte for byte.
  public var authority: String? {
    bound.withLock { $0 }.map { $0.port == 80 ? $0.host : "\($0.host):\($0.port)" }
  }

  /// The web origin of the endpoint's own page.
  public var webOrigin: String? { authority.map { "http://" + $0 } }
}
