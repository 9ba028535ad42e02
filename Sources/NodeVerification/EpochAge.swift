package import Foundation
import TransparencyLog
package import Trust

/// The bounds of time on epochs, notes and entries; all scale with the length of an epoch.
package struct EpochAge: Sendable {
  let schedule: EpochSchedule

  package init(schedule: EpochSchedule) { self.schedule = schedule }

  /// - Throws: `epoch-not-current`, `note-old`, `note-future`, `epoch-before-first`.
  func requireCurrent(epoch: UInt64, quorumTime: Date, now: Date) throws(VerificationError) {
    guard try currentEpochs(now: now).contains(epoch) else {
      throw VerificationError(VerificationError.epochNotCurrent, "epoch \(epoch) is not under way at the client's time")
    }
    try requireFresh(quorumTime, now: now)
  }

  /// For a node, which has no clock: the epoch is the last one under the note that it holds.
  /// - Throws: `epoch-not-current`, `note-old`, `note-future`, `log-fork`.
  func requireNewest(epoch: UInt64, head: VerifiedCheckpoint, held: VerifiedCheckpoint) throws(VerificationError) {
    guard epoch + 1 == held.checkpoint.treeSize else {
      throw VerificationError(
        VerificationError.epochNotCurrent, "epoch \(epoch) is not the last of the note's \(held.checkpoint.treeSize)")
    }
    guard head.checkpoint.treeSize != held.checkpoint.treeSize || head.checkpoint.rootHash == held.checkpoint.rootHash
    else {
      throw VerificationError(VerificationError.logFork, "the bundle's note is of another tree than the held one")
    }
    try requireFresh(head.quorumTime, now: held.quorumTime)
  }

  private func requireFresh(_ quorumTime: Date, now: Date) throws(VerificationError) {
    let age = now.timeIntervalSince(quorumTime)
    guard age <= schedule.seconds(scaledMinutes: EpochSchedule.quorumAgeMinutes) else {
      throw VerificationError(VerificationError.noteOld, "quorum time lies \(age.wholeSeconds) seconds back")
    }
    guard -age <= schedule.seconds(scaledMinutes: EpochSchedule.quorumFutureMinutes) else {
      throw VerificationError(VerificationError.noteFuture, "quorum time lies \((-age).wholeSeconds) seconds ahead")
    }
  }

  /// The epoch under way, then the one before while it may still be used.
  package func currentEpochs(now: Date) throws(VerificationError) -> [UInt64] {
    let current = try coded { try schedule.epoch(at: now) }
    let elapsed = now.timeIntervalSince(schedule.beginning(of: current))
    let overlap = schedule.seconds(scaledMinutes: EpochSchedule.overlapMinutes)
    return current > 0 && elapsed <= overlap ? [current, current - 1] : [current]
  }

  /// How long ago something was entered into the release log.
  /// - Throws: `release-entry-future`.
  func ageOfEntry(issued: UInt64, now: Date) throws(VerificationError) -> TimeInterval {
    let age = now.timeIntervalSince1970 - Double(issued)
    guard -age <= schedule.seconds(scaledMinutes: EpochSchedule.quorumFutureMinutes) else {
      throw VerificationError(
        VerificationError.entryFuture, "an entry of the release log is dated \((-age).wholeSeconds) seconds ahead")
    }
    return age
  }
}

extension TimeInterval {
  /// For messages: times come from others and may be beyond every integer.
  var wholeSeconds: Int64 { Int64(exactly: rounded(.down)) ?? (self < 0 ? .min : .max) }
}
