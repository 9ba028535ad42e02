package import PartyHosting
import Synchronization

/// Which requests the engine works on: so many at a time, a few that wait in the order in which they came, no more.
///
/// A node knows no account, so fairness is by arrival alone: one place for each request, and nobody passes another.
package final class AdmissionQueue: Sendable {
  /// A request's place, from its arrival until its work is done; given up when the last copy goes.
  package final class Place: Sendable {
    fileprivate let ticket: UInt64
    fileprivate let deadline: ContinuousClock.Instant
    private let queue: AdmissionQueue

    fileprivate init(_ queue: AdmissionQueue, ticket: UInt64, deadline: ContinuousClock.Instant) {
      self.queue = queue
      self.ticket = ticket
      self.deadline = deadline
    }

    deinit { queue.leave(ticket) }
  }

  /// Nobody waits while there is room: whoever makes room hands it on in the same step.
  private struct State {
    var lastTicket: UInt64 = 0
    var running: Set<UInt64> = []
    /// In order of arrival.
    var waiting: [UInt64] = []
    /// Of those that wait and have begun to ask for their turn.
    var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
  }

  private let limits: AdmissionLimits
  private let clock: MonotonicClock
  private let state = Mutex(State())

  package init(_ limits: AdmissionLimits, clock: MonotonicClock) {
    self.limits = limits
    self.clock = clock
  }

  package var runningCount: Int { state.withLock { $0.running.count } }

  package var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Takes a place at once, so that the order is that of the calls; nil where there is none left.
  package func arrive() -> Place? {
    let ticket = state.withLock { state -> UInt64? in
      let hasRoom = state.running.count < limits.runningCount
      guard hasRoom || state.waiting.count < limits.waitingCount else { return nil }
      state.lastTicket += 1
      if hasRoom { state.running.insert(state.lastTicket) } else { state.waiting.append(state.lastTicket) }
      return state.lastTicket
    }
    return ticket.map { Place(self, ticket: $0, deadline: clock.now() + limits.waitLimit) }
  }

  /// Works when it is the place's turn, and gives the place up behind that.
  ///
  /// - Returns: nil, with nothing done, where the turn did not come in time or the task was cancelled while it waited.
  package func run<Output>(_ place: Place, _ work: () async -> Output) async -> Output? {
    // A place that is let go earlier would be given up while its work goes on.
    defer { withExtendedLifetime(place) { leave($0.ticket) } }
    guard await turn(of: place) else { return nil }
    return await work()
  }

  private func turn(of place: Place) async -> Bool {
    let ticket = place.ticket
    if state.withLock({ $0.running.contains(ticket) }) { return true }
    async let _: Void = giveUp(ticket, at: place.deadline)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let isAdmitted = state.withLock { state -> Bool? in
          // Between these steps the turn may have come, or the deadline.
          guard state.waiting.contains(ticket) else { return state.running.contains(ticket) }
          guard !Task.isCancelled else { return false }
          state.waiters[ticket] = waiter
          return nil
        }
        if let isAdmitted { waiter.resume(returning: isAdmitted) }
      }
    } onCancel: {
      giveUp(ticket)
    }
  }

  /// The sleep is cancelled when the turn came.
  private func giveUp(_ ticket: UInt64, at deadline: ContinuousClock.Instant) async {
    do { try await clock.sleep(deadline) } catch { return }
    giveUp(ticket)
  }

  /// Stops waiting; a turn that came stays.
  private func giveUp(_ ticket: UInt64) {
    let waiter = state.withLock { state in
      state.waiting.removeAll { $0 == ticket }
      return state.waiters.removeValue(forKey: ticket)
    }
    waiter?.resume(returning: false)
  }

  /// Room that this makes goes to whoever waits longest.
  private func leave(_ ticket: UInt64) {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard state.running.remove(ticket) != nil, !state.waiting.isEmpty else { return nil }
      let first = state.waiting.removeFirst()
      state.running.insert(first)
      return state.waiters.removeValue(forKey: first)
    }
    next?.resume(returning: true)
    giveUp(ticket)
  }
}
