/// Where a relay forwards to, and how much of what it carries.
public struct RelayConfiguration: Sendable {
  /// One operator's servers, scheme and authority each.
  public struct Operator: Sendable {
    /// They share the work: each request goes to one of them, at random.
    public var gateways: [String]
    /// Serves `/logs/…`; nil where the relay carries no log.
    public var log: String?

    public init(gateways: [String], log: String? = nil) {
      self.gateways = gateways
      self.log = log
    }
  }

  /// By origin.
  public var operators: [String: Operator]
  public var limits: RelayLimits

  public init(operators: [String: Operator], limits: RelayLimits = RelayLimits()) {
    self.operators = operators
    self.limits = limits
  }
}

/// Every bound of a relay towards operators; what a client is granted is the server's (`HTTPServerLimits`).
public struct RelayLimits: Sendable {
  /// The largest encapsulated request, in bytes: the largest request class with both encapsulations.
  public var requestByteCount = 524_288 + 16_384
  /// The largest answer or public file, in bytes.
  public var answerByteCount = 6 << 20
  /// Until a connection to an operator is there, its TLS handshake or its first `SETTINGS` included, and until a request
  /// that waits for one is given up.
  public var connectSeconds = 5
  /// How long a gateway that could not be connected is passed over, where its operator has another.
  public var passOverSeconds = 10
  /// From the end of a request to the head of its answer.
  public var headSeconds = 60
  /// Between two steps of an exchange under way, where the next step is the operator's.
  public var stallSeconds = 60
  /// From the beginning of an exchange with an operator's server to the end of its answer, however steadily that comes.
  public var answerSeconds = 600
  /// HTTP/1.1 connections to one server of an operator. An answer in frames holds one for half a minute or longer.
  public var connectionsPerServer = 8_192
  /// Unused HTTP/1.1 connections that a server's pool keeps to choose from: the more, the less a connection says about
  /// its client.
  public var spareConnections = 64
  /// HTTP/2 connections to one server, which share its exchanges: another is made once those there have no room.
  public var sessionsPerServer = 64
  /// How long a connection stays open unused.
  public var idleSeconds = 45
  /// Requests that wait for a connection to one server.
  public var waitingRequests = 1_024

  public init() {}
}
