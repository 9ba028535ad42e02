import Dispatch
import Synchronization

/// A session with a thread of its own, so that its blocking calls hold no thread of Swift's pool. One call at a time.
package final class PostgreSQLWorker: Sendable {
  /// The most calls that wait; further ones fail at once, as slow.
  package static let waitingLimit = 256

  private let session: Mutex<PostgreSQLSession>
  private let waitingCount = Mutex(0)
  private let queue: DispatchQueue

  /// - Throws: as `PostgreSQLSession.init`.
  package init(parameters: String, limits: PostgreSQLLimits, label: String) throws(PostgreSQLFailure) {
    session = Mutex(try PostgreSQLSession(parameters: parameters, limits: limits))
    queue = DispatchQueue(label: label)
  }

  package func perform<Value: Sendable>(
    _ body: @escaping @Sendable (inout PostgreSQLSession) throws(PostgreSQLFailure) -> Value
  ) async throws(PostgreSQLFailure) -> Value {
    let isAdmitted = waitingCount.withLock { count in
      guard count < Self.waitingLimit else { return false }
      count += 1
      return true
    }
    guard isAdmitted else { throw .slow }
    let result: Result<Value, PostgreSQLFailure> = await withCheckedContinuation { continuation in
      queue.async {
        let result = self.session.withLock { session -> Result<Value, PostgreSQLFailure> in
          do throws(PostgreSQLFailure) { return .success(try body(&session)) } catch { return .failure(error) }
        }
        self.waitingCount.withLock { $0 -= 1 }
        continuation.resume(returning: result)
      }
    }
    return try result.get()
  }
}
