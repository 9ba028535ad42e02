import Foundation
import Trust

/// The bounds of time on epochs, notes and entries; all scale with the length of an epoch.
struct EpochAge: Sendable {
  let schedule: EpochSchedule

  /// - Throws: `epoch-not-current`, `note-old`, `note-future`, `epoch-before-first`.
  func requireCurrent(epoch: UInt64, quorumTime: Date, now: Date) throws(ClientError) {
    guard try currentEpochs(now: now).contains(epoch) else {
      throw ClientError(ClientError.epochNotCurrent, "epoch \(epoch) is not under way at the client's time")
    }
    let age = now.timeIntervalSince(quorumTime)
    guard age <= schedule.seconds(scaledMinutes: EpochSchedule.quorumAgeMinutes) else {
      throw ClientError(ClientError.noteOld, "quorum time lies \(age.wholeSeconds) seconds back")
    }
    guard -age <= schedule.seconds(scaledMinutes: EpochSchedule.quorumFutureMinutes) else {
      throw ClientError(ClientError.noteFuture, "quorum time lies \((-age).wholeSeconds) seconds ahead")
    }
  }

  /// The epoch under way, then the one before while it may still be used.
  func currentEpochs(now: Date) throws(ClientError) -> [UInt64] {
    let current = try coded { try schedule.epoch(at: now) }
    let elapsed = now.timeIntervalSince(schedule.beginning(of: current))
    let overlap = schedule.seconds(scaledMinutes: EpochSchedule.overlapMinutes)
    return current > 0 && elapsed <= overlap ? [current, current - 1] : [current]
  }

  /// How long ago something was entered into the release log.
  /// - Throws: `release-entry-future`.
  func ageOfEntry(issued: UInt64, now: Date) throws(ClientError) -> TimeInterval {
    let age = now.timeIntervalSince1970 - Double(issued)
    guard -age <= schedule.seconds(scaledMinutes: EpochSchedule.quorumFutureMinutes) else {
      throw ClientError(
        ClientError.entryFuture, "an entry of the release log is dated \((-age).wholeSeconds) seconds ahead")
    }
    return age
  }
}

extension TimeInterval {
  /// For messages: times come from others and may be beyond every integer.
  var wholeSeconds: Int64 { Int64(exactly: rounded(.down)) ?? (self < 0 ? .min : .max) }
}
