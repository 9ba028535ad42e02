import Glibc
import NIOPosix
import Synchronization

/// The connections to one sandboxed engine, of which one at a time is made ahead, while the request that it is for still
/// arrives. With no request there is none. Holding it keeps the engine alive.
package final class EngineConnections: Sendable {
  private let connect: @Sendable () throws -> Int32?
  private let state = Mutex(State())

  private struct State {
    var ahead = Ahead.none
    /// Requests that arrived and are not over.
    var requestCount = 0
  }

  private enum Ahead {
    case none
    case begun
    case awaited(CheckedContinuation<Int32?, any Error>)
    case made(Int32)
  }

  /// - Parameter connect: makes one, whose descriptor the caller closes, and holds the engine; it blocks for the time of
  ///   some system calls. It returns nil where the engine does not listen (yet), and throws once it has ended.
  package init(connect: @escaping @Sendable () throws -> Int32?) { self.connect = connect }

  deinit { if case .made(let descriptor) = state.withLock({ $0.ahead }) { close(descriptor) } }

  /// Begins a connection for a request, unless there is one.
  package func requestArrives() {
    let begins = state.withLock { state in
      state.requestCount += 1
      switch state.ahead {
      case .begun, .awaited: return false
      case .made(let descriptor) where Self.isOpen(descriptor): return false
      case .made(let descriptor): close(descriptor)
      case .none: break
      }
      state.ahead = .begun
      return true
    }
    guard begins else { return }
    NIOThreadPool.singleton.submit { [self] state in
      finish(
        Result {
          guard case .active = state else { throw CancellationError() }
          return try connect()
        })
    }
  }

  /// Closes what no request needs any more. One that arrived at the engine before may end at this one: then whoever is
  /// left makes a connection of its own.
  package func requestEnds() {
    state.withLock { state in
      state.requestCount = max(0, state.requestCount - 1)
      guard state.requestCount == 0, case .made(let descriptor) = state.ahead else { return }
      state.ahead = .none
      close(descriptor)
    }
  }

  private func finish(_ connection: Result<Int32?, any Error>) {
    let waiter = state.withLock { state -> CheckedContinuation<Int32?, any Error>? in
      if case .awaited(let waiter) = state.ahead {
        state.ahead = .none
        return waiter
      }
      // Where it failed, whoever needs one tries for itself and learns why.
      state.ahead = .none
      guard case .success(let descriptor?) = connection else { return nil }
      if state.requestCount > 0 { state.ahead = .made(descriptor) } else { close(descriptor) }
      return nil
    }
    waiter?.resume(with: connection)
  }

  /// A connection that serves one request; the caller closes it.
  /// - Returns: nil where the engine does not listen (yet).
  /// - Throws: what `connect` throws.
  package func take() async throws -> Int32? {
    if let made = try await takeAhead() {
      if Self.isOpen(made) { return made }
      close(made)
    }
    return try await NIOThreadPool.singleton.runIfActive(connect)
  }

  /// - Returns: nil where none was begun, or another request waits for it.
  private func takeAhead() async throws -> Int32? {
    try await withCheckedThrowingContinuation { continuation in
      let taken = state.withLock { state -> Int32?? in
        switch state.ahead {
        case .begun:
          state.ahead = .awaited(continuation)
          return nil
        case .made(let descriptor):
          state.ahead = .none
          return descriptor
        case .none, .awaited: return .some(nil)
        }
      }
      if let taken { continuation.resume(returning: taken) }
    }
  }

  /// Whether the engine has not closed it: one that says nothing is closed by an engine after some seconds.
  private static func isOpen(_ descriptor: Int32) -> Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) < 0 && errno == EAGAIN
  }
}
