import Attestation
public import CloisterClient
public import Foundation
public import HybridPublicKeyEncryption
public import ObliviousHTTP
public import PrivacyPass
public import SimulatedTEE
public import TransparencyLog
public import Trust

/// A whole operator in memory: publishers, witnesses, logs, simulated chips, issuer, gateway and node keys. It makes
/// epoch files that pass every check, or break exactly one.
public struct DeploymentFixture: Sendable {
  public static let origin = "operator.test"
  public static let relayServer = "http://relay.test"
  public static let issuerServer = "http://issuer.test"
  public static let measurement = [UInt8](repeating: 0x4D, count: 48)
  public static let engineManifestDigest = [UInt8](repeating: 0xE5, count: 32)
  public static let plan = "standard"
  public static let tokensPerDay: UInt64 = 2
  public static let tokenPlan = TokenPlan(issuerName: "issuer.test", origin: origin, name: plan)
  /// t0, seconds since 1970.
  public static let start: UInt64 = 1_790_000_000
  /// The first epoch of issuer day 2.
  public static let firstEpoch: UInt64 = 48

  /// Slow keys, made once in a process.
  public static let vendor = Result {
    try SimulatedVendor.make(at: Date(timeIntervalSince1970: Double(start)))
  }
  /// A deployment without epochs yet: a value, which every test copies.
  public static let shared = Result { try DeploymentFixture() }

  private static let issuers = Result { [try TokenIssuer(), try TokenIssuer()] }

  public let publishers: [StatementSigningKey]
  public let operatorKey: StatementSigningKey
  public let witnesses: [NoteSigningKey]
  public let chips: [SimulatedChip]
  public let issuer: TokenIssuer
  /// Another issuer of the same operator, for keys that must not be.
  public let otherIssuer: TokenIssuer
  public let gatewayKey: GatewayKey
  public let nodeKeys: [GatewayKey]
  public let epochs: EpochSchedule
  public var policy: TrustPolicy
  public private(set) var epochLog: InMemoryLog
  public private(set) var releaseLog: InMemoryLog

  public init() throws {
    publishers = (0..<3).map { _ in StatementSigningKey() }
    operatorKey = StatementSigningKey()
    witnesses = try (0..<4).map { try NoteSigningKey(name: "witness\($0).test", type: .cosignature) }
    epochs = try EpochSchedule(start: Self.start, epochSeconds: 3_600)
    let vendor = try Self.vendor.get()
    let time = epochs.beginning(of: 0)
    chips = try (0..<3).map { try vendor.makeChip(index: $0, at: time) }
    let issuers = try Self.issuers.get()
    issuer = issuers[0]
    otherIssuer = issuers[1]
    gatewayKey = try Self.key(1)
    nodeKeys = try (0..<4).map { try Self.key(UInt8(2 + $0)) }
    epochLog = try InMemoryLog(name: "epochs.operator.test")
    releaseLog = try InMemoryLog(name: "releases.operator.test")
    policy = try Self.policy(
      publishers: publishers, operatorKey: operatorKey, witnesses: witnesses, epochs: epochs,
      epochLog: epochLog.key, releaseLog: releaseLog.key, chips: chips, root: vendor.root)
  }

  public static func key(_ identifier: UInt8, kem: KEMIdentifier = .xWing) throws -> GatewayKey {
    try GatewayKey(
      keyIdentifier: identifier, privateKey: try KEMPrivateKey.generate(kem),
      symmetricAlgorithms: [SymmetricAlgorithm(aead: .aes256GCM)])
  }

  private static func policy(
    publishers: [StatementSigningKey], operatorKey: StatementSigningKey, witnesses: [NoteSigningKey],
    epochs: EpochSchedule, epochLog: NoteSigningKey, releaseLog: NoteSigningKey, chips: [SimulatedChip],
    root: SimulatedRoot
  ) throws -> TrustPolicy {
    var rules = SEVSNP.AppraisalRules.strict
    rules.hosts = HostList(chipIdentifiers: Set(chips.map(\.chipIdentifier)))
    return try TrustPolicy(
      version: 3, operatorOrigin: origin, operatorKey: operatorKey.publicKey,
      publishers: try Publishers(keys: publishers.map(\.publicKey), threshold: 2), epochs: epochs,
      epochLog: epochLog.verifierKey, releaseLog: releaseLog.verifierKey,
      witnesses: try DeclaredWitnesses(keys: witnesses.map(\.verifierKey), threshold: 3, declaredFaults: 1),
      appraisal: AppraisalPolicy(anchors: .simulated([root]), sevSNP: rules),
      releases: [.init(name: "assistant-node", role: "assistant", minimumSecurityVersion: 5)],
      relays: [.init(server: relayServer, operatorName: "Relay Cooperative")],
      issuer: .init(name: "issuer.test", server: issuerServer, plan: plan, tokensPerDay: tokensPerDay))
  }

  /// A time inside an epoch, 20 minutes after its beginning.
  public func time(in epoch: UInt64) -> Date { epochs.beginning(of: epoch).addingTimeInterval(1_200) }

  /// The policy as its publishers sign it.
  public func signedPolicy(_ changed: TrustPolicy? = nil, signers: [StatementSigningKey]? = nil) -> Statement {
    var statement = (changed ?? policy).statement
    for signer in signers ?? Array(publishers.prefix(2)) { statement.sign(with: signer) }
    return statement
  }
}

extension DeploymentFixture {
  /// An epoch in which nothing is wrong.
  public func plan(_ epoch: UInt64 = firstEpoch) -> EpochPlan {
    let published = epochs.beginning(of: epoch).addingTimeInterval(-600)
    let issued = UInt64(published.timeIntervalSince1970) - 7_200
    let release = ReleaseEntry(
      name: "assistant-node", version: "1.0.0", securityVersion: 7, role: "assistant",
      artifacts: [.init(name: "binary", purpose: "node", digest: [UInt8](repeating: 0xB1, count: 32))],
      measurements: [
        .init(platform: "sev-snp", measurement: Self.measurement, firmware: [UInt8](repeating: 0xF1, count: 48))
      ],
      engineManifestDigest: Self.engineManifestDigest, issued: issued)
    let revocations = publishers.map { EpochPlan.Logged(RevocationEntry(issued: issued), signers: [$0]) }
    return EpochPlan(
      epoch: epoch, noteTime: published, cosigners: Array(witnesses.prefix(3)), evidenceNoteTime: published,
      evidenceNoteCosigners: Array(witnesses.prefix(3)), nodes: (0..<3).map { .init(chip: $0, key: $0) },
      releases: [.init(release, signers: Array(publishers.prefix(2)))], revocations: revocations,
      policy: .init(policy, signers: Array(publishers.prefix(2))), releaseLogTime: published,
      releaseLogCosigners: Array(witnesses.prefix(3)), leafSigner: operatorKey)
  }

  /// Makes the epoch that a plan says, in the fixture's logs, and returns its file.
  public mutating func publish(_ plan: EpochPlan) throws -> [UInt8] {
    while epochLog.tree.treeSize < plan.epoch { appendVoidLeaf() }
    return try publishWithoutVoidLeaves(plan)
  }

  /// The same, in a log that already has the leaves before, or whose `entriesBefore` are to take their places.
  public mutating func publishWithoutVoidLeaves(_ plan: EpochPlan) throws -> [UInt8] {
    for entry in plan.entriesBefore { _ = epochLog.append(entry) }
    let evidenceNote =
      try plan.evidenceNote
      ?? epochLog.note(treeSize: plan.epoch, at: plan.evidenceNoteTime, cosigners: plan.evidenceNoteCosigners)
    let logged = try logEntries(plan)
    var bundle = try bundle(plan, note: evidenceNote, logged: logged)
    plan.editBundle(&bundle)
    var encodedBundle = try bundle.encoded()
    let leaf = plan.editLeaf(
      EpochLeaf(
        operatorOrigin: Self.origin, epoch: plan.epoch, bundleDigest: EpochBundle.digest(of: encodedBundle)))
    plan.editEncodedBundle(&encodedBundle)
    var statement = leaf.signed(by: plan.leafSigner).encoded
    plan.editLeafStatement(&statement)
    let index = epochLog.append(statement)
    let note = try epochLog.note(at: plan.noteTime, cosigners: plan.cosigners, logKey: plan.noteLogKey)
    var file = EpochFile(
      bundle: encodedBundle, leaf: statement, proof: try epochLog.proof(index: index, note: note),
      knownHeads: try knownHeads(treeSize: epochLog.tree.treeSize))
    plan.editFile(&file)
    return file.encoded
  }

  /// Enters a statement into the release log, outside of any epoch.
  public mutating func enterStatement(_ statement: [UInt8]) { _ = releaseLog.append(statement) }

  public mutating func appendVoidLeaf() {
    let leaf = EpochLeaf(operatorOrigin: Self.origin, epoch: epochLog.tree.treeSize, bundleDigest: nil)
    _ = epochLog.append(leaf.signed(by: operatorKey).encoded)
  }

  private func knownHeads(treeSize: UInt64) throws -> [EpochFile.KnownHead] {
    try EpochFile.knownSizes(treeSize: treeSize).map { size in
      EpochFile.KnownHead(
        treeSize: size, rootHash: try epochLog.tree.root(treeSize: size).rawRepresentation,
        hashes: try epochLog.tree.consistencyProof(from: size, to: treeSize).hashes.map(\.rawRepresentation))
    }
  }

  private struct LoggedEntries {
    var releases: [EpochBundle.LoggedStatement] = []
    var revocations: [EpochBundle.LoggedStatement] = []
    var policy = EpochBundle.LoggedStatement(statement: [], proof: [])
    var note: [UInt8] = []
  }

  /// Enters everything first, so that one head proves it all.
  private mutating func logEntries(_ plan: EpochPlan) throws -> LoggedEntries {
    let releases = plan.releases.map { enter($0, $0.entry.statement) }
    let revocations = plan.revocations.map { enter($0, $0.entry.statement) }
    let policy = enter(plan.policy, plan.policy.entry.statement)
    let note = try releaseLog.note(at: plan.releaseLogTime, cosigners: plan.releaseLogCosigners)
    func logged<Entry>(
      _ entered: (statement: [UInt8], index: UInt64), _ logged: EpochPlan.Logged<Entry>
    ) throws -> EpochBundle.LoggedStatement {
      var result = EpochBundle.LoggedStatement(
        statement: entered.statement, proof: try releaseLog.proof(index: entered.index, note: note))
      logged.editLogged(&result)
      return result
    }
    return LoggedEntries(
      releases: try zip(releases, plan.releases).map { try logged($0, $1) },
      revocations: try zip(revocations, plan.revocations).map { try logged($0, $1) },
      policy: try logged(policy, plan.policy), note: note.encoded)
  }

  private mutating func enter<Entry>(
    _ logged: EpochPlan.Logged<Entry>, _ unsigned: Statement
  ) -> (statement: [UInt8], index: UInt64) {
    var statement = unsigned
    for signer in logged.signers { statement.sign(with: signer) }
    var encoded = statement.encoded
    logged.editStatement(&encoded)
    // The release log holds an entry once.
    if let known = releaseLog.entries.firstIndex(of: encoded) { return (encoded, UInt64(known)) }
    return (encoded, releaseLog.append(encoded))
  }

  private func bundle(_ plan: EpochPlan, note: SignedNote, logged: LoggedEntries) throws -> EpochBundle {
    var endorsements: [[UInt8]] = []
    func indices(_ offered: [[UInt8]]) -> [UInt16] {
      offered.map { endorsement in
        if let known = endorsements.firstIndex(of: endorsement) { return UInt16(known) }
        endorsements.append(endorsement)
        return UInt16(endorsements.count - 1)
      }
    }
    let nodes = try plan.nodes.map { node in
      let accelerators = try node.accelerators(
        AcceleratorBinding.nonce(
          noteDigest: note.digest, keyConfiguration: nodeKeys[node.key].keyConfiguration.encoded))
      let (evidence, finishedNode) = try self.node(
        node, epoch: plan.epoch, note: note, releases: logged.releases, accelerators: accelerators)
      var finished = finishedNode
      finished.endorsementIndices = indices(node.endorsements ?? evidence.endorsements)
      finished.accelerators = accelerators.map {
        EpochBundle.Accelerator(
          platform: $0.platform.rawValue, evidence: $0.report, endorsementIndices: indices($0.endorsements))
      }
      node.editNode(&finished)
      return finished
    }
    return EpochBundle(
      operatorOrigin: Self.origin, epoch: plan.epoch,
      gatewayKeyConfiguration: gatewayKey.keyConfiguration.encoded, issuerDay: epochs.issuerDay(of: plan.epoch),
      issuerKeys: [.init(plan: Self.plan, publicKey: issuer.publicKey.subjectPublicKeyInfo)], nodes: nodes,
      endorsements: endorsements, releases: logged.releases, revocations: logged.revocations,
      notes: [note.encoded], policy: logged.policy, releaseLogNote: logged.note)
  }

  private func node(
    _ node: EpochPlan.Node, epoch: UInt64, note: SignedNote, releases: [EpochBundle.LoggedStatement],
    accelerators: [Evidence]
  ) throws -> (Evidence, EpochBundle.Node) {
    let keyConfiguration = nodeKeys[node.key].keyConfiguration.encoded
    var binding = NodeBinding(
      operatorOrigin: Self.origin, role: node.role, epoch: epoch, keyConfiguration: keyConfiguration,
      releaseLeafHash: RFC6962.leafHash(releases[Int(node.release)].statement).rawRepresentation,
      noteDigest: note.digest, engineManifestDigest: Self.engineManifestDigest,
      hasAccelerator: !accelerators.isEmpty, acceleratorDigest: AcceleratorBinding.digest(of: accelerators))
    node.editBinding(&binding)
    let evidence = try node.hardware?(binding.reportData) ?? simulatedEvidence(node, reportData: binding.reportData)
    return (
      evidence,
      EpochBundle.Node(
        role: node.role, keyConfiguration: keyConfiguration, releaseIndex: node.release, noteIndex: 0,
        engineManifestDigest: Self.engineManifestDigest, platform: evidence.platform.rawValue,
        evidence: evidence.report, supplement: evidence.supplement ?? [], endorsementIndices: [])
    )
  }

  private func simulatedEvidence(_ node: EpochPlan.Node, reportData: [UInt8]) throws -> Evidence {
    var report = SimulatedReport(reportData: reportData, measurement: node.measurement)
    node.editReport(&report)
    let chip = node.otherChip ?? chips[node.chip]
    return Evidence(platform: .sevSNP, report: try report.signed(by: chip), endorsements: chip.endorsements)
  }
}
