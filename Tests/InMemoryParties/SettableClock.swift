public import Foundation
public import PartyHosting
import Synchronization

/// The one clock of a deployment in memory: wall time and monotonic time, which go on only when a test says so.
public final class SettableClock: Sendable {
  private struct Reading {
    var wall: Date
    var monotonic = ContinuousClock.now
    /// Sleeping moves the clock to the deadline, as if nothing else took time.
    var skipsSleep = true
    var sleepers: [UUID: (deadline: ContinuousClock.Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let reading: Mutex<Reading>

  public init(_ start: Date) { reading = Mutex(Reading(wall: start)) }

  public var now: Date { reading.withLock { $0.wall } }

  public var monotonicNow: ContinuousClock.Instant { reading.withLock { $0.monotonic } }

  /// Both go on by this many seconds.
  public func advance(bySeconds seconds: Double) {
    let due = reading.withLock { reading in
      reading.wall += seconds
      reading.monotonic = reading.monotonic.advanced(by: .seconds(seconds))
      let due = reading.sleepers.filter { $0.value.deadline <= reading.monotonic }
      for key in due.keys { reading.sleepers[key] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  /// From now on whoever sleeps waits for `advance`.
  public func holdSleepers() { reading.withLock { $0.skipsSleep = false } }

  /// Ends every sleep, those under way too: time passes as far as whoever sleeps likes.
  public func skipSleep() {
    let sleepers = reading.withLock { reading in
      reading.skipsSleep = true
      defer { reading.sleepers = [:] }
      return reading.sleepers.values.map(\.continuation)
    }
    for continuation in sleepers { continuation.resume() }
  }

  /// Returns once this many sleep.
  public func sleepers(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = reading.withLock { reading in
        guard reading.sleepers.count < count else { return true }
        reading.watchers.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  /// What parties of a deployment go by.
  public var monotonic: MonotonicClock {
    MonotonicClock(now: { self.monotonicNow }, sleep: { try await self.sleep(until: $0) })
  }

  /// The same in the standard library's form.
  public var steady: any Clock<Duration> { SteadyClock(clock: self) }

  private struct SteadyClock: Clock {
    let clock: SettableClock

    var now: ContinuousClock.Instant { clock.monotonicNow }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
      try await clock.sleep(until: deadline)
    }
  }

  private func sleep(until deadline: ContinuousClock.Instant) async throws {
    let key = UUID()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let (isOver, watchers) = reading.withLock { reading -> (Bool, [CheckedContinuation<Void, Never>]) in
          if reading.skipsSleep, deadline > reading.monotonic {
            reading.wall += (deadline - reading.monotonic) / .seconds(1)
            reading.monotonic = deadline
          }
          if deadline <= reading.monotonic || Task.isCancelled { return (true, []) }
          reading.sleepers[key] = (deadline, continuation)
          let ready = reading.watchers.filter { $0.count <= reading.sleepers.count }
          reading.watchers.removeAll { $0.count <= reading.sleepers.count }
          return (false, ready.map(\.continuation))
        }
        if isOver { continuation.resume() }
        for watcher in watchers { watcher.resume() }
      }
    } onCancel: {
      let sleeper = reading.withLock { $0.sleepers.removeValue(forKey: key) }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }
}
