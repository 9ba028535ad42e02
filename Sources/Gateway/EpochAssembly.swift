import Foundation
import HTTPMessages
import ObliviousHTTP
package import PrivacyPass
import StrictJSON
import TransparencyLog
import Trust
import WireFormat

/// Makes one epoch: takes keys and evidence from the nodes, assembles the bundle, has it logged and cosigned.
///
/// Only the gateway that holds the operator's key and the log's submission key does this; all serve its files.
package struct EpochAssembly: Sendable {
  /// What the gateway itself needs of a published epoch.
  package struct Published: Sendable {
    let epoch: UInt64
    /// Hexadecimal node identifier to the node's server.
    let nodes: [String: String]
    let issuerDay: UInt64
    let issuerKeys: [IssuerPublicKey]

    package init(epoch: UInt64, nodes: [String: String], issuerDay: UInt64, issuerKeys: [IssuerPublicKey]) {
      self.epoch = epoch
      self.nodes = nodes
      self.issuerDay = issuerDay
      self.issuerKeys = issuerKeys
    }
  }

  let configuration: GatewayConfiguration
  let exchange: any HTTPExchange

  private func log(_ name: String, _ key: NoteVerifierKey) -> LogClient {
    LogClient(
      exchange: exchange, server: configuration.logServer, logName: name,
      verifier: LogVerifier(logKey: key, witnesses: configuration.witnesses),
      submissionKey: configuration.epochKeys?.submissionKey)
  }

  /// What is settled of an epoch before the log holds its leaf. Nodes' keys and leaf commit to it, so a second attempt
  /// goes on with it and makes nothing anew.
  struct Draft: Sendable {
    let epoch: UInt64
    let bundle: [UInt8]
    let leaf: [UInt8]
    let nodes: [String: String]
    let issuerDay: UInt64
    let issuerKeys: [EpochBundle.IssuerKey]

    /// As it is kept: the epoch's file, without what the log will say.
    var encoded: [UInt8] { EpochFile(bundle: bundle, leaf: leaf, proof: [], knownHeads: []).encoded }
  }

  /// How far the gateway's clock may be from the witnesses': what clients allow, and a minute where epochs are short,
  /// since the log may take that long to answer.
  private var clockTolerance: TimeInterval {
    max(configuration.epochs.seconds(scaledMinutes: EpochSchedule.quorumFutureMinutes), 60)
  }

  /// - Throws: `gateway-clock-wrong`, and what the log refuses with.
  func requireClock(at time: Date) async throws {
    let quorumTime = try await log("epochs", configuration.epochLog).freshNote().head.quorumTime
    let distance = abs(time.timeIntervalSince(quorumTime))
    guard distance <= clockTolerance else {
      throw GatewayError(
        GatewayError.clockWrong,
        "the clock is \(Int(min(distance, 1e15))) seconds from the witnesses', at most "
          + "\(Int(clockTolerance)) are allowed")
    }
  }

  /// The cosigned note of exactly `epoch` leaves, which the nodes' keys of that epoch are made over.
  func note(epoch: UInt64) async throws -> [UInt8] {
    let epochLog = log("epochs", configuration.epochLog)
    try await fillMissedEpochs(before: epoch, in: epochLog)
    let note = try await epochLog.freshNote()
    guard note.head.checkpoint.treeSize == epoch else {
      throw GatewayError(
        GatewayError.epochIncomplete, "the epoch log has \(note.head.checkpoint.treeSize) leaves, expected \(epoch)")
    }
    return note.bytes
  }

  /// - Parameter known: token keys that an epoch of the same issuer day was published with.
  func draft(epoch: UInt64, note: [UInt8], known: [EpochBundle.IssuerKey]) async throws -> Draft {
    // It may come from a file.
    guard try log("epochs", configuration.epochLog).verifier.verify(note).checkpoint.treeSize == epoch else {
      throw GatewayError(GatewayError.epochIncomplete, "the kept note is not of \(epoch) leaves")
    }
    let logged = try await logPublications()
    let (nodes, offers) = await offers(note: note, releases: logged.releases, epoch: epoch)
    guard nodes.count >= 2 else {
      throw GatewayError(GatewayError.tooFewNodes, "\(nodes.count) nodes gave keys and evidence, expected 2 or more")
    }
    let issuerDay = configuration.epochs.issuerDay(of: epoch)
    let issuerKeys = try await issuerKeys(day: issuerDay)
    for key in issuerKeys where known.contains(where: { $0.plan == key.plan && $0.publicKey != key.publicKey }) {
      throw GatewayError(
        GatewayError.secondIssuerKey, "the issuer gives a plan a second key of issuer day \(issuerDay)")
    }
    let bundle = try bundle(
      epoch: epoch, offers: offers, issuerDay: issuerDay, issuerKeys: issuerKeys, logged: logged, note: note)
    // Nothing is logged that no client could read: its parts come from nodes, log and issuer.
    _ = try EpochBundle(decoding: bundle)
    let leaf = try signedLeaf(epoch: epoch, bundleDigest: EpochBundle.digest(of: bundle))
    return Draft(
      epoch: epoch, bundle: bundle, leaf: leaf, nodes: nodes, issuerDay: issuerDay, issuerKeys: issuerKeys)
  }

  /// Takes up a draft that was kept, by whichever gateway; nil where it is not the operator's, or fewer than two of its
  /// nodes still hold their keys.
  func draft(kept: [UInt8], epoch: UInt64) async -> Draft? {
    guard let operatorKey = configuration.epochKeys?.operatorKey.publicKey, let file = try? EpochFile(decoding: kept),
      let leaf = try? EpochLeaf(verifying: Statement(parsing: file.leaf), operatorKey: operatorKey),
      leaf.epoch == epoch, leaf.bundleDigest == EpochBundle.digest(of: file.bundle),
      let bundle = try? EpochBundle(decoding: file.bundle), let restored = try? await restore(kept),
      restored.nodes.count >= 2
    else { return nil }
    return Draft(
      epoch: epoch, bundle: file.bundle, leaf: file.leaf, nodes: restored.nodes, issuerDay: bundle.issuerDay,
      issuerKeys: bundle.issuerKeys)
  }

  private func signedLeaf(epoch: UInt64, bundleDigest: [UInt8]?) throws -> [UInt8] {
    guard let key = configuration.epochKeys?.operatorKey else {
      throw GatewayError(GatewayError.configurationInvalid, "the gateway has no key of the operator")
    }
    return EpochLeaf(operatorOrigin: configuration.operatorOrigin, epoch: epoch, bundleDigest: bundleDigest)
      .signed(by: key).encoded
  }

  func publish(_ draft: Draft) async throws -> (published: Published, file: [UInt8]) {
    let epochLog = log("epochs", configuration.epochLog)
    let proof = try await epochLog.add(draft.leaf)
    let head = try TLogProof(parsing: proof).verify(entry: draft.leaf, with: epochLog.verifier)
    let file = EpochFile(
      bundle: draft.bundle, leaf: draft.leaf, proof: proof,
      knownHeads: try await knownHeads(epochLog, head: head.checkpoint)
    ).encoded
    await handOver(note: try TLogProof(parsing: proof).note.encoded)
    let published = Published(
      epoch: draft.epoch, nodes: draft.nodes, issuerDay: draft.issuerDay,
      issuerKeys: try draft.issuerKeys.map { try IssuerPublicKey(subjectPublicKeyInfo: $0.publicKey) })
    return (published, file)
  }

  /// Takes up an epoch that was published before this process began: the nodes say which of its keys they still hold.
  func restore(_ file: [UInt8]) async throws -> Published {
    let bundle = try EpochBundle(decoding: try EpochFile(decoding: file).bundle)
    let identifiers = Set(bundle.nodes.map(\.identifier.hexadecimal))
    var nodes: [String: String] = [:]
    for server in configuration.nodeServers {
      let request = WholeRequest(method: "GET", path: "/health")
      guard let answer = try? await exchange.send(request, to: server, bodyLimit: GatewayConfiguration.answerLimit),
        case .object(let health)? = try? JSONValue(parsing: answer.body), case .array(let keys)? = health["keys"]
      else { continue }
      for case .string(let key) in keys where identifiers.contains(key) { nodes[key] = server }
    }
    return Published(
      epoch: bundle.epoch, nodes: nodes, issuerDay: bundle.issuerDay,
      issuerKeys: try bundle.issuerKeys.map { try IssuerPublicKey(subjectPublicKeyInfo: $0.publicKey) })
  }

  /// Appends void leaves, each naming its epoch, before keys for the next real leaf are made.
  ///
  /// The log may hold a leaf that too few witnesses saw, so the size is taken from a fresh note.
  private func fillMissedEpochs(before epoch: UInt64, in log: LogClient) async throws {
    var size = try await log.freshNote().head.checkpoint.treeSize
    while size < epoch {
      _ = try await log.add(try signedLeaf(epoch: size, bundleDigest: nil))
      size += 1
    }
  }

  private struct LoggedPublications {
    var releases: [EpochBundle.LoggedStatement] = []
    var revocations: [EpochBundle.LoggedStatement] = []
    var policy: EpochBundle.LoggedStatement
    var note: [UInt8]
  }

  /// Enters what the publishers signed, and takes all proofs under one head: the second pass adds nothing.
  private func logPublications() async throws -> LoggedPublications {
    let log = log("releases", configuration.releaseLog)
    let publications = configuration.publications
    // The policy first, which names whoever signed the others.
    let statements = [publications.policy] + publications.releases + publications.revocations
    for statement in statements { _ = try await log.add(statement) }
    // Under fresh cosignatures, since clients bound the head's age.
    _ = try await log.freshNote()
    func logged(_ statement: [UInt8]) async throws -> EpochBundle.LoggedStatement {
      EpochBundle.LoggedStatement(statement: statement, proof: try await log.add(statement))
    }
    let policy = try await logged(publications.policy)
    var result = LoggedPublications(policy: policy, note: try TLogProof(parsing: policy.proof).note.encoded)
    for statement in publications.releases { result.releases.append(try await logged(statement)) }
    for statement in publications.revocations { result.revocations.append(try await logged(statement)) }
    return result
  }

  /// Asks every node; one that gives nothing is left out of the epoch.
  private func offers(
    note: [UInt8], releases: [EpochBundle.LoggedStatement], epoch: UInt64
  ) async -> (nodes: [String: String], offers: [(NodeOffer, releaseIndex: UInt8)]) {
    var nodes: [String: String] = [:]
    var offers: [(NodeOffer, releaseIndex: UInt8)] = []
    for server in configuration.nodeServers {
      for (index, release) in releases.enumerated() {
        guard let offer = try? await offer(server: server, note: note, release: release), offer.epoch == epoch else {
          continue
        }
        let identifier = EpochBundle.Node(offer, releaseIndex: UInt8(index)) { _ in [] }.identifier
        nodes[identifier.hexadecimal] = server
        offers.append((offer, UInt8(index)))
        break
      }
    }
    return (nodes, offers)
  }

  private func offer(
    server: String, note: [UInt8], release: EpochBundle.LoggedStatement
  ) async throws -> NodeOffer {
    func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }
    let message: JSONValue = [
      "note": base64(note), "release": base64(release.statement), "releaseProof": base64(release.proof),
    ]
    let request = WholeRequest(method: "POST", path: "/keys", body: message.canonicalBytes)
    let answer = try await exchange.send(request, to: server, bodyLimit: GatewayConfiguration.answerLimit)
    guard answer.status == 200 else {
      throw GatewayError(GatewayError.epochIncomplete, "a node answered with status \(answer.status)")
    }
    return try NodeOffer(parsing: answer.body)
  }

  private func handOver(note: [UInt8]) async {
    for server in configuration.nodeServers {
      // A node that is gone learns of its epochs' end by its own clock.
      _ = try? await exchange.send(
        WholeRequest(method: "POST", path: "/notes", body: note), to: server,
        bodyLimit: GatewayConfiguration.answerLimit)
    }
  }

  private func issuerKeys(day: UInt64) async throws -> [EpochBundle.IssuerKey] {
    let answer = try await exchange.send(
      WholeRequest(method: "GET", path: "/keys/\(day)"), to: configuration.issuerServer,
      bodyLimit: GatewayConfiguration.answerLimit)
    guard answer.status == 200 else {
      throw GatewayError(GatewayError.epochIncomplete, "the issuer has no keys of day \(day)")
    }
    return try PlanKeys(decoding: answer.body).keys.map {
      EpochBundle.IssuerKey(plan: $0.plan, publicKey: $0.key.subjectPublicKeyInfo)
    }
  }

  private func bundle(
    epoch: UInt64, offers: [(NodeOffer, releaseIndex: UInt8)], issuerDay: UInt64, issuerKeys: [EpochBundle.IssuerKey],
    logged: LoggedPublications, note: [UInt8]
  ) throws -> [UInt8] {
    var endorsements: [[UInt8]] = []
    let nodes = offers.map { offer, releaseIndex in
      EpochBundle.Node(offer, releaseIndex: releaseIndex) { offered in
        offered.map { endorsement -> UInt16 in
          if let known = endorsements.firstIndex(of: endorsement) { return UInt16(known) }
          endorsements.append(endorsement)
          return UInt16(endorsements.count - 1)
        }
      }
    }
    guard let gatewayKey = try configuration.keys.keys(issuerDay: issuerDay).first else {
      throw GatewayError(GatewayError.configurationInvalid, "the gateway has no key")
    }
    return try EpochBundle(
      operatorOrigin: configuration.operatorOrigin, epoch: epoch,
      gatewayKeyConfiguration: gatewayKey.keyConfiguration.encoded, issuerDay: issuerDay, issuerKeys: issuerKeys,
      nodes: nodes, endorsements: endorsements, releases: logged.releases, revocations: logged.revocations,
      notes: [note], policy: logged.policy, releaseLogNote: logged.note
    ).encoded()
  }

  private func knownHeads(_ log: LogClient, head: Checkpoint) async throws -> [EpochFile.KnownHead] {
    var heads: [EpochFile.KnownHead] = []
    for size in EpochFile.knownSizes(treeSize: head.treeSize) {
      heads.append(try await log.knownHead(treeSize: size, to: head))
    }
    return heads
  }
}
