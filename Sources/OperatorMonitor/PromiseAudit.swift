import Foundation
import LogMonitor
public import Trust

/// A promise of the release log, and whether it was kept so far.
public struct PromiseVerdict: Sendable, Equatable {
  public enum State: String, Sendable {
    case kept
    case broken
    /// Nothing that this audit looked at tells.
    case notChecked = "not-checked"
  }

  public let promise: PromiseEntry.Promise
  /// Of the entry that holds it, zero-based.
  public let entry: UInt64
  /// Seconds since 1970.
  public let issued: UInt64
  public let until: UInt64
  public let state: State
}

/// Holds an operator and its publishers to the promises of the release log. What a publisher says of the time of its own
/// entries is taken as it says it: clients of that time bounded it, and bundles are verified as of their notes.
struct PromiseAudit {
  let entries: LoggedEntries
  let schedule: EpochSchedule
  /// Epochs whose leaf is void, or that are over and have none, in their order.
  let missedEpochs: [UInt64]
  /// Epochs whose file was looked for in vain.
  let missingFiles: [UInt64]
  /// Releases of which an artifact was looked for in vain; nil where none was looked for.
  let missingArtifacts: [ReleaseEntry]?
  let now: Date

  private var nowSeconds: UInt64 { UInt64(max(now.timeIntervalSince1970, 0)) }

  func verdicts() -> [PromiseVerdict] {
    entries.promises.flatMap { logged in
      logged.entry.promises.map { promise in
        PromiseVerdict(
          promise: promise, entry: logged.index, issued: logged.entry.issued, until: logged.entry.until,
          state: state(of: promise, logged))
      }
    }
  }

  static func findings(_ verdicts: [PromiseVerdict]) -> [AuditFinding] {
    verdicts.filter { $0.state == .broken }.map {
      AuditFinding(
        AuditFinding.promiseBroken, .failure,
        "promise \($0.promise.kind) of \($0.promise.seconds) seconds, entry \($0.entry): not kept")
    }
  }

  private func state(
    of promise: PromiseEntry.Promise, _ logged: LoggedEntries.Logged<PromiseEntry>
  ) -> PromiseVerdict.State {
    let start = logged.entry.issued
    let end = min(logged.entry.until, nowSeconds)
    guard start < end else { return .notChecked }
    switch promise {
    case .revocationInterval(let seconds):
      // Who came or went since is bound by what clients demand, and by the next promise.
      let publishers = entries.policies.lastingPublishers(since: logged.index)
      guard !publishers.isEmpty else { return .notChecked }
      return publishers.allSatisfy { keepsInterval($0, seconds, start, end) } ? .kept : .broken
    case .missedEpochs(let count, let seconds):
      let missed = missedEpochs.map { schedule.beginningSeconds(of: $0) }.filter { (start..<end).contains($0) }
      guard let count = Int(exactly: count), count < missed.count else { return .kept }
      // Broken by any `count` + 1 in a row that lie within the time.
      let isBroken = zip(missed, missed.dropFirst(count)).contains { $1 - $0 < seconds }
      return isBroken ? .broken : .kept
    case .epochFileRetention:
      let isBroken = missingFiles.contains { Self.demandsFile(of: $0, logged.entry, promise, schedule, nowSeconds) }
      return isBroken ? .broken : .kept
    case .artifactRetention:
      guard let missingArtifacts else { return .notChecked }
      let isBroken = missingArtifacts.contains { Self.demandsArtifacts(of: $0, logged.entry, promise, nowSeconds) }
      return isBroken ? .broken : .kept
    }
  }

  /// No gap between a publisher's lists, nor before the first or after the last, is longer than promised.
  private func keepsInterval(_ publisher: StatementKey, _ seconds: UInt64, _ start: UInt64, _ end: UInt64) -> Bool {
    let times = (entries.revocations[publisher.identifier] ?? []).map(\.entry.issued)
    var last = start
    for time in times.filter({ $0 > start && $0 <= end }).sorted() {
      guard time - last <= seconds else { return false }
      last = time
    }
    return end - last <= seconds
  }

  // MARK: What promises demand to be there

  /// Whether any promise demands an epoch's file now.
  static func demandsFile(of epoch: UInt64, _ entries: LoggedEntries, _ schedule: EpochSchedule, now: Date) -> Bool {
    entries.promises.contains { logged in
      logged.entry.promises.contains {
        demandsFile(of: epoch, logged.entry, $0, schedule, UInt64(max(now.timeIntervalSince1970, 0)))
      }
    }
  }

  private static func demandsFile(
    of epoch: UInt64, _ entry: PromiseEntry, _ promise: PromiseEntry.Promise, _ schedule: EpochSchedule, _ now: UInt64
  ) -> Bool {
    guard case .epochFileRetention(let seconds) = promise else { return false }
    let time = schedule.beginningSeconds(of: epoch)
    return (entry.issued..<entry.until).contains(time) && now < saturating(time, schedule.epochSeconds, seconds)
  }

  /// Whether any promise demands a release's artifacts now.
  static func demandsArtifacts(of release: ReleaseEntry, _ entries: LoggedEntries, now: Date) -> Bool {
    entries.promises.contains { logged in
      logged.entry.promises.contains {
        demandsArtifacts(of: release, logged.entry, $0, UInt64(max(now.timeIntervalSince1970, 0)))
      }
    }
  }

  private static func demandsArtifacts(
    of release: ReleaseEntry, _ entry: PromiseEntry, _ promise: PromiseEntry.Promise, _ now: UInt64
  ) -> Bool {
    guard case .artifactRetention(let seconds) = promise else { return false }
    return (entry.issued..<entry.until).contains(release.issued) && now < saturating(release.issued, seconds)
  }

  private static func saturating(_ numbers: UInt64...) -> UInt64 {
    numbers.reduce(0) { sum, number in
      let (value, overflow) = sum.addingReportingOverflow(number)
      return overflow ? .max : value
    }
  }
}

extension EpochSchedule {
  /// When an epoch begins, in seconds since 1970; the last second there is for one beyond it.
  func beginningSeconds(of epoch: UInt64) -> UInt64 {
    let (elapsed, overflow) = epoch.multipliedReportingOverflow(by: epochSeconds)
    let (time, overflowToo) = start.addingReportingOverflow(elapsed)
    return overflow || overflowToo ? .max : time
  }
}
