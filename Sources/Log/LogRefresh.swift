public import ServiceLifecycle

/// Has every log ask its witnesses for fresh cosignatures, again and again, so that the newest note stays fresh though
/// nothing is appended.
public struct LogRefresh: Service {
  static let interval: Duration = .seconds(300)

  private let logs: [LogService]

  public init(_ logs: [LogService]) { self.logs = logs }

  public func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // At once after a start, which may have brought another key.
        await refresh()
        try await ContinuousClock().sleep(for: Self.interval)
      }
    }
  }

  /// What fails shows in the log's health.
  package func refresh() async {
    for log in logs where await log.treeSize > 0 { _ = try? await log.refresh() }
  }
}
