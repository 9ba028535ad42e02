import NIOCore

/// Lets through `rate` events a second on average, and `capacity` at once.
struct TokenBucket {
  private let nanosecondsPerToken: UInt64
  private let capacity: UInt64
  /// When the bucket is full again; before that, it lacks a token for each `nanosecondsPerToken` until then.
  private var fullAt: UInt64

  init(rate: Int, capacity: Int, now: NIODeadline) {
    nanosecondsPerToken = 1_000_000_000 / UInt64(max(rate, 1))
    self.capacity = UInt64(max(capacity, 1))
    fullAt = now.uptimeNanoseconds
  }

  mutating func take(now: NIODeadline) -> Bool {
    let next = max(fullAt, now.uptimeNanoseconds) + nanosecondsPerToken
    guard next <= now.uptimeNanoseconds + capacity * nanosecondsPerToken else { return false }
    fullAt = next
    return true
  }

  func isFull(now: NIODeadline) -> Bool { fullAt <= now.uptimeNanoseconds }
}
