public import Foundation
import ObliviousHTTP
public import TransparencyLog
import Trust

/// Decides whether an epoch file is the one that everybody gets: present and unique in the epoch log, whole, fresh,
/// with the keys of the policy's parties.
///
/// What a client remembers of earlier epochs is judged elsewhere (`EpochMemory`); nodes are appraised one by one
/// (`NodeVerifier`).
public struct EpochVerifier: Sendable {
  /// Which time decides on ages.
  public enum Moment: Sendable {
    /// The client's time: the epoch must be under way and its note fresh.
    case now(Date)
    /// The newest cosigned note that a node holds, in place of a clock: the epoch must be the one that it ends with, and
    /// the bundle's note as near to it as to a client's time.
    case held(VerifiedCheckpoint)
    /// The bundle's own note: an old bundle is verified again.
    case asOfNote
  }

  let trusted: TrustedPolicy

  public init(_ trusted: TrustedPolicy) { self.trusted = trusted }

  private var policy: TrustPolicy { trusted.policy }

  /// - Parameter encoded: an `EpochFile`, untrusted.
  /// - Throws: the code of the first check that fails, of this library or of the one that makes the check.
  public func verify(_ encoded: [UInt8], at moment: Moment) throws(VerificationError) -> VerifiedEpoch {
    let file = try coded { try EpochFile(decoding: encoded) }
    var epochNotes = LogNotes(logKey: policy.epochLog, witnesses: policy.witnesses.policy)
    let logged = try epochNotes.verifyEntry(file.leaf, proof: file.proof)
    let leaf = try verifyLeaf(file.leaf, index: logged.index)
    let bundle = try verifyBundle(file.bundle, leaf: leaf)
    let quorumTime = logged.checkpoint.quorumTime
    let age = EpochAge(schedule: policy.epochs)
    let time: Date
    switch moment {
    case .now(let now):
      try age.requireCurrent(epoch: bundle.epoch, quorumTime: quorumTime, now: now)
      time = now
    case .held(let note):
      try age.requireNewest(epoch: bundle.epoch, head: logged.checkpoint, held: note)
      time = note.quorumTime
    case .asOfNote: time = quorumTime
    }
    var releaseNotes = LogNotes(logKey: policy.releaseLog, witnesses: policy.witnesses.policy)
    try verifyReleaseLogHead(bundle, age: age, time: time, notes: &releaseNotes)
    let successor = try verifyPolicy(bundle.policy, notes: &releaseNotes)
    let revocations = try Revocations(
      bundle.revocations, publishers: policy.publishers, age: age, now: time, notes: &releaseNotes)
    let checkpoint = logged.checkpoint.checkpoint
    return VerifiedEpoch(
      number: bundle.epoch, bundle: bundle, bundleDigest: EpochBundle.digest(of: file.bundle),
      noteDigest: logged.checkpoint.noteDigest, quorumTime: quorumTime, trusted: trusted,
      checks: Self.checks + (trusted.provenance == .published ? [Self.policyCheck] : []),
      skipped: trusted.provenance == .published ? [] : [Self.policyCheck], time: time,
      head: VerifiedEpoch.Head(
        treeSize: checkpoint.treeSize, rootHash: checkpoint.rootHash.rawRepresentation,
        bundleDigest: EpochBundle.digest(of: file.bundle)),
      knownHeads: file.knownHeads, revocations: revocations, gatewayKey: try gatewayKey(bundle),
      issuerKey: try issuerKey(bundle), successor: successor, epochNotes: epochNotes, releaseNotes: releaseNotes)
  }

  /// The names of the checks above, as receipts list them.
  static let checks = [
    "epoch-log-signature", "epoch-witness-quorum", "epoch-inclusion", "epoch-leaf-index", "epoch-operator-signature",
    "epoch-bundle-digest", "epoch-time", "release-log-quorum", "revocations-fresh", "gateway-hybrid-suite",
    "issuer-key",
  ]
  static let policyCheck = "policy-logged"

  /// Present and unique: the leaf stands at the index that is its epoch, and the operator signed it.
  private func verifyLeaf(_ encoded: [UInt8], index: UInt64) throws(VerificationError) -> (
    epoch: UInt64, digest: [UInt8]
  ) {
    let leaf = try coded {
      try EpochLeaf(verifying: try Statement(parsing: encoded), operatorKey: policy.operatorKey)
    }
    guard leaf.operatorOrigin == policy.operatorOrigin else {
      throw VerificationError(VerificationError.epochContradiction, "leaf is of another operator than the policy's")
    }
    guard leaf.epoch == index else {
      throw VerificationError(VerificationError.leafIndex, "leaf of epoch \(leaf.epoch) stands at index \(index)")
    }
    guard let digest = leaf.bundleDigest else {
      throw VerificationError(VerificationError.epochVoid, "epoch \(leaf.epoch) is void")
    }
    return (leaf.epoch, digest)
  }

  private func verifyBundle(
    _ encoded: [UInt8], leaf: (epoch: UInt64, digest: [UInt8])
  ) throws(VerificationError) -> EpochBundle {
    guard EpochBundle.digest(of: encoded) == leaf.digest else {
      throw VerificationError(VerificationError.bundleDigest, "bundle is another than the leaf commits to")
    }
    let bundle = try coded { try EpochBundle(decoding: encoded) }
    guard bundle.epoch == leaf.epoch, bundle.operatorOrigin == policy.operatorOrigin,
      bundle.issuerDay == policy.epochs.issuerDay(of: bundle.epoch)
    else {
      throw VerificationError(
        VerificationError.epochContradiction, "bundle is of another epoch, operator or day than its leaf")
    }
    return bundle
  }

  private func verifyReleaseLogHead(
    _ bundle: EpochBundle, age: EpochAge, time: Date, notes: inout LogNotes
  ) throws(VerificationError) {
    let head = try notes.checkpoint(of: bundle.releaseLogNote)
    let elapsed = time.timeIntervalSince(head.quorumTime)
    guard elapsed <= policy.epochs.seconds(scaledMinutes: EpochSchedule.revocationAgeMinutes) else {
      throw VerificationError(
        VerificationError.releaseLogOld, "head of the release log lies \(elapsed.wholeSeconds) seconds back")
    }
    guard -elapsed <= policy.epochs.seconds(scaledMinutes: EpochSchedule.quorumFutureMinutes) else {
      throw VerificationError(
        VerificationError.entryFuture, "head of the release log lies \((-elapsed).wholeSeconds) seconds ahead")
    }
  }

  /// - Returns: the bundle's policy where it is newer than the one in force.
  private func verifyPolicy(
    _ logged: EpochBundle.LoggedStatement, notes: inout LogNotes
  ) throws(VerificationError) -> TrustedPolicy? {
    // A policy edited by hand has no place in the log.
    guard trusted.provenance == .published else { return nil }
    _ = try notes.verifyEntry(logged.statement, proof: logged.proof)
    let statement = try coded { try Statement(parsing: logged.statement) }
    if TrustPolicy.digest(ofPayload: statement.payload) == trusted.digest { return nil }
    let other = try TrustedPolicy(successorOf: policy, statement: statement)
    guard other.policy.version != policy.version else {
      throw VerificationError(VerificationError.policySecond, "bundle has another policy of version \(policy.version)")
    }
    guard other.policy.version > policy.version else {
      throw VerificationError(
        VerificationError.policyRollback,
        "bundle has policy version \(other.policy.version), version \(policy.version) is trusted already")
    }
    guard other.policy.isOfSameOperator(as: policy) else {
      throw VerificationError(
        VerificationError.policyOtherOperator, "bundle has a policy of another operator, log or kind of roots")
    }
    return other
  }

  private func gatewayKey(_ bundle: EpochBundle) throws(VerificationError) -> KeyConfiguration {
    try HybridSuite.keyConfiguration(bundle.gatewayKeyConfiguration)
  }

  private func issuerKey(_ bundle: EpochBundle) throws(VerificationError) -> EpochBundle.IssuerKey {
    let keys = bundle.issuerKeys.filter { $0.plan == policy.issuer.plan }
    guard keys.count == 1, let key = keys.first else {
      throw VerificationError(
        VerificationError.issuerKeyMissing, "bundle has \(keys.count) token keys of the policy's plan, expected 1")
    }
    return key
  }
}
