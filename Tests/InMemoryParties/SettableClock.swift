public import Foundation
import Synchronization

/// The one clock of a deployment in memory: wall time and monotonic time, which go on only when a test says so.
public final class SettableClock: Sendable {
  private struct Reading {
    var wall: Date
    var monotonic = ContinuousClock.now
  }

  private let reading: Mutex<Reading>

  public init(_ start: Date) { reading = Mutex(Reading(wall: start)) }

  public var now: Date { reading.withLock { $0.wall } }

  public var monotonicNow: ContinuousClock.Instant { reading.withLock { $0.monotonic } }

  /// Both go on by this many seconds.
  public func advance(bySeconds seconds: Double) {
    reading.withLock {
      $0.wall += seconds
      $0.monotonic = $0.monotonic.advanced(by: .seconds(seconds))
    }
  }
}
