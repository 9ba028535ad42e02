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
  let schedule: EpochSchedule

  struct Outcome: Sendable {
    var findings: [AuditFinding] = []
    var keys: EpochKeys?
    /// How many nodes' evidence was verified.
    var nodeCount = 0
    /// Something could not be judged yet, and is to be looked at again.
    var isOpen = false

    fileprivate mutating func fail(_ code: ErrorCode, _ message: String, evidence: [[UInt8]] = []) {
      findings.append(AuditFinding(code, .failure, message, evidence: evidence))
    }
  }

  /// - Parameters:
  ///   - digest: what the audited leaf of the epoch commits to.
  ///   - before: what the epoch before offered, where that is known.
  func verify(_ encoded: [UInt8], epoch number: UInt64, digest: [UInt8], before: EpochKeys?) -> Outcome {
    var outcome = Outcome()
    do {
      let file = try EpochFile(decoding: encoded)
      guard EpochBundle.digest(of: file.bundle) == digest else {
        outcome.fail(
          ClientError.bundleDigest, "epoch \(number): the bundle is another than the log's leaf commits to",
          evidence: [encoded])
        return outcome
      }
      let bundle = try EpochBundle(decoding: file.bundle)
      guard let trusted = policy(of: bundle) else {
        judgeUnknownPolicy(of: bundle, number, &outcome)
        return outcome
      }
      let epoch = try EpochVerifier(trusted).verify(encoded, at: .asOfNote)
      _ = try epoch.tokenKey()
      checkTime(of: epoch, &outcome)
      for index in bundle.nodes.indices {
        do throws(ClientError) {
          _ = try epoch.verifyNode(at: index)
          outcome.nodeCount += 1
        } catch {
          outcome.fail(error.code, "epoch \(number), node \(index): \(error.message)")
        }
      }
      guard Set(bundle.issuerKeys.map(\.plan)).count == bundle.issuerKeys.count else {
        outcome.fail(AuditFinding.issuerKeySecond, "epoch \(number): two token keys of one plan")
        return outcome
      }
      try compareWithTrees(file, bundle, number, &outcome)
      let size = try checkReleaseLogHead(of: bundle, trusted.policy, number, &outcome)
      compareWithReleaseLog(bundle, trusted, number, size: size, before: before, &outcome)
      outcome.keys = EpochKeys(bundle, releaseLogSize: size)
    } catch let error as any CodedError {
      outcome.fail(error.code, "epoch \(number): \(error.message)")
    } catch {
      outcome.fail(ClientError.uncodedError, "epoch \(number) cannot be verified")
    }
    return outcome
  }

  private func policy(of bundle: EpochBundle) -> TrustedPolicy? {
    guard let statement = try? Statement(parsing: bundle.policy.statement) else { return nil }
    return entries.policies.policy(digest: TrustPolicy.digest(ofPayload: statement.payload))
  }

  /// A policy that is in a tree which the release log does not show yet is looked for again.
  private func judgeUnknownPolicy(of bundle: EpochBundle, _ number: UInt64, _ outcome: inout Outcome) {
    let newest = entries.policies.inForce.policy
    let verifier = LogVerifier(logKey: newest.releaseLog, witnesses: newest.witnesses.policy)
    if let head = try? verifier.verify(bundle.releaseLogNote), head.checkpoint.treeSize > releaseTree.treeSize {
      outcome.isOpen = true
      outcome.findings.append(
        AuditFinding(
          AuditFinding.unpublishedTree, .warning,
          "epoch \(number): its policy is in a tree that the release log does not show yet",
          evidence: [bundle.releaseLogNote]))
    } else {
      outcome.fail(AuditFinding.entryRefused, "epoch \(number): the bundle's policy is not one of the log's history")
    }
  }

  /// The head is asked for after the note that the nodes are given: an older one would hide what came in between.
  /// - Returns: its size.
  private func checkReleaseLogHead(
    of bundle: EpochBundle, _ policy: TrustPolicy, _ number: UInt64, _ outcome: inout Outcome
  ) throws -> UInt64 {
    let witnesses = policy.witnesses.policy
    let head = try LogVerifier(logKey: policy.releaseLog, witnesses: witnesses).verify(bundle.releaseLogNote)
    let epochs = LogVerifier(logKey: policy.epochLog, witnesses: witnesses)
    let given = bundle.notes.compactMap { try? epochs.verify($0).quorumTime }.max()
    if let given, head.quorumTime < given.addingTimeInterval(-LogAudit.largestClockDistance) {
      outcome.fail(
        AuditFinding.entryWithheld, "epoch \(number): the head of the release log is older than the nodes' note",
        evidence: [bundle.releaseLogNote])
    }
    return head.checkpoint.treeSize
  }

  /// Keys are published ten minutes ahead, and a late leaf comes while its epoch lasts; later, it must be void.
  private func checkTime(of epoch: VerifiedEpoch, _ outcome: inout Outcome) {
    let tolerance = schedule.seconds(scaledMinutes: EpochSchedule.quorumFutureMinutes)
    let lead = schedule.seconds(scaledMinutes: EpochSchedule.publicationLeadMinutes)
    if epoch.quorumTime < schedule.beginning(of: epoch.number).addingTimeInterval(-lead - tolerance) {
      outcome.fail(AuditFinding.epochTime, "epoch \(epoch.number) was cosigned long before it began")
    } else if epoch.quorumTime > schedule.end(of: epoch.number).addingTimeInterval(tolerance) {
      outcome.fail(AuditFinding.epochTime, "epoch \(epoch.number) was cosigned after it was over, and is not void")
    }
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

  /// A note that is ahead of the audited tree cannot be judged yet: the file is looked at again.
  private func compare(
    _ checkpoint: Checkpoint, _ note: SignedNote, with tree: MerkleTree, _ epoch: String, _ log: String,
    _ outcome: inout Outcome
  ) {
    guard checkpoint.treeSize <= tree.treeSize else {
      outcome.isOpen = true
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

  /// The bundle carries the newest policy and lists that the head of the release log in it covers. What came in while
  /// the bundle was made is a warning: the next one must have it.
  private func compareWithReleaseLog(
    _ bundle: EpochBundle, _ trusted: TrustedPolicy, _ number: UInt64, size: UInt64, before: EpochKeys?,
    _ outcome: inout Outcome
  ) {
    let settled = before?.releaseLogSize ?? 0
    func withheld(_ what: String, _ index: UInt64, _ statement: Statement) {
      outcome.findings.append(
        AuditFinding(
          AuditFinding.entryWithheld, index < settled ? .failure : .warning,
          "epoch \(number): the bundle lacks \(what), entry \(index)", evidence: [statement.encoded]))
    }
    if let newest = entries.policies.policy(treeSize: size), newest.policy.digest != trusted.digest {
      withheld("policy version \(newest.policy.policy.version)", newest.index, newest.policy.statement)
    }
    let carried = Set(bundle.revocations.compactMap { try? Statement(parsing: $0.statement).payload })
    for publisher in trusted.policy.publishers.keys {
      guard let list = entries.newestRevocations(of: publisher, treeSize: size),
        !carried.contains(list.statement.payload)
      else { continue }
      withheld("publisher \(publisher.identifier)'s newest revocation list", list.index, list.statement)
    }
  }
}
