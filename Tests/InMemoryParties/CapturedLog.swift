public import Logging
import Synchronization

/// Every log line of a deployment, at every level, message and metadata alike.
public final class CapturedLog: Sendable {
  private struct Captured {
    var lines: [String] = []
    /// Those who wait for the first line.
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let captured = Mutex(Captured())

  public init() {}

  public var lines: [String] { captured.withLock { $0.lines } }

  /// Returns once a line is there: a server writes one after the answer has left.
  public func firstLine() async {
    await withCheckedContinuation { continuation in
      let isThere = captured.withLock { captured in
        if captured.lines.isEmpty { captured.waiting.append(continuation) }
        return !captured.lines.isEmpty
      }
      if isThere { continuation.resume() }
    }
  }

  /// A logger at the lowest level, whose lines go nowhere else.
  public func logger(label: String) -> Logger {
    var logger = Logger(label: label) { _ in Handler(log: self, label: label) }
    logger.logLevel = .trace
    return logger
  }

  fileprivate func append(_ line: String) {
    let waiting = captured.withLock { captured in
      captured.lines.append(line)
      defer { captured.waiting = [] }
      return captured.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  private struct Handler: LogHandler {
    let log: CapturedLog
    let label: String
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let metadata = metadata.merging(event.metadata ?? [:]) { _, new in new }
      log.append("\(event.level) \(label): \(event.message) \(metadata)")
    }
  }
}
