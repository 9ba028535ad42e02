import Foundation
import LogMonitor
import StaticPages
public import Trust

extension OperatorReport {
  /// The report as one static page of HTML, without scripts and without anything from elsewhere.
  public var page: String {
    StaticPage(title: "Audit of \(operatorOrigin)", body: pageBody).html
  }

  private var pageBody: String {
    """
    \(verdict)
    <p>As of <time datetime="\(Self.instant(time))">\(Self.instant(time))</time>, seen from \
    \(vantagePoints.count == 1 ? "one place" : "\(vantagePoints.count) places"): \
    \(vantagePoints.map { "<code>\($0.escapedForHTML)</code>" }.joined(separator: ", ")).</p>
    \(isSimulated ? "<p class=\"simulated\">The machines behind this are simulated and protect nobody.</p>" : "")
    \(findingSection)
    \(logSection)
    \(epochSection)
    \(releaseSection)
    \(promiseSection)
    """
  }

  private var verdict: String {
    let failures = findings.count { $0.severity != .warning }
    let warnings = findings.count - failures
    let also = warnings == 0 ? "" : warnings == 1 ? " One warning." : " \(warnings) warnings."
    return isGood
      ? "<p class=\"verdict good\">Nothing speaks against this operator.\(also)</p>"
      : "<p class=\"verdict bad\">\(failures == 1 ? "One finding speaks" : "\(failures) findings speak") against this "
        + "operator.\(also)</p>"
  }

  private var findingSection: String {
    guard !findings.isEmpty else { return "<h2>Findings</h2><p>None.</p>" }
    return "<h2>Findings</h2>"
      + StaticPage.table(
        ["What", "Code", "Weight"],
        findings.map {
          [$0.message.escapedForHTML, "<code>\($0.code.rawValue.escapedForHTML)</code>", $0.severity.rawValue]
        })
      + "<p>A proof convinces anyone by itself; a failure must be answered for; a warning says what could not be made "
      + "sure of. The evidence is in the report's JSON.</p>"
  }

  private var logSection: String {
    let rows = [("Epochs", epochLog), ("Releases", releaseLog)].compactMap { name, log -> [String]? in
      guard let log else { return nil }
      guard let checkpoint = log.checkpoint else { return [name, log.origin.escapedForHTML, "refused", "", ""] }
      return [
        name, log.origin.escapedForHTML, "\(checkpoint.checkpoint.treeSize)", Self.instant(checkpoint.quorumTime),
        log.isComplete ? "every entry and tile" : "not whole",
      ]
    }
    return "<h2>Logs</h2>"
      + StaticPage.table(["Log", "Origin", "Entries", "Cosigned by enough witnesses", "Verified"], rows)
  }

  private var epochSection: String {
    let count = voidEpochs.count + epochsWithoutLeaf.count
    let missed =
      count == 0 ? "No epoch was missed." : count == 1 ? "One epoch was missed." : "\(count) epochs were missed."
    return "<h2>Epochs</h2><p>This audit verified \(epochFileCount) epoch files with the evidence of \(nodeCount) "
      + "nodes. \(missed)</p>"
  }

  private var releaseSection: String {
    guard !releases.isEmpty else { return "" }
    return
      "<h2>Releases</h2><p>Policy version \(policyVersion).\(artifactCount == 0 ? "" : " \(artifactCount) artifacts were fetched and verified.")</p>"
      + StaticPage.table(
        ["Name", "Role", "Version", "Security version", "Entered", "State"],
        releases.map {
          [
            $0.entry.name.escapedForHTML, $0.entry.role.escapedForHTML, $0.entry.version.escapedForHTML,
            "\($0.entry.securityVersion)",
            Self.instant(Date(timeIntervalSince1970: Double($0.entry.issued))),
            $0.isRevoked ? "revoked" : $0.isCurrent ? "current" : "expired",
          ]
        })
  }

  private var promiseSection: String {
    guard !promises.isEmpty else { return "<h2>Promises</h2><p>The release log holds none.</p>" }
    return "<h2>Promises</h2>"
      + StaticPage.table(
        ["Promise", "From", "Until", "State"],
        promises.map {
          [
            $0.promise.sentence, Self.instant(Date(timeIntervalSince1970: Double($0.issued))),
            Self.instant(Date(timeIntervalSince1970: Double($0.until))),
            $0.state == .notChecked ? "not checked" : $0.state.rawValue,
          ]
        })
  }

  private static func instant(_ time: Date) -> String { time.formatted(.iso8601) }
}

extension PromiseEntry.Promise {
  /// The promise in words.
  public var sentence: String {
    switch self {
    case .revocationInterval(let seconds):
      "Each publisher enters its revocation list at least every \(Self.interval(seconds))."
    case .missedEpochs(let count, let seconds):
      "At most \(count) \(count == 1 ? "epoch is" : "epochs are") missed within any \(Self.interval(seconds))."
    case .epochFileRetention(let seconds):
      "Every epoch's file can be fetched for \(Self.duration(seconds)) after its epoch."
    case .artifactRetention(let seconds):
      "Every artifact of a release can be fetched for \(Self.duration(seconds)) after its entry."
    }
  }

  /// As in “every 2 hours” or “within any day”.
  private static func interval(_ seconds: UInt64) -> String {
    let duration = duration(seconds)
    return duration.hasPrefix("1 ") ? String(duration.dropFirst(2)) : duration
  }

  private static func duration(_ seconds: UInt64) -> String {
    let units: [(UInt64, String)] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")]
    guard let (unit, name) = units.first(where: { seconds % $0.0 == 0 }) else { return "\(seconds) seconds" }
    return "\(seconds / unit) \(name)\(seconds == unit ? "" : "s")"
  }
}
