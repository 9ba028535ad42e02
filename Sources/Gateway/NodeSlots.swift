import Synchronization

/// Bounds what one node is asked at a time: so many exchanges under way, a few that wait a short time, no more.
///
/// The node itself refuses work that it has no room for, inside the encryption. This bound protects the gateway from a
/// node that takes requests and does not end them.
package final class NodeSlots: Sendable {
  /// Exchanges under way with one node. Far above what an engine works on at a time, since an answer in frames lasts to
  /// its class's end; 64 nodes at this bound with 64 KiB each are 1 GiB.
  package static let underWayLimit = 256
  /// Requests that wait for one of those to end (docs/balance.md).
  package static let waitingLimit = 4
  /// How long they wait: less than a person notices, and longer than the end of a short answer.
  package static let waitLimit: Duration = .seconds(1)

  /// One exchange under way; over when the last copy goes.
  package final class Lease: Sendable {
    private let slots: NodeSlots

    fileprivate init(_ slots: NodeSlots) { self.slots = slots }

    deinit { slots.giveBack() }
  }

  private struct State {
    var underWayCount = 0
    var nextTicket = 0
    var waiting: [(ticket: Int, waiter: CheckedContinuation<Bool, Never>)] = []
  }

  private enum Entry {
    case admitted
    case refused
    case waits(ticket: Int)
  }

  private let state = Mutex(State())

  package init() {}

  package var underWayCount: Int { state.withLock { $0.underWayCount } }

  package var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Nil where there is no room within the time limit.
  package func lease(clock: any Clock<Duration>) async -> Lease? {
    let entry = state.withLock { state -> Entry in
      if state.underWayCount < Self.underWayLimit {
        state.underWayCount += 1
        return .admitted
      }
      guard state.waiting.count < Self.waitingLimit else { return .refused }
      state.nextTicket += 1
      return .waits(ticket: state.nextTicket)
    }
    switch entry {
    case .admitted: return Lease(self)
    case .refused: return nil
    case .waits(let ticket): return await wait(ticket, clock: clock) ? Lease(self) : nil
    }
  }

  private func wait(_ ticket: Int, clock: any Clock<Duration>) async -> Bool {
    let limit = Task {
      try? await clock.sleep(for: Self.waitLimit)
      self.giveUp(ticket)
    }
    defer { limit.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let isAdmitted = state.withLock { state -> Bool? in
          // Room may have come between; whoever is cancelled does not wait.
          if state.underWayCount < Self.underWayLimit {
            state.underWayCount += 1
            return true
          }
          if Task.isCancelled || state.waiting.count >= Self.waitingLimit { return false }
          state.waiting.append((ticket, waiter))
          return nil
        }
        if let isAdmitted { waiter.resume(returning: isAdmitted) }
      }
    } onCancel: {
      self.giveUp(ticket)
    }
  }

  private func giveUp(_ ticket: Int) {
    let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
      return state.waiting.remove(at: index).waiter
    }
    waiter?.resume(returning: false)
  }

  /// The slot goes to whoever waits longest.
  private func giveBack() {
    let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst().waiter }
      state.underWayCount -= 1
      return nil
    }
    waiter?.resume(returning: true)
  }
}
