public import TransparencyLog
public import Trust

/// Values that a gateway reads at start. Secrets come from files.
public struct GatewayConfiguration: Sendable {
  /// The largest encapsulated request, in bytes: the largest class with both encapsulations and the token.
  public static let requestLimit = RequestClass.largest.byteCount + 16_384
  /// The largest answer that is read from a node, log or issuer, in bytes.
  public static let answerLimit = 1 << 20

  public var operatorOrigin: String
  public var epochs: EpochSchedule
  /// Nil for a gateway that takes up the epochs that another one publishes: whoever breaks into it can sign nothing.
  public var epochKeys: EpochKeys?
  /// The name that the token challenge gives the issuer (RFC 9577, section 2.1).
  public var issuerName: String
  public var issuerServer: String
  public var logServer: String
  public var epochLog: NoteVerifierKey
  public var releaseLog: NoteVerifierKey
  public var witnesses: WitnessPolicy
  /// Scheme and authority of each node.
  public var nodeServers: [String]
  /// Keys for the outer encapsulation.
  public var keys: any GatewayKeySource
  /// Signed statements for the release log and the bundles.
  public var publications: Publications

  public init(
    operatorOrigin: String, epochs: EpochSchedule, epochKeys: EpochKeys?, issuerName: String,
    issuerServer: String, logServer: String, epochLog: NoteVerifierKey, releaseLog: NoteVerifierKey,
    witnesses: WitnessPolicy, nodeServers: [String], keys: any GatewayKeySource, publications: Publications
  ) {
    self.operatorOrigin = operatorOrigin
    self.epochs = epochs
    self.epochKeys = epochKeys
    self.issuerName = issuerName
    self.issuerServer = issuerServer
    self.logServer = logServer
    self.epochLog = epochLog
    self.releaseLog = releaseLog
    self.witnesses = witnesses
    self.nodeServers = nodeServers
    self.keys = keys
    self.publications = publications
  }

  /// What a gateway that makes epochs holds.
  public struct EpochKeys: Sendable {
    /// Signs epoch leaves.
    public let operatorKey: StatementSigningKey
    /// The log's submission key, as its bearer token.
    public let submissionKey: String

    public init(operatorKey: StatementSigningKey, submissionKey: String) {
      self.operatorKey = operatorKey
      self.submissionKey = submissionKey
    }
  }

  /// What publishers signed, as they signed it: the gateway can neither make nor change these.
  public struct Publications: Sendable {
    public var releases: [[UInt8]]
    public var revocations: [[UInt8]]
    public var policy: [UInt8]

    public init(releases: [[UInt8]], revocations: [[UInt8]], policy: [UInt8]) {
      self.releases = releases
      self.revocations = revocations
      self.policy = policy
    }
  }
}
