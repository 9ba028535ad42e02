import Attestation
public import CloisterClient
public import Foundation
public import Gateway
public import HTTPMessages
public import IdentityTokens
public import Inference
public import Issuer
public import Log
public import Node
package import PartyHosting
public import Trust
public import Witness

/// A whole deployment in one process, without sockets: the real parties, wired by an `InMemoryNetwork`, with a clock
/// that a test sets and simulated chips. Its folders go with it.
public final class InMemoryDeployment: Sendable {
  public struct Options: Sendable {
    /// Δ, in seconds.
    public var epochSeconds: UInt64 = 3_600
    public var tokensPerDay: UInt64 = 6
    /// Tokens that the issuer gives an account a day.
    public var dailyQuota = 50
    /// What the issuer verifies tokens of identity providers with, by the deployment's clock; nil for local keys alone.
    public var identityTokens: (@Sendable (_ now: @escaping @Sendable () -> Date) -> IdentityTokenVerifier)?
    public var nodeCount = 3
    /// The release role of every node.
    public var nodeRole = DeploymentNames.nodeRole
    /// Nodes behind the others, of a role of their own: where there are any, the others are orchestrators and call them.
    public var modelNodeCount = 0
    /// Whether orchestrators pass whole tasks on, in place of doing them with the other nodes' model.
    public var passesTasks = false
    /// Whether the releases say what their nodes can be asked for: by the configuration, whatever `engine` is.
    public var statesCapabilities = false
    /// The chip that each node runs on.
    public var chip: @Sendable (_ node: Int) -> UInt32 = { UInt32($0) }
    public var engine: @Sendable (_ node: Int) -> any Engine = { _ in EmbeddedEngine() }
    /// What nodes measure time by; nil for the deployment's clock.
    package var nodeClock: MonotonicClock?
    /// When the frames of nodes' streams leave.
    package var pacing = FramePacing.cadence
    /// Requests that each node works on, and that wait.
    public var admission = AdmissionLimits.standard
    /// How long an engine works on a request at most, by the deployment's clock. Nil for the limits of a real node by real
    /// time: this clock may skip a sleep, and an engine would then always be too slow.
    public var engineSeconds: Int?
    /// What nodes draw the noise of their counts from.
    package var noise: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    /// Witnesses that cannot be reached when the deployment starts.
    public var missingWitnesses: Set<Int> = []

    public init() {}
  }

  public static let witnessCount = 4
  public static let witnessThreshold = 3
  /// Accounts of the issuer, by their names.
  public static let accountNames = ["ada", "bob"]

  public let options: Options
  public let clock: SettableClock
  public let network: InMemoryNetwork
  public let logLines: CapturedLog
  public let folder: TemporaryFolder
  public let identity: DeploymentIdentity
  public let relay: InMemoryRelay
  public let gateway: GatewayService
  public let issuer: IssuerService
  public let log: LogParty
  public let epochLog: LogService
  public let releaseLog: LogService
  public let witnesses: [WitnessService]
  public let nodes: [NodeService]
  /// What the publishers signed, and the policy among it.
  public let publications: GatewayConfiguration.Publications
  public let policy: TrustPolicy
  private let gatewayConfiguration: EditedConfiguration
  private let parts: DeploymentParts

  /// Starts every party; epochs are published by `publishDueEpochs`.
  public init(_ options: Options = Options()) async throws {
    self.options = options
    let clock = SettableClock(SlowKeys.beginning)
    let parts = DeploymentParts(
      folder: try TemporaryFolder(), network: InMemoryNetwork(now: { clock.monotonicNow }), logLines: CapturedLog(),
      clock: clock)
    self.parts = parts
    self.clock = clock
    (folder, network, logLines) = (parts.folder, parts.network, parts.logLines)
    identity = try DeploymentIdentity(parts, options: options)
    witnesses = try parts.makeWitnesses(identity)
    (epochLog, releaseLog, log) = try parts.makeLogs(identity)
    issuer = try await parts.makeIssuer(identity, options)
    let releases: [ReleaseEntry]
    (nodes, releases) = try parts.makeNodes(identity, options)
    policy = try identity.trustPolicy(options)
    publications = try identity.publications(releases: releases, policy: policy)
    gatewayConfiguration = EditedConfiguration(
      try parts.gatewayConfiguration(identity, nodeCount: nodes.count, publications: publications))
    gateway = try parts.makeGateway(gatewayConfiguration)
    relay = try parts.makeRelay()
    for index in options.missingWitnesses { network.kill(DeploymentNames.witness(index)) }
  }

  /// A deployment whose first epoch is published.
  public static func started(_ options: Options = Options()) async throws -> InMemoryDeployment {
    let deployment = try await InMemoryDeployment(options)
    await deployment.gateway.publishDueEpochs()
    return deployment
  }

  /// One more gateway of the operator, or the same one started again: it shares keys, epoch files and spent tokens.
  ///
  /// - Parameters:
  ///   - seconds: how far its clock is ahead of everybody's; behind where negative.
  ///   - makesEpochs: whether it has the operator's key.
  public func startGateway(
    at server: String, address: String = "127.0.0.7", clockAheadBy seconds: Double = 0, makesEpochs: Bool = true
  ) async throws -> GatewayService {
    let gateway = try parts.makeGateway(
      gatewayConfiguration, at: server, address: address, clockAheadBy: seconds, makesEpochs: makesEpochs)
    await gateway.publishDueEpochs()
    return gateway
  }

  /// Edits the configuration file of the operator's gateways.
  public func changeGatewayConfiguration(_ change: (inout GatewayConfiguration) -> Void) {
    gatewayConfiguration.change(change)
  }

  /// Leaves a configuration file that no gateway can read.
  public func breakGatewayConfiguration() { gatewayConfiguration.makeUnreadable() }

  public var schedule: EpochSchedule { identity.schedule }

  /// The epoch that the clock names.
  public var currentEpoch: UInt64 { get throws { try schedule.epoch(at: clock.now) } }

  /// Lets time pass, in minutes of an epoch of sixty, in steps of five after each of which the gateway publishes what is
  /// due.
  public func passMinutes(_ minutes: Int) async {
    var left = minutes
    while left > 0 {
      let step = min(left, 5)
      clock.advance(bySeconds: schedule.seconds(scaledMinutes: Double(step)))
      await gateway.publishDueEpochs()
      left -= step
    }
  }

  /// A jump, as when every machine of the operator stood still; the gateway publishes nothing on the way.
  public func jumpEpochs(_ count: Int) async {
    clock.advance(bySeconds: Double(options.epochSeconds) * Double(count))
    await gateway.publishDueEpochs()
  }

  /// A client of one account with a state folder of its own: it trusts the deployment's policy and may summarise.
  ///
  /// - Parameters:
  ///   - address: what its peers see.
  ///   - credential: shown at a draw in place of the account's key.
  public func makeClient(
    account: String = "ada", address: String = "127.0.0.2", credential: (any AccountCredential)? = nil,
    preparesNext: Bool = false
  ) throws -> CloisterClient {
    let state = try ClientState(path: folder.subfolder("clients/\(account)-\(UUID().uuidString)"))
    try state.policies.trust(TrustedPolicy(published: try Statement(parsing: publications.policy)))
    try state.consent.change { $0.grant("summarize") }
    if let key = identity.accountKeys[account] { try state.keepAccountKey(key.hexadecimal) }
    let exchange = network.exchange(from: "client", address: address)
    return CloisterClient(
      state: state, exchange: exchange, issuerExchange: exchange, account: credential,
      clock: ClientClock { [clock] in clock.now }, preparesNext: preparesNext)
  }

  /// A client whose wallet is filled.
  public func makeClientWithTokens(
    account: String = "ada", address: String = "127.0.0.2", preparesNext: Bool = false
  ) async throws -> CloisterClient {
    let client = try makeClient(account: account, address: address, preparesNext: preparesNext)
    _ = try await client.drawTokens()
    return client
  }

  /// Where the parties keep their files and observation records.
  public var partiesFolder: String { folder.path("parties") }

  public var clientsFolder: String { folder.path("clients") }
}

extension InMemoryDeployment {
  /// Asks a party in clear, as anybody may.
  public func get(_ path: String, from server: String) async throws -> WholeResponse {
    try await network.exchange(from: "stranger", address: "127.0.0.99").send(
      WholeRequest(method: "GET", path: path), to: server, bodyLimit: 8 << 20)
  }

  /// An epoch's file through the relay, as every client asks for it.
  public func fetchEpoch(_ epoch: UInt64, from address: String) async throws -> WholeResponse {
    try await network.exchange(from: "client", address: address).send(
      WholeRequest(method: "GET", path: "/to/\(DeploymentNames.operatorOrigin)/epoch/\(epoch)"),
      to: DeploymentNames.relay, bodyLimit: EpochFile.byteLimit)
  }

  /// Where the bundle has a node's chip; the first node where it has none.
  public func bundleIndex(ofNode node: Int, in bundle: EpochBundle) -> Int {
    let chip = identity.chips[node].chipIdentifier
    return bundle.nodes.firstIndex { Self.chip(of: $0) == chip } ?? 0
  }

  /// Which node stands at an index of the bundle.
  public func nodeIndex(ofBundle bundle: EpochBundle, _ index: Int) -> Int {
    let chip = Self.chip(of: bundle.nodes[index])
    return identity.chips.firstIndex { $0.chipIdentifier == chip } ?? 0
  }

  private static func chip(of node: EpochBundle.Node) -> [UInt8]? {
    (try? SEVSNP.Report(parsing: node.evidence)).map { Array($0.chipID) }
  }
}
