import Foundation
import TransparencyLog
import Trust

/// What any publisher revoked: the union of all their lists, each of them fresh.
struct Revocations: Sendable {
  let releaseLeafHashes: Set<[UInt8]>
  let chipIdentifiers: Set<[UInt8]>

  /// - Throws: `revocation-stale`, `release-entry-future`, the codes of `Statement`, `RevocationEntry` and the log.
  init(
    _ logged: [EpochBundle.LoggedStatement], publishers: Publishers, age: EpochAge, now: Date,
    notes: inout LogNotes
  ) throws(VerificationError) {
    var releases: Set<[UInt8]> = []
    var chips: Set<[UInt8]> = []
    var newest: [String: UInt64] = [:]
    for entry in logged {
      _ = try notes.verifyEntry(entry.statement, proof: entry.proof)
      let statement = try coded { try Statement(parsing: entry.statement) }
      let (list, publisher) = try coded { try RevocationEntry.verified(statement, publishers: publishers) }
      releases.formUnion(list.releaseLeafHashes)
      chips.formUnion(list.chipIdentifiers)
      newest[publisher.identifier] = max(newest[publisher.identifier] ?? 0, list.issued)
    }
    let bound = age.schedule.seconds(scaledMinutes: EpochSchedule.revocationAgeMinutes)
    for publisher in publishers.keys {
      guard let issued = newest[publisher.identifier], try age.ageOfEntry(issued: issued, now: now) <= bound else {
        throw VerificationError(
          VerificationError.revocationStale, "a publisher's revocation list is missing or too old")
      }
    }
    releaseLeafHashes = releases
    chipIdentifiers = chips
  }
}
