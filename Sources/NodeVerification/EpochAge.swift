package import Foundation
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
