import NIOCore
import Synchronization

/// A server's connections, on all its event loops: bounded in number, told to drain, closed together.
final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isDraining = false
    var drained: CheckedContinuation<Void, Never>?
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  /// False where the server has as many as it may, or drains.
  func add(_ channel: any Channel) -> Bool {
    state.withLock { state in
      guard state.channels.count < limit, !state.isDraining else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  func remove(_ channel: any Channel) {
    let drained = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.channels[ObjectIdentifier(channel)] = nil
      guard state.channels.isEmpty else { return nil }
      defer { state.drained = nil }
      return state.drained
    }
    drained?.resume()
  }

  /// Adds no more, lets exchanges under way end, and returns when every connection is closed.
  func drain() async {
    let channels = state.withLock { state in
      state.isDraining = true
      return Array(state.channels.values)
    }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.channels.isEmpty { state.drained = continuation }
        return state.channels.isEmpty
      }
      if isOver { continuation.resume() }
    }
  }

  func closeAll() {
    for channel in state.withLock({ Array($0.channels.values) }) { channel.close(mode: .all, promise: nil) }
  }
}
