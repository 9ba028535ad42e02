import Foundation
import LogMonitor
public import Trust

extension OperatorReport {
  /// The report as one static page of HTML, without scripts and without anything from elsewhere.
  public var page: String {
    let title = "Audit of \(operatorOrigin)"
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(title.escaped)</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <main>
      <h1>\(title.escaped)</h1>
      \(verdict)
      <p>As of <time datetime="\(Self.instant(time))">\(Self.instant(time))</time>, seen from \
      \(vantagePoints.count == 1 ? "one place" : "\(vantagePoints.count) places"): \
      \(vantagePoints.map { "<code>\($0.escaped)</code>" }.joined(separator: ", ")).</p>
      \(isSimulated ? "<p class=\"simulated\">The machines behind this are simulated and protect nobody.</p>" : "")
      \(findingSection)
      \(logSection)
      \(epochSection)
      \(releaseSection)
      \(promiseSection)
      </main>
      </body>
      </html>

      """
  }

  private static let style = """
    :root{color-scheme:light dark}
    body{font:1rem/1.5 system-ui,sans-serif;margin:0}
    main{max-width:60rem;margin:0 auto;padding:1.5rem}
    table{border-collapse:collapse;width:100%}
    caption{text-align:left;padding:.25rem 0}
    th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #8886}
    td{overflow-wrap:anywhere}
    .verdict{font-size:1.25rem;padding:.5rem 1rem;border-left:.5rem solid}
    .good{border-color:#2a7d2a}.bad{border-color:#b3261e}
    .simulated{padding:.5rem 1rem;border:1px solid}
    """

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
      + Self.table(
        ["What", "Code", "Weight"],
        findings.map { [$0.message.escaped, "<code>\($0.code.rawValue.escaped)</code>", $0.severity.rawValue] })
      + "<p>A proof convinces anyone by itself; a failure must be answered for; a warning says what could not be made "
      + "sure of. The evidence is in the report's JSON.</p>"
  }

  private var logSection: String {
    let rows = [("Epochs", epochLog), ("Releases", releaseLog)].compactMap { name, log -> [String]? in
      guard let log else { return nil }
      guard let checkpoint = log.checkpoint else { return [name, log.origin.escaped, "refused", "", ""] }
      return [
        name, log.origin.escaped, "\(checkpoint.checkpoint.treeSize)", Self.instant(checkpoint.quorumTime),
        log.isComplete ? "every entry and tile" : "not whole",
      ]
    }
    return "<h2>Logs</h2>" + Self.table(["Log", "Origin", "Entries", "Cosigned by enough witnesses", "Verified"], rows)
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
      + Self.table(
        ["Name", "Role", "Version", "Security version", "Entered", "State"],
        releases.map {
          [
            $0.entry.name.escaped, $0.entry.role.escaped, $0.entry.version.escaped, "\($0.entry.securityVersion)",
            Self.instant(Date(timeIntervalSince1970: Double($0.entry.issued))),
            $0.isRevoked ? "revoked" : $0.isCurrent ? "current" : "expired",
          ]
        })
  }

  private var promiseSection: String {
    guard !promises.isEmpty else { return "<h2>Promises</h2><p>The release log holds none.</p>" }
    return "<h2>Promises</h2>"
      + Self.table(
        ["Promise", "From", "Until", "State"],
        promises.map {
          [
            $0.promise.sentence, Self.instant(Date(timeIntervalSince1970: Double($0.issued))),
            Self.instant(Date(timeIntervalSince1970: Double($0.until))),
            $0.state == .notChecked ? "not checked" : $0.state.rawValue,
          ]
        })
  }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    "<table><thead><tr>" + head.map { "<th scope=\"col\">\($0)</th>" }.joined() + "</tr></thead><tbody>"
      + rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined(separator: "\n")
      + "</tbody></table>"
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

extension String {
  /// The text as HTML shows it.
  fileprivate var escaped: String {
    // By scalars: a quotation mark with a combining mark behind it is one character, and still a quotation mark.
    unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
