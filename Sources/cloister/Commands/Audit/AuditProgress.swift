import Synchronization

/// A line on standard error each second.
final class AuditProgress: Sendable {
  private let last = Mutex(ContinuousClock.now)

  func show(_ entries: UInt64, of all: UInt64) {
    let isDue = last.withLock { last in
      let now = ContinuousClock.now
      guard now - last >= .seconds(1) else { return false }
      last = now
      return true
    }
    if isDue { CommandOutput.note("… \(entries) of \(all) entries") }
  }
}
