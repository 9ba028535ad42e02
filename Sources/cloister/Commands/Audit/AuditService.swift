import HTTPMessages
import OperatorMonitor
import PartyHosting
import PrometheusFormat
import ServiceLifecycle
import StrictJSON
import Synchronization

/// Serves the newest report of an auditor to whoever asks.
final class AuditDesk: WholeMessageParty {
  let name = "audit"
  private let newest = Mutex<(report: OperatorReport, runCount: UInt64)?>(nil)

  func show(_ report: OperatorReport) {
    newest.withLock { $0 = (report, ($0?.runCount ?? 0) + 1) }
  }

  func requestBodyLimit(method: String, path: String) -> Int? { 0 }

  func respond(to request: WholeRequest) async -> WholeResponse {
    guard ["/", "/report.json", "/metrics", "/health"].contains(request.path) else { return .notFound }
    guard request.method == "GET" else { return .methodNotAllowed }
    guard let (report, runCount) = newest.withLock({ $0 }) else {
      return .json(#"{"status":"auditing"}"#, status: 503)
    }
    switch request.path {
    case "/":
      return WholeResponse(contentType: "text/html; charset=utf-8", body: Array(report.page.utf8))
    case "/report.json": return .json(report.json.canonicalText)
    case "/metrics":
      return WholeResponse(
        contentType: PrometheusText.mediaType, body: Array(report.metrics(runCount: runCount).utf8))
    default:
      return report.isGood
        ? .json(#"{"status":"ok"}"#) : .json(#"{"status":"findings"}"#, status: 503)
    }
  }
}

/// Audits, waits, and audits again, until the process is asked to end.
struct AuditLoop: Service {
  let interval: Duration
  let audit: @Sendable () async -> Void

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await audit()
        try await ContinuousClock().sleep(for: interval)
      }
    }
  }
}
