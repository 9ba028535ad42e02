/// How many requests a node works on, and how many wait for that.
public struct AdmissionLimits: Sendable, Equatable {
  /// Requests that the engine works on at a time.
  public let runningCount: Int
  /// Requests that wait for one of those to end; more are refused at once.
  public let waitingCount: Int
  /// How long one waits before it is refused, by monotonic time.
  public let waitLimit: Duration

  public init(runningCount: Int, waitingCount: Int, waitLimit: Duration) {
    precondition(runningCount > 0 && waitingCount >= 0, "a node works on one request or more")
    self.runningCount = runningCount
    self.waitingCount = waitingCount
    self.waitLimit = waitLimit
  }

  /// For the embedded engine. Four wait (docs/balance.md), for a sixth of the shortest stream: whoever is admitted last
  /// still has time for an answer, and who waited for a whole answer stays far below the gateway's limit of a minute.
  public static let standard = AdmissionLimits(runningCount: 16, waitingCount: 4, waitLimit: .seconds(5))
}
