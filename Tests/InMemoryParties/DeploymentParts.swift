import Crypto
import Foundation
import Gateway
import HybridPublicKeyEncryption
import Inference
import Issuer
import Log
import Node
import ObliviousHTTP
import PartyHosting
import Relay
import SimulatedTEE
import SpentTokens
import StrictJSON
import Synchronization
import TransparencyLog
import Trust
import Witness

/// Makes the parties of one deployment and puts each at its name.
struct DeploymentParts {
  let folder: TemporaryFolder
  let network: InMemoryNetwork
  let logLines: CapturedLog
  let clock: SettableClock

  private var now: @Sendable () -> Date { { [clock] in clock.now } }

  /// Every party records what it saw, as with `--observe`.
  private func attach(_ party: any Party, at server: String, address: String) throws {
    let name = DeploymentNames.shortName(server)
    let record = try ObservationRecord(
      path: try folder.subfolder("parties/observed") + "/\(name).jsonl", listen: ListenAddress(host: address, port: 80))
    network.attach(party, at: server, record: record, logger: logLines.logger(label: name))
  }

  func witnessStore(_ index: Int) throws -> FileWitnessStore {
    try FileWitnessStore(folder: folder.subfolder("parties/witness-\(index + 1)"))
  }

  func makeWitnesses(_ identity: DeploymentIdentity) throws -> [WitnessService] {
    try identity.witnessKeys.enumerated().map { index, key in
      let witness = WitnessService(
        key: key, logs: [identity.epochLogKey.verifierKey, identity.releaseLogKey.verifierKey],
        store: try witnessStore(index), now: now)
      try attach(
        WitnessParty(witness), at: DeploymentNames.witness(index), address: DeploymentNames.witnessAddress(index))
      return witness
    }
  }

  func makeLogs(
    _ identity: DeploymentIdentity
  ) throws -> (epochs: LogService, releases: LogService, party: LogParty) {
    let endpoints = identity.witnessKeys.enumerated().map { index, key in
      WitnessEndpoint(key: key.verifierKey, server: DeploymentNames.witness(index))
    }
    func service(_ key: NoteSigningKey, _ admission: EntryAdmission) throws -> LogService {
      try LogService(
        key: key, admission: admission,
        files: LogKeyFile.files(state: folder.subfolder("parties/log"), origin: key.verifierKey.name),
        witnesses: endpoints,
        threshold: InMemoryDeployment.witnessThreshold,
        exchange: network.partyExchange(from: "log", address: DeploymentNames.logAddress), now: now)
    }
    let epochs = try service(identity.epochLogKey, .indexIsEpoch)
    let releases = try service(identity.releaseLogKey, .everyEntry)
    let party = LogParty(
      logs: ["epochs": epochs, "releases": releases],
      submissionKeyDigest: Array(SHA256.hash(data: Array(identity.submissionKey.utf8))))
    try attach(party, at: DeploymentNames.log, address: DeploymentNames.logAddress)
    return (epochs, releases, party)
  }

  func makeIssuer(
    _ identity: DeploymentIdentity, _ options: InMemoryDeployment.Options
  ) async throws -> IssuerService {
    let state = try folder.subfolder("parties/issuer")
    _ = try folder.subfolder("parties/issuer/keys")
    for day in 0..<SlowKeys.issuerKeyCount {
      // As an issuer that ran before would have left them.
      let file = "\(state)/keys/\(day)-\(DeploymentNames.plan).pem"
      try SlowKeys.issuerKey(index: day).write(toFile: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }
    let accounts = try AccountStore(path: IssuerConfiguration.accountsPath(stateFolder: state))
    let hashing = KeyHash.Parameters(logRounds: 10, blockSize: 1, parallelism: 1) ?? .standard
    for (name, key) in identity.accountKeys {
      try await accounts.add(name: name, plan: DeploymentNames.plan, key: key, hashing: hashing)
    }
    let issuer = try await IssuerService(
      configuration: IssuerConfiguration(
        calendar: IssuerCalendar(
          epochStart: identity.schedule.start, epochSeconds: identity.schedule.epochSeconds),
        plans: [ServicePlan(name: DeploymentNames.plan, dailyQuota: options.dailyQuota)],
        stateFolder: state, keyHashing: hashing),
      identityTokens: options.identityTokens?(now), now: now)
    try attach(issuer, at: DeploymentNames.issuer, address: DeploymentNames.issuerAddress)
    return issuer
  }

  /// - Returns: also the entries that describe the nodes.
  func makeNodes(
    _ identity: DeploymentIdentity, _ options: InMemoryDeployment.Options
  ) throws -> ([NodeService], [ReleaseEntry]) {
    let first = try kind(
      options.modelNodeCount == 0
        ? identity.nodeConfiguration : identity.orchestratorConfiguration(passesTasks: options.passesTasks))
    let second = try kind(identity.nodeConfiguration(role: DeploymentNames.modelRole, engine: "embedded"))
    let nodes = try identity.chips.indices.map { index in
      let isModel = index >= options.nodeCount
      let engine: AnsweringEngine =
        !isModel && options.modelNodeCount > 0
        ? .peers(
          network.partyExchange(
            from: DeploymentNames.shortName(DeploymentNames.node(index)), address: DeploymentNames.nodeAddress(index)))
        : .own(options.engine(index))
      return try makeNode(index, isModel ? second : first, engine, identity, options)
    }
    let kinds = options.modelNodeCount == 0 ? [first] : [first, second]
    let releases = kinds.map { kind in
      var release = identity.release(kind.image, kind.configuration)
      if options.statesCapabilities { release.capabilities = kind.configuration.capabilities }
      return release
    }
    return (nodes, releases)
  }

  private typealias Kind = (configuration: NodeConfiguration, image: NodeImage)

  private func kind(_ configuration: JSONValue) throws -> Kind {
    let configuration = try NodeConfiguration(parsing: configuration.canonicalBytes)
    return (configuration, NodeImage(binary: Array("a node in memory".utf8), configuration: configuration))
  }

  private func makeNode(
    _ index: Int, _ kind: Kind, _ engine: AnsweringEngine, _ identity: DeploymentIdentity,
    _ options: InMemoryDeployment.Options
  ) throws -> NodeService {
    let timeLimit =
      options.engineSeconds.map { seconds in
        EngineTimeLimit(whole: .seconds(seconds), streamed: .seconds(seconds), clock: clock.monotonic)
      } ?? .standard(.system)
    let node = NodeService(
      configuration: kind.configuration, image: kind.image,
      attester: try SimulatedAttester(chip: identity.chips[index], measurement: kind.image.simulatedMeasurement),
      engine: engine, admission: options.admission, clock: options.nodeClock ?? clock.monotonic, pacing: options.pacing,
      timeLimit: timeLimit, noise: options.noise)
    try attach(node, at: DeploymentNames.node(index), address: DeploymentNames.nodeAddress(index))
    return node
  }

  /// What all gateways of the operator share: keys, the folder of epoch files, the record of spent tokens.
  func gatewayConfiguration(
    _ identity: DeploymentIdentity, nodeCount: Int, publications: GatewayConfiguration.Publications
  ) throws -> GatewayConfiguration {
    return GatewayConfiguration(
      operatorOrigin: DeploymentNames.operatorOrigin, epochs: identity.schedule,
      epochKeys: .init(operatorKey: identity.operatorKey, submissionKey: identity.submissionKey),
      issuerName: DeploymentNames.issuerName, issuerServer: DeploymentNames.issuer, logServer: DeploymentNames.log,
      epochLog: identity.epochLogKey.verifierKey,
      releaseLog: identity.releaseLogKey.verifierKey, witnesses: identity.witnesses.policy,
      nodeServers: (0..<nodeCount).map { DeploymentNames.node($0) }, keys: MemoryGatewayKeys(),
      publications: publications)
  }

  func makeGateway(
    _ configuration: EditedConfiguration, at server: String = DeploymentNames.gateway,
    address: String = DeploymentNames.gatewayAddress, clockAheadBy seconds: Double = 0, makesEpochs: Bool = true
  ) throws -> GatewayService {
    let state = try folder.subfolder("parties/gateway")
    var own = try configuration.read()
    if !makesEpochs { own.epochKeys = nil }
    let gateway = GatewayService(
      own,
      exchange: network.partyExchange(from: DeploymentNames.shortName(server), address: address),
      store: try SQLiteSpentTokens(path: state + "/spent-tokens.sqlite"),
      files: try EpochFolder(path: state + "/epochs"), reread: { try configuration.read() },
      clock: clock.steady, now: { [clock] in clock.now + seconds })
    try attach(gateway, at: server, address: address)
    return gateway
  }

  func makeRelay() throws -> InMemoryRelay {
    let relay = InMemoryRelay(
      operators: [DeploymentNames.operatorOrigin: .init(gateways: [DeploymentNames.gateway], log: DeploymentNames.log)],
      exchange: network.partyExchange(from: "relay", address: DeploymentNames.relayAddress))
    try attach(relay, at: DeploymentNames.relay, address: DeploymentNames.relayAddress)
    return relay
  }
}

/// The configuration file of a deployment's gateways, as a person edits it.
final class EditedConfiguration: Sendable {
  private let current: Mutex<GatewayConfiguration>
  private let isReadable = Mutex(true)

  init(_ first: GatewayConfiguration) { current = Mutex(first) }

  func change(_ change: (inout GatewayConfiguration) -> Void) { current.withLock { change(&$0) } }

  func makeUnreadable() { isReadable.withLock { $0 = false } }

  func read() throws -> GatewayConfiguration {
    guard isReadable.withLock({ $0 }) else {
      throw GatewayError(GatewayError.configurationInvalid, "the configuration cannot be read")
    }
    return current.withLock { $0 }
  }
}
