public import Foundation

/// The client's wall clock, a parameter so that tests choose the time. Durations are measured by the monotonic clock.
public struct ClientClock: Sendable {
  public let now: @Sendable () -> Date

  public init(now: @escaping @Sendable () -> Date) { self.now = now }

  public static let system = ClientClock { Date() }
}
