public import Logging
import Synchronization

/// Every log line of a deployment, at every level, message and metadata alike.
public final class CapturedLog: Sendable {
  private let captured = Mutex<[String]>([])

  public init() {}

  public var lines: [String] { captured.withLock { $0 } }

  /// A logger at the lowest level, whose lines go nowhere else.
  public func logger(label: String) -> Logger {
    var logger = Logger(label: label) { _ in Handler(log: self, label: label) }
    logger.logLevel = .trace
    return logger
  }

  fileprivate func append(_ line: String) { captured.withLock { $0.append(line) } }

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
