import Attestation
import Crypto
import Foundation
import Gateway
public import Issuer
import Log
public import Node
public import SimulatedTEE
public import StrictJSON
public import TransparencyLog
public import Trust
import WireFormat
import Witness

/// The keys and names of one deployment: what its parties agree on, and the secrets that only tests may know all of.
public struct DeploymentIdentity: Sendable {
  public let schedule: EpochSchedule
  public let operatorKey: StatementSigningKey
  public let publisherKeys: [StatementSigningKey]
  public let publishers: Publishers
  public let epochLogKey: NoteSigningKey
  public let releaseLogKey: NoteSigningKey
  public let witnessKeys: [NoteSigningKey]
  public let witnesses: DeclaredWitnesses
  /// The log's submission key, as its bearer token.
  public let submissionKey: String
  public let accountKeys: [String: AccountKey]
  public let nodeRole: String
  let vendor: SimulatedVendor
  /// One per node.
  public let chips: [SimulatedChip]

  init(_ parts: DeploymentParts, options: InMemoryDeployment.Options) throws {
    nodeRole = options.nodeRole
    let now = UInt64(parts.clock.now.timeIntervalSince1970)
    // The first epoch is void: keys are made over a cosigned note, and the first note holds one leaf.
    schedule = try EpochSchedule(start: now - options.epochSeconds, epochSeconds: options.epochSeconds)
    operatorKey = StatementSigningKey()
    publisherKeys = [StatementSigningKey(), StatementSigningKey()]
    publishers = try Publishers(keys: publisherKeys.map(\.publicKey), threshold: 2)
    let logState = try parts.folder.subfolder("parties/log")
    let origin = DeploymentNames.operatorOrigin
    epochLogKey = try LogKeyFile.createOrRead(state: logState, origin: origin + "/epochs")
    releaseLogKey = try LogKeyFile.createOrRead(state: logState, origin: origin + "/releases")
    witnessKeys = try (0..<InMemoryDeployment.witnessCount).map { index in
      try parts.witnessStore(index).createOrReadKey(name: "witness-\(index + 1).test/1")
    }
    witnesses = try DeclaredWitnesses(
      keys: witnessKeys.map(\.verifierKey), threshold: InMemoryDeployment.witnessThreshold, declaredFaults: 1)
    submissionKey = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0).hexadecimal }
    accountKeys = Dictionary(uniqueKeysWithValues: InMemoryDeployment.accountNames.map { ($0, AccountKey()) })
    let vendor = try SlowKeys.vendor()
    self.vendor = vendor
    chips = try (0..<options.nodeCount + options.modelNodeCount).map {
      try vendor.makeChip(index: options.chip($0), at: SlowKeys.beginning)
    }
  }

  /// What every node is told by its measured configuration.
  public var nodeConfiguration: JSONValue { nodeConfiguration(role: nodeRole, engine: "embedded") }

  /// The same for orchestrators, which call the nodes of the model's role.
  func orchestratorConfiguration(passesTasks: Bool) -> JSONValue {
    var engine: [String: JSONValue] = ["peer": .string(DeploymentNames.modelRole), "name": "tiny", "parallel": 8]
    if !passesTasks { (engine["contextTokens"], engine["answerTokens"]) = (4_096, 512) }
    return nodeConfiguration(role: DeploymentNames.nodeRole, engine: .object(engine))
  }

  func nodeConfiguration(role: String, engine: JSONValue) -> JSONValue {
    [
      "role": .string(role), "operator": .string(DeploymentNames.operatorOrigin),
      "epochs": schedule.json, "epochLog": .string(epochLogKey.verifierKey.encoded),
      "releaseLog": .string(releaseLogKey.verifierKey.encoded), "witnesses": witnesses.json,
      "publishers": publishers.json, "engine": engine, "weaknesses": [],
    ]
  }

  func trustPolicy(_ options: InMemoryDeployment.Options) throws -> TrustPolicy {
    var rules = SEVSNP.AppraisalRules.strict
    rules.hosts = HostList(chipIdentifiers: Set(chips.map(\.chipIdentifier)))
    return try TrustPolicy(
      version: 1, operatorOrigin: DeploymentNames.operatorOrigin, operatorKey: operatorKey.publicKey,
      publishers: publishers, epochs: schedule, epochLog: epochLogKey.verifierKey,
      releaseLog: releaseLogKey.verifierKey, witnesses: witnesses,
      appraisal: AppraisalPolicy(anchors: .simulated([vendor.root]), sevSNP: rules),
      releases: [
        .init(name: DeploymentNames.releaseName, role: nodeRole, minimumSecurityVersion: 1),
        .init(name: DeploymentNames.modelReleaseName, role: DeploymentNames.modelRole, minimumSecurityVersion: 1),
      ],
      relays: [.init(server: DeploymentNames.relay, operatorName: "relay.test")],
      issuer: .init(
        name: DeploymentNames.issuerName, server: DeploymentNames.issuer, plan: DeploymentNames.plan,
        tokensPerDay: options.tokensPerDay))
  }

  /// The entry that describes the nodes, for both publishers to sign.
  public func release(_ image: NodeImage, _ configuration: NodeConfiguration) -> ReleaseEntry {
    ReleaseEntry(
      name: configuration.role == DeploymentNames.modelRole
        ? DeploymentNames.modelReleaseName : DeploymentNames.releaseName, version: "0.1.0", securityVersion: 1,
      role: configuration.role,
      artifacts: image.artifacts + [.init(name: "sbom", purpose: "sbom", digest: [UInt8](repeating: 0xB0, count: 32))],
      measurements: [
        .init(
          platform: Platform.sevSNP.rawValue, measurement: image.simulatedMeasurement,
          firmware: Array(repeating: 0x5F, count: 48))
      ],
      engineManifestDigest: image.engineManifest.digest, weaknesses: image.engineManifest.weaknesses,
      calls: configuration.calls,
      issued: UInt64(SlowKeys.beginning.timeIntervalSince1970))
  }

  /// A statement as the publishers' threshold signs it.
  public func signedByPublishers(_ statement: Statement) -> [UInt8] {
    var statement = statement
    for key in publisherKeys { statement.sign(with: key) }
    return statement.encoded
  }

  func publications(releases: [ReleaseEntry], policy: TrustPolicy) throws -> GatewayConfiguration.Publications {
    let now = UInt64(SlowKeys.beginning.timeIntervalSince1970)
    return GatewayConfiguration.Publications(
      releases: releases.map { signedByPublishers($0.statement) },
      revocations: publisherKeys.map { key in
        var statement = RevocationEntry(issued: now).statement
        statement.sign(with: key)
        return statement.encoded
      },
      policy: signedByPublishers(policy.statement))
  }
}
