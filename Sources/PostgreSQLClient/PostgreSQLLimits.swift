/// Bounds on waiting for the server.
public struct PostgreSQLLimits: Sendable {
  /// For one statement, by the server's clock; this side gives the session up half a second later.
  public var answer: Duration = .seconds(2)
  /// For a new session.
  public var connect: Duration = .seconds(3)
  /// After a first failed attempt to connect, and doubled after each further one.
  public var firstReconnectDelay: Duration = .milliseconds(100)
  public var lastReconnectDelay: Duration = .seconds(5)

  public init() {}
}
