import CloisterClient
import ErrorCodes
import Foundation
import LogMonitor
import TransparencyLog
import Trust

/// Verifies one epoch's file as a client of that time had to, and beyond: against the log's whole tree, against what was
/// in the release log, and the evidence of every node instead of two.
struct EpochFileAudit {
  let entries: LoggedEntries
  let epochTree: MerkleTree
  let releaseTree: MerkleTree

  /// What later epochs are held against.
  struct Keys: Sendable {
    let issuerDay: UInt64
    let issuerKeys: [EpochBundle.IssuerKey]
    /// SHA-256 of each node's key configuration.
    let nodes: Set<[UInt8]>
  }

  struct Outcome: Sendable {
    var findings: [AuditFinding] = []
    var keys: Keys?
    /// How many nodes' evidence was verified.
    var nodeCount = 0

    fileprivate mutating func fail(_ code: ErrorCode, _ message: String, evidence: [[UInt8]] = []) {
      findings.append(AuditFinding(code, .failure, message, evidence: evidence))
    }
  }

  func verify(_ encoded: [UInt8], epoch number: UInt64) -> Outcome {
    var outcome = Outcome()
    do {
      let file = try EpochFile(decoding: encoded)
      let bundle = try EpochBundle(decoding: file.bundle)
      guard let trusted = policy(of: bundle) else {
        outcome.fail(
          AuditFinding.entryRefused, "epoch \(number): the bundle's policy is not one that the log's publishers signed")
        return outcome
      }
      let epoch = try EpochVerifier(trusted).verify(encoded, at: .asOfNote)
      guard epoch.number == number else {
        outcome.fail(ClientError.epochContradiction, "epoch \(number): the file is of epoch \(epoch.number)")
        return outcome
      }
      for index in bundle.nodes.indices {
        do throws(ClientError) {
          _ = try epoch.verifyNode(at: index)
          outcome.nodeCount += 1
        } catch {
          outcome.fail(error.code, "epoch \(number), node \(index): \(error.message)")
        }
      }
      try compareWithTrees(file, bundle, number, &outcome)
      compareWithReleaseLog(bundle, number, &outcome)
      outcome.keys = Keys(
        issuerDay: bundle.issuerDay, issuerKeys: bundle.issuerKeys, nodes: Set(bundle.nodes.map(\.identifier)))
    } catch let error as any CodedError {
      outcome.fail(error.code, "epoch \(number): \(error.message)")
    } catch {
      outcome.fail(ClientError.uncodedError, "epoch \(number) cannot be verified")
    }
    return outcome
  }

  private func policy(of bundle: EpochBundle) -> TrustedPolicy? {
    guard let statement = try? Statement(parsing: bundle.policy.statement) else { return nil }
    let digest = TrustPolicy.digest(ofPayload: statement.payload)
    return entries.trusted.first { $0.digest == digest }
  }

  // MARK: One history

  /// Every note and head that the file holds is of the audited trees, and each consistency proof is right.
  private func compareWithTrees(
    _ file: EpochFile, _ bundle: EpochBundle, _ number: UInt64, _ outcome: inout Outcome
  ) throws {
    let logged = bundle.releases + bundle.revocations + [bundle.policy]
    let releaseNotes =
      [try SignedNote(parsing: bundle.releaseLogNote)] + (try logged.map { try TLogProof(parsing: $0.proof).note })
    let epochNote = try TLogProof(parsing: file.proof).note
    let epochNotes = [epochNote] + (try bundle.notes.map { try SignedNote(parsing: $0) })
    for (notes, tree, log) in [(epochNotes, epochTree, "epoch"), (releaseNotes, releaseTree, "release")] {
      var seen: Set<[UInt8]> = []
      for note in notes where seen.insert(note.digest).inserted {
        compare(try Checkpoint(parsing: note.text), note, with: tree, "epoch \(number)", log, &outcome)
      }
    }
    let head = try Checkpoint(parsing: epochNote.text)
    guard file.knownHeads.map(\.treeSize) == EpochFile.knownSizes(treeSize: head.treeSize) else {
      outcome.fail(ClientError.consistencyMissing, "epoch \(number): the file knows other heads than it must")
      return
    }
    for known in file.knownHeads {
      guard let root = try? epochTree.root(treeSize: known.treeSize), root.rawRepresentation == known.rootHash else {
        outcome.fail(
          AuditFinding.noteOfOtherTree, "epoch \(number): head of \(known.treeSize) leaves is of another tree",
          evidence: [epochNote.encoded])
        continue
      }
      try ConsistencyProof(
        oldSize: known.treeSize, newSize: head.treeSize, hashes: known.hashes.map { try TreeHash($0) }
      ).verify(oldRoot: root, newRoot: head.rootHash)
    }
  }

  private func compare(
    _ checkpoint: Checkpoint, _ note: SignedNote, with tree: MerkleTree, _ epoch: String, _ log: String,
    _ outcome: inout Outcome
  ) {
    guard checkpoint.treeSize <= tree.treeSize else {
      outcome.findings.append(
        AuditFinding(
          AuditFinding.unpublishedTree, .warning,
          "\(epoch): a note of \(checkpoint.treeSize) entries, where the \(log) log shows \(tree.treeSize)",
          evidence: [note.encoded]))
      return
    }
    if (try? tree.root(treeSize: checkpoint.treeSize)) != checkpoint.rootHash {
      outcome.fail(
        AuditFinding.noteOfOtherTree,
        "\(epoch): a note of \(checkpoint.treeSize) entries is of another tree than the \(log) log",
        evidence: [note.encoded])
    }
  }

  /// The bundle carries the newest policy and lists that the head of the release log in it covers.
  private func compareWithReleaseLog(_ bundle: EpochBundle, _ number: UInt64, _ outcome: inout Outcome) {
    guard let note = try? SignedNote(parsing: bundle.releaseLogNote),
      let size = try? Checkpoint(parsing: note.text).treeSize
    else { return }
    if let policy = entries.newestPolicy(treeSize: size), policy.statement != bundle.policy.statement {
      outcome.fail(
        AuditFinding.entryWithheld,
        "epoch \(number): the bundle lacks policy version \(policy.entry.policy.version), entry \(policy.index)",
        evidence: [policy.statement])
    }
    let carried = Set(bundle.revocations.map(\.statement))
    for publisher in policy(of: bundle)?.policy.publishers.keys ?? [] {
      guard let list = entries.newestRevocations(of: publisher, treeSize: size), !carried.contains(list.statement)
      else { continue }
      outcome.fail(
        AuditFinding.entryWithheld,
        "epoch \(number): the bundle lacks publisher \(publisher.identifier)'s newest revocation list, entry \(list.index)",
        evidence: [list.statement])
    }
  }
}

extension EpochFileAudit.Keys {
  /// What two epochs' keys say against each other.
  func findings(against other: EpochFileAudit.Keys, _ epochs: String) -> [AuditFinding] {
    var findings: [AuditFinding] = []
    if !nodes.isDisjoint(with: other.nodes) {
      findings.append(AuditFinding(AuditFinding.nodeKeyReused, .failure, "\(epochs): a node has one key in both"))
    }
    for key in issuerKeys where issuerDay == other.issuerDay {
      if other.issuerKeys.contains(where: { $0.plan == key.plan && $0.publicKey != key.publicKey }) {
        findings.append(
          AuditFinding(
            AuditFinding.issuerKeySecond, .failure, "\(epochs): two token keys of day \(issuerDay), plan \(key.plan)"))
      }
    }
    return findings
  }
}
