/// Where a relay forwards to: operators by their origin, each with a gateway and the place of its public files.
public struct RelayConfiguration: Sendable {
  /// One operator's servers, scheme and authority each.
  public struct Operator: Sendable {
    public var gateway: String
    /// Serves `/logs/…`; nil where the relay carries no log.
    public var log: String?

    public init(gateway: String, log: String? = nil) {
      self.gateway = gateway
      self.log = log
    }
  }

  /// The largest encapsulated request that is carried, in bytes: the largest request class with both encapsulations.
  public static let requestLimit = 524_288 + 16_384
  /// The largest answer or public file that is carried, in bytes.
  public static let answerLimit = 6 << 20

  public var operators: [String: Operator]

  public init(operators: [String: Operator]) { self.operators = operators }
}
