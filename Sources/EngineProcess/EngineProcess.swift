public import Confinement
public import Inference
public import NIOCore
import NIOPosix
import Synchronization

/// An engine that this node runs in a sandbox, and replaces by a fresh one from time to time: whatever requests left in
/// its memory ends with it.
public final class EngineProcess: EngineTransport {
  private let launcher: EngineLauncher
  private let group: any EventLoopGroup
  private let clock: any Clock<Duration>
  private let current = Mutex<EngineConnections?>(nil)

  /// - Parameter clock: limits the time of a start; tests give their own.
  public init(launcher: EngineLauncher, group: any EventLoopGroup, clock: any Clock<Duration> = ContinuousClock()) {
    self.launcher = launcher
    self.group = group
    self.clock = clock
  }

  /// Starts a fresh engine, and once it serves and keeps nothing from one request to the next, gives it every request
  /// from then on. The one before ends when its last request does.
  /// - Parameters:
  ///   - startTime: how long loading its models and the trial may take together.
  ///   - trial: the request that is tried on it.
  /// - Throws: `engine-failed`, `engine-keeps-state`, the codes of `ConfinementError`.
  public func replace(startTime: Duration, trial: EngineTrial) async throws {
    let sandbox = try await NIOThreadPool.singleton.runIfActive { [launcher] in try launcher.start() }
    let connections = EngineConnections { try sandbox.connect() }
    let fresh = SandboxedEngine(connections: connections, group: group)
    try await within(startTime) {
      try await fresh.awaitReadiness()
      try await trial.run(on: fresh)
    }
    current.withLock { $0 = connections }
  }

  private func within(_ time: Duration, _ work: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await work() }
      group.addTask { [clock] in
        try await clock.sleep(for: time)
        throw InferenceError(InferenceError.engineFailed, "the engine was not ready in its time")
      }
      // Whichever is first; the other is given up.
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  public func requestArrives() { current.withLock { $0 }?.requestArrives() }

  public func requestEnds() { current.withLock { $0 }?.requestEnds() }

  public func post(
    _ body: [UInt8], to path: String, answerByteLimit: Int
  ) async throws(InferenceError) -> [UInt8] {
    try await engine().post(body, to: path, answerByteLimit: answerByteLimit)
  }

  public func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError) {
    try await engine().postStreaming(body, to: path, receive: receive)
  }

  private func engine() throws(InferenceError) -> SandboxedEngine {
    guard let connections = current.withLock({ $0 }) else {
      throw InferenceError(InferenceError.engineFailed, "there is no engine")
    }
    return SandboxedEngine(connections: connections, group: group)
  }
}
