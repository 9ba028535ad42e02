import NIOCore

/// A deadline on an event loop that is moved with nearly every request and hardly ever passes: moving it later, or
/// taking it away, schedules nothing. For use on its event loop alone.
final class LazyDeadline {
  private let eventLoop: any EventLoop
  /// Called when the deadline passed. Holds its owner until `cancel`.
  private var onPassed: (() -> Void)?
  private var deadline: NIODeadline?
  private var scheduled: (callback: NIOScheduledCallback, at: NIODeadline)?

  init(eventLoop: any EventLoop, onPassed: @escaping () -> Void) {
    self.eventLoop = eventLoop
    self.onPassed = onPassed
  }

  var isSet: Bool { deadline != nil }

  func set(_ deadline: NIODeadline) {
    guard onPassed != nil else { return }
    self.deadline = deadline
    if let scheduled, scheduled.at <= deadline { return }
    schedule(at: deadline)
  }

  func set(after time: TimeAmount) { set(eventLoop.now + time) }

  func clear() { deadline = nil }

  /// Ends it for good.
  func cancel() {
    deadline = nil
    onPassed = nil
    scheduled?.callback.cancel()
    scheduled = nil
  }

  private func schedule(at deadline: NIODeadline) {
    scheduled?.callback.cancel()
    let alarm = Alarm(owner: NIOLoopBound(self, eventLoop: eventLoop))
    // It fails only on an event loop that has shut down, with its connections.
    scheduled = (try? eventLoop.scheduleCallback(at: deadline, handler: alarm)).map { ($0, deadline) }
  }

  private func wake() {
    scheduled = nil
    guard let deadline else { return }
    if deadline > eventLoop.now { return schedule(at: deadline) }
    self.deadline = nil
    onPassed?()
  }

  private struct Alarm: NIOScheduledCallbackHandler, Sendable {
    let owner: NIOLoopBound<LazyDeadline>

    func handleScheduledCallback(eventLoop: some EventLoop) { owner.value.wake() }
  }
}
