import Synchronization

/// A line on standard error each second.
final class AuditProgress: Sendable {
  private let last = Mutex(ContinuousClock.now)

  func show(_ text: @autoclosure () -> String) {
    let isDue = last.withLock { last in
      let now = ContinuousClock.now
      guard now - last >= .seconds(1) else { return false }
      last = now
      return true
    }
    if isDue { CommandOutput.note("… \(text().printable)") }
  }
}
