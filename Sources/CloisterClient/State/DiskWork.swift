import Dispatch

/// Work that waits for the disk, apart from the few threads that all tasks share.
enum DiskWork {
  static func begin(_ work: @escaping @Sendable () -> Void) {
    DispatchQueue.global(qos: .userInitiated).async(execute: work)
  }

  /// Returns when the work is done.
  static func run(_ work: @escaping @Sendable () throws(ClientError) -> Void) async -> Result<Void, ClientError> {
    await withCheckedContinuation { (done: CheckedContinuation<Result<Void, ClientError>, Never>) in
      begin { done.resume(returning: Result(catching: work)) }
    }
  }
}
