import Synchronization

/// Requests under way, and how many may be.
final class RequestCount: Sendable {
  private let limit: Int
  private let count = Mutex(0)

  init(limit: Int) { self.limit = limit }

  var value: Int { count.withLock { $0 } }

  /// False where the limit is reached; else `leave` must follow.
  func enter() -> Bool {
    count.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
  }

  func leave() { count.withLock { $0 -= 1 } }
}
