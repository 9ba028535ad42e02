public import Foundation

/// The time and the waiting of a fetch, so that a test does neither.
public struct FetchClock: Sendable {
  public let now: @Sendable () -> Date
  public let sleep: @Sendable (Duration) async throws -> Void

  public init(now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (Duration) async throws -> Void) {
    self.now = now
    self.sleep = sleep
  }

  public static let system = FetchClock(now: { Date() }, sleep: { try await Task.sleep(for: $0) })
}
