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
  let epochs: EpochSchedule
  /// Epochs whose leaf is void.
  let voidEpochs: [UInt64]
  /// Epochs whose file was looked for in vain.
  let missingFiles: [UInt64]
  /// Entries of releases of which an artifact was looked for in vain, and all that were looked at; nil where none was.
  let artifacts: (missing: [ReleaseEntry], checked: Bool)
  let now: Date

  private var nowSeconds: UInt64 { UInt64(max(now.timeIntervalSince1970, 0)) }

  func verdicts() -> [PromiseVerdict] {
    entries.promises.flatMap { logged in
      logged.entry.promises.map { promise in
        PromiseVerdict(
          promise: promise, entry: logged.index, issued: logged.entry.issued, until: logged.entry.until,
          state: state(of: promise, from: logged.entry.issued, until: min(logged.entry.until, nowSeconds)))
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
    of promise: PromiseEntry.Promise, from start: UInt64, until end: UInt64
  ) -> PromiseVerdict.State {
    guard start < end else { return .notChecked }
    switch promise {
    case .revocationInterval(let seconds):
      let publishers = entries.policyInForce.policy.publishers.keys
      return publishers.allSatisfy { keepsInterval($0, seconds, start, end) } ? .kept : .broken
    case .missedEpochs(let count, let seconds):
      let missed = voidEpochs.map { beginning(of: $0) }.filter { (start..<end).contains($0) }
      let isBroken = missed.indices.contains { first in
        missed[first...].prefix { $0 - missed[first] < seconds }.count > count
      }
      return isBroken ? .broken : .kept
    case .epochFileRetention(let seconds):
      let isBroken = missingFiles.contains {
        let time = beginning(of: $0)
        return (start..<end).contains(time) && nowSeconds < time + epochs.epochSeconds + seconds
      }
      return isBroken ? .broken : .kept
    case .artifactRetention(let seconds):
      guard artifacts.checked else { return .notChecked }
      let isBroken = artifacts.missing.contains {
        (start...end).contains($0.issued) && nowSeconds < $0.issued + seconds
      }
      return isBroken ? .broken : .kept
    }
  }

  private func beginning(of epoch: UInt64) -> UInt64 { epochs.start + epoch * epochs.epochSeconds }

  /// No gap between a publisher's lists, nor before the first or after the last, is longer than promised.
  private func keepsInterval(_ publisher: StatementKey, _ seconds: UInt64, _ start: UInt64, _ end: UInt64) -> Bool {
    let times = (entries.revocations[publisher.identifier] ?? []).map(\.entry.issued).filter { $0 <= end }.sorted()
    var last = max(times.last { $0 <= start } ?? start, start)
    for time in times where time > start {
      guard time - last <= seconds else { return false }
      last = time
    }
    return end - last <= seconds
  }
}
