import Attestation
import Crypto
import Foundation
import HTTPMessages
import Inference
import ReleasePublishing
import SimulatedTEE
import StrictJSON
import TransparencyLog
import Trust
import WireFormat

/// A whole deployment on loopback: every party a process of its own, on an address of its own, with new keys, logs and
/// policy. Only the simulated vendor's slow keys outlive it.
final class DemoDeployment {
  static let operatorOrigin = "demo.cloister.test"
  static let clientAddress = "127.0.0.2"
  static let nodeCount = 3
  /// Nodes behind orchestrators.
  static let engineNodeCount = 2
  /// The release role of those.
  static let engineRole = "engine"
  static let embedderNodeCount = 2
  static let witnessCount = 4
  static let witnessThreshold = 3

  struct Options {
    var engine = EngineLocation.embedded
    /// Of nodes of their own, which embed; without one there are none.
    var embeddingEngine: EngineLocation?
    /// The nodes that clients draw have no engine and call others, which have it.
    var hasOrchestrators = false
    /// Nodes behind orchestrators run on machines that the trust policy does not name.
    var hasForeignEngineNodes = false
    var tokensPerDay: UInt64 = 24
    /// Witnesses, out of four, that are not started.
    var missingWitnesses = 0
    /// Length of an epoch, seconds.
    var epochSeconds: UInt64 = 3_600
  }

  /// Random, so that a search for it finds nothing else.
  let accountName = "account-" + (0..<8).map { _ in UInt8.random(in: 0...255) }.hexadecimal

  let folder: URL
  let options: Options
  let policyFile: URL
  private(set) var accountKey = ""
  private(set) var parties: [ChildProcess] = []
  private(set) var witnesses: [ChildProcess] = []
  /// Those that clients draw for all but embeddings.
  private(set) var nodes: [ChildProcess] = []
  /// Those that embed, and those that the others call, where they are orchestrators.
  private(set) var otherNodes: [ChildProcess] = []
  private let progress: (String) -> Void

  init(folder: URL, options: Options, progress: @escaping (String) -> Void) {
    self.folder = folder
    self.options = options
    self.progress = progress
    policyFile = folder.appendingPathComponent("policy.dsse")
  }

  /// How the person's commands are called.
  var hint: CommandHint { CommandHint(statePath: path("client")) }

  // MARK: Folders and files

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// What the party of this name wrote of what it saw.
  func observationFile(_ name: String) -> URL { folder.appendingPathComponent("observed/\(name).jsonl") }

  func outputFile(_ name: String) -> URL { folder.appendingPathComponent("output/\(name).log") }

  /// Folders that hold what the party of this name keeps.
  func stateFolder(_ name: String) -> URL { folder.appendingPathComponent("parties/\(name)") }

  private func write(_ text: String, to name: String) throws -> String {
    let file = folder.appendingPathComponent(name)
    guard
      FileManager.default.createFile(
        atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else { throw DemoError(DemoError.partyFailed, "a file of the demo's folder cannot be written") }
    return file.path
  }

  private func makeFolders() throws {
    for name in ["observed", "output", "parties", "publications", "keys"] {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(name), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
  }

  /// The simulated vendor's keys take seconds to make, so they are kept between demos.
  private static func vendorFolder() -> URL {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? NSTemporaryDirectory()
    let cache = environment["XDG_CACHE_HOME"] ?? home + "/.cache"
    return URL(fileURLWithPath: cache, isDirectory: true).appendingPathComponent("cloister/simulated-vendor")
  }

  // MARK: Start

  func start() async throws {
    try makeFolders()
    progress("making keys")
    let vendor = try SimulatedVendor.open(in: Self.vendorFolder(), at: Date())
    let kinds = try nodeKinds
    let chips = try (0..<kinds.reduce(0) { $0 + $1.count }).map {
      try vendor.makeChip(index: UInt32($0), at: Date())
    }
    let publishers = [StatementSigningKey(), StatementSigningKey()]
    for (index, publisher) in publishers.enumerated() {
      _ = try publisher.withUnsafeSeed { try write($0.hexadecimal, to: "keys/publisher-\(index + 1).seed") }
    }
    let operatorKey = StatementSigningKey()
    let logState = stateFolder("log").path
    let epochLog = try await logKey(state: logState, origin: Self.operatorOrigin + "/epochs")
    let releaseLog = try await logKey(state: logState, origin: Self.operatorOrigin + "/releases")
    let witnessKeys = try await makeWitnessKeys()
    let now = UInt64(Date().timeIntervalSince1970)
    // The first epoch is void: keys are made over a cosigned note, and the first note holds one leaf.
    let plan = Plan(
      epochs: try EpochSchedule(start: now - options.epochSeconds, epochSeconds: options.epochSeconds),
      epochLog: epochLog, releaseLog: releaseLog,
      witnesses: try DeclaredWitnesses(
        keys: witnessKeys, threshold: Self.witnessThreshold, declaredFaults: 1),
      publishers: try Publishers(keys: publishers.map(\.publicKey), threshold: 2))

    progress("starting witnesses, log, issuer")
    try await startWitnesses(plan)
    let submissionKey = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0).hexadecimal }
    let log = try await startLog(plan, submissionKey: submissionKey)
    let issuer = try await startIssuer(plan)

    progress("starting nodes")
    let releases = try await startNodes(plan, kinds, chips: chips, now: now)

    progress("starting gateway and relay")
    let relayPort = try FreePort.find(address: "127.0.0.4")
    let policy = try trustPolicy(
      plan, appraisal: appraisal(vendor, chips.dropLast(options.hasForeignEngineNodes ? Self.engineNodeCount : 0)),
      roles: kinds.map(\.role), operatorKey: operatorKey.publicKey,
      relay: "http://127.0.0.4:\(relayPort)",
      issuer: issuer.server)
    try publish(plan, releases: releases, policy: policy, publishers: publishers, now: now)
    let gateway = try await startGateway(
      plan, operatorKey: operatorKey, submissionKey: submissionKey, log: log.server, issuer: issuer.server)
    try await startRelay(port: relayPort, gateway: gateway.server, log: log.server)

    progress("waiting for the first epoch")
    try await HealthCheck.wait(for: gateway.server)
  }

  /// What every party of this deployment agrees on.
  private struct Plan {
    let epochs: EpochSchedule
    let epochLog: NoteVerifierKey
    let releaseLog: NoteVerifierKey
    let witnesses: DeclaredWitnesses
    let publishers: Publishers
  }

  @discardableResult
  private func start(
    _ executable: String, name: String, address: String, port: Int = 0, _ arguments: [String]
  ) async throws -> ChildProcess {
    let child = try await ChildProcess.start(
      executable, name: name,
      arguments: arguments + ["--listen", "\(address):\(port)", "--observe", observationFile(name).path],
      outputFile: outputFile(name))
    parties.append(child)
    return child
  }

  private func logKey(state: String, origin: String) async throws -> NoteVerifierKey {
    try NoteVerifierKey(
      parsing: try await ChildProcess.output(
        of: "cloister-log", ["keygen", "--state", state, "--origin", origin]))
  }

  private static func witnessName(_ index: Int) -> String { "witness-\(index + 1)" }

  private func makeWitnessKeys() async throws -> [NoteVerifierKey] {
    var keys: [NoteVerifierKey] = []
    for index in 0..<Self.witnessCount {
      let name = Self.witnessName(index)
      let key = try await ChildProcess.output(
        of: "cloister-witness", ["keygen", "--state", stateFolder(name).path, "--name", name + ".test/1"])
      keys.append(try NoteVerifierKey(parsing: key))
    }
    return keys
  }

  private func startWitnesses(_ plan: Plan) async throws {
    for index in 0..<(Self.witnessCount - options.missingWitnesses) {
      let name = Self.witnessName(index)
      witnesses.append(
        try await start(
          "cloister-witness", name: name, address: "127.0.0.\(11 + index)",
          [
            "run", "--state", stateFolder(name).path, "--name", name + ".test/1", "--log", plan.epochLog.encoded,
            "--log", plan.releaseLog.encoded,
          ]))
    }
  }

  private func startLog(_ plan: Plan, submissionKey: String) async throws -> ChildProcess {
    let arguments = [
      "run", "--state", stateFolder("log").path, "--witness-policy",
      try write(witnessPolicy(plan), to: "witnesses.policy"),
      "--log", "name=epochs,origin=\(plan.epochLog.name),kind=epoch",
      "--log", "name=releases,origin=\(plan.releaseLog.name),kind=release",
      "--submission-key-digest", Array(SHA256.hash(data: Array(submissionKey.utf8))).hexadecimal,
      "--local-address", "127.0.0.6",
    ]
    return try await start("cloister-log", name: "log", address: "127.0.0.6", arguments)
  }

  /// The witnesses as the log reads them (C2SP tlog-policy).
  private func witnessPolicy(_ plan: Plan) -> String {
    let keys = plan.witnesses.policy.witnesses
    let lines = keys.enumerated().map { index, key in
      // Nobody listens where a missing witness would be.
      let server = index < witnesses.count ? witnesses[index].server : "http://127.0.0.\(11 + index):9"
      return "witness \(Self.witnessName(index)) \(key.encoded) \(server)\n"
    }
    let names = keys.indices.map(Self.witnessName).joined(separator: " ")
    return lines.joined() + "group all-witnesses \(plan.witnesses.policy.threshold) \(names)\nquorum all-witnesses\n"
  }

  private func startIssuer(_ plan: Plan) async throws -> ChildProcess {
    let state = stateFolder("issuer").path
    accountKey = try await ChildProcess.output(
      of: "cloister-issuer", ["account", "add", "--state", state, accountName])
    return try await start(
      "cloister-issuer", name: "issuer", address: "127.0.0.3",
      [
        "run", "--state", state, "--plan", "standard=\(options.tokensPerDay)", "--epoch-start",
        "\(plan.epochs.start)", "--epoch-seconds", "\(plan.epochs.epochSeconds)",
      ])
  }

  /// Nodes of one release.
  private struct NodeKind {
    let role: String
    let engine: EngineLocation
    /// Of their names.
    let prefix: String
    let count: Int
  }

  /// Those that others call come last, since theirs are the chips that the policy may leave out.
  private var nodeKinds: [NodeKind] {
    get throws {
      var kinds = [
        NodeKind(
          role: "assistant", engine: options.hasOrchestrators ? try orchestration : options.engine, prefix: "node",
          count: Self.nodeCount)
      ]
      if let engine = options.embeddingEngine {
        kinds.append(
          NodeKind(role: "embedder", engine: engine, prefix: "embedder-node", count: Self.embedderNodeCount))
      }
      if options.hasOrchestrators {
        kinds.append(
          NodeKind(role: Self.engineRole, engine: options.engine, prefix: "engine-node", count: Self.engineNodeCount))
      }
      return kinds
    }
  }

  /// - Returns: the release entries that describe the nodes.
  private func startNodes(
    _ plan: Plan, _ kinds: [NodeKind], chips: [SimulatedChip], now: UInt64
  ) async throws -> [ReleaseEntry] {
    var releases: [ReleaseEntry] = []
    var chips = chips[...]
    for kind in kinds {
      let file = try write(
        try await configuration(kind, plan).indentedText, to: "\(kind.prefix).json")
      for (index, chip) in chips.prefix(kind.count).enumerated() {
        let name = "\(kind.prefix)-\(index + 1)"
        let chipFile = folder.appendingPathComponent("keys/chip-of-\(name).json")
        try chip.save(to: chipFile)
        let node = try await start(
          "cloister-node", name: name, address: "127.0.0.\(21 + nodes.count + otherNodes.count)",
          ["run", "--configuration", file, "--simulated-chip", chipFile.path])
        if kind.prefix == "node" { nodes.append(node) } else { otherNodes.append(node) }
      }
      chips = chips.dropFirst(kind.count)
      releases.append(try await release(ofConfiguration: file, now: now))
    }
    return releases
  }

  /// What orchestrators have in place of an engine: the nodes that have it. The embedded one does whole tasks; of others
  /// the orchestrator uses the model.
  private var orchestration: EngineLocation {
    get throws {
      var members: [String: JSONValue] = ["peer": .string(Self.engineRole), "name": "embedded", "parallel": 16]
      let budget: ContextBudget?
      switch options.engine {
      case .embedded, .peer: budget = nil
      case .unixSocket: (members["name"], budget) = ("local", .standard)
      case .program(let program):
        (members["name"], members["parallel"]) = (.string(program.name), .integer(Int64(program.parallel)))
        budget = program.budget
      }
      if let budget {
        members["contextTokens"] = .integer(Int64(budget.contextTokenCount))
        members["answerTokens"] = .integer(Int64(budget.answerTokenCount))
      }
      return try EngineLocation(.object(members))
    }
  }

  private func configuration(_ kind: NodeKind, _ plan: Plan) async throws -> JSONValue {
    [
      "role": .string(kind.role), "operator": .string(Self.operatorOrigin), "epochs": plan.epochs.json,
      "epochLog": .string(plan.epochLog.encoded), "releaseLog": .string(plan.releaseLog.encoded),
      "witnesses": plan.witnesses.json, "publishers": plan.publishers.json, "engine": kind.engine.jsonValue,
      "weaknesses": .array(try await weaknesses(kind.engine)),
      "dictionaries": kind.engine == .embedded ? DemoDictionaries.installed : [],
    ]
  }

  private func release(ofConfiguration file: String, now: UInt64) async throws -> ReleaseEntry {
    let measured = try await ChildProcess.output(
      of: "cloister-node", ["measure", "--configuration", file, "--store", path("artifacts")])
    let image = try MeasuredNode(parsing: Array(measured.utf8))
    return ReleaseEntry(
      name: "cloister-node", version: "0.1.0", securityVersion: 1, role: image.role, artifacts: image.artifacts,
      measurements: [image.simulated], engineManifestDigest: image.engineManifestDigest, weaknesses: image.weaknesses,
      calls: image.calls, capabilities: image.capabilities, issued: now)
  }

  /// What this machine cannot protect, by the node's own trial; nothing of it is hidden from the receipt.
  private func weaknesses(_ engine: EngineLocation) async throws -> [JSONValue] {
    let report = try JSONValue(
      parsing: Array(try await ChildProcess.output(of: "cloister-node", ["check", "--json"]).utf8))
    guard case .object(let members) = report, case .array(let names)? = members["weaknesses"] else {
      throw DemoError(DemoError.partyFailed, "cloister-node check printed no weaknesses")
    }
    let ofEngines: [JSONValue] = ["engine-not-isolated", "engine-same-user"]
    return switch engine {
    case .embedded, .peer: names.filter { !ofEngines.contains($0) }
    case .unixSocket: names.filter { !ofEngines.contains($0) } + ["engine-not-isolated"]
    case .program: names
    }
  }

  /// The strict rules, with the simulated root and these chips alone.
  private func appraisal(_ vendor: SimulatedVendor, _ chips: [SimulatedChip]) -> AppraisalPolicy {
    var policy = AppraisalPolicy(anchors: .simulated([vendor.root]))
    policy.sevSNP.hosts = HostList(chipIdentifiers: Set(chips.map(\.chipIdentifier)))
    return policy
  }

  private func trustPolicy(
    _ plan: Plan, appraisal: AppraisalPolicy, roles: [String], operatorKey: StatementKey, relay: String, issuer: String
  ) throws -> TrustPolicy {
    try TrustPolicy(
      version: 1, operatorOrigin: Self.operatorOrigin, operatorKey: operatorKey, publishers: plan.publishers,
      epochs: plan.epochs, epochLog: plan.epochLog, releaseLog: plan.releaseLog, witnesses: plan.witnesses,
      appraisal: appraisal,
      releases: roles.map { .init(name: "cloister-node", role: $0, minimumSecurityVersion: 1) },
      relays: [.init(server: relay, operatorName: "relay.test")],
      issuer: .init(
        name: "issuer.demo.cloister.test", server: issuer, plan: "standard", tokensPerDay: options.tokensPerDay))
  }

  /// What two publishers sign, as files for the gateway to enter into the release log.
  private func publish(
    _ plan: Plan, releases: [ReleaseEntry], policy: TrustPolicy, publishers: [StatementSigningKey], now: UInt64
  ) throws {
    for release in releases { try keep(release.statement, signedBy: publishers, plan) }
    for publisher in publishers { try keep(RevocationEntry(issued: now).statement, signedBy: [publisher], plan) }
    let signed = try keep(policy.statement, signedBy: publishers, plan)
    _ = try write(signed, to: "policy.dsse")
  }

  /// Signs a statement and puts it where the gateway looks for it.
  @discardableResult
  private func keep(_ unsigned: Statement, signedBy signers: [StatementSigningKey], _ plan: Plan) throws -> String {
    var statement = unsigned
    for signer in signers { statement.sign(with: signer) }
    let encoded = String(decoding: statement.encoded, as: UTF8.self)
    let entry = try ReleaseLogEntry(verifying: statement, publishers: plan.publishers)
    if let name = PublicationFile.name(of: entry) { _ = try write(encoded, to: "publications/" + name) }
    return encoded
  }

  private func startGateway(
    _ plan: Plan, operatorKey: StatementSigningKey, submissionKey: String, log: String, issuer: String
  ) async throws -> ChildProcess {
    let state = stateFolder("gateway")
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    let configuration: JSONValue = [
      "operator": .string(Self.operatorOrigin), "epochs": plan.epochs.json,
      "operatorKey": .string(
        try operatorKey.withUnsafeSeed { try write($0.hexadecimal, to: "keys/operator.seed") }),
      "issuer": ["name": "issuer.demo.cloister.test", "server": .string(issuer)],
      "log": [
        "server": .string(log), "submissionKey": .string(try write(submissionKey, to: "keys/submission.key")),
        "epochs": .string(plan.epochLog.encoded), "releases": .string(plan.releaseLog.encoded),
      ],
      "witnesses": plan.witnesses.json, "nodes": .array((nodes + otherNodes).map { .string($0.server) }),
      "keys": .string(path("keys/gateway")), "publications": .string(path("publications")),
      "spentTokens": .string(state.appendingPathComponent("spent-tokens.sqlite").path),
      "epochFiles": .string(state.appendingPathComponent("epochs").path),
    ]
    let file = try write(configuration.indentedText, to: "gateway.json")
    return try await start(
      "cloister-gateway", name: "gateway", address: "127.0.0.5",
      ["--configuration", file, "--local-address", "127.0.0.5"])
  }

  private func startRelay(port: Int, gateway: String, log: String) async throws {
    try await start(
      "cloister-relay", name: "relay", address: "127.0.0.4", port: port,
      [
        "--gateway", "\(Self.operatorOrigin)=\(gateway)", "--log", "\(Self.operatorOrigin)=\(log)",
        "--local-address", "127.0.0.4",
      ])
  }

  /// The policy as the publishers signed it.
  func signedPolicy() throws -> Statement {
    try Statement(parsing: Array(try Data(contentsOf: policyFile)))
  }

  // MARK: End

  func stop() {
    for party in parties.reversed() { party.stop() }
    parties = []
  }
}
