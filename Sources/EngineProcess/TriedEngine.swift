public import Inference
import Synchronization

/// An engine that somebody else starts: no request of a person reaches it before it passed the trial, once.
public final class TriedEngine<Engine: TriableEngine>: EngineTransport {
  private let engine: Engine
  private let trial: EngineTrial
  private let hasPassed = Mutex(false)

  public init(_ engine: Engine, trial: EngineTrial) {
    self.engine = engine
    self.trial = trial
  }

  /// Tries it unless it passed before. Of requests that come at once each may; they ask the same.
  /// - Throws: `engine-keeps-state`; `engine-failed` where it cannot be reached.
  public func passTrial() async throws(InferenceError) {
    guard !hasPassed.withLock({ $0 }) else { return }
    try await trial.run(on: engine)
    hasPassed.withLock { $0 = true }
  }

  public func post(
    _ body: [UInt8], to path: String, answerByteLimit: Int
  ) async throws(InferenceError) -> [UInt8] {
    try await passTrial()
    return try await engine.post(body, to: path, answerByteLimit: answerByteLimit)
  }

  public func postStreaming(
    _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
  ) async throws(InferenceError) {
    try await passTrial()
    try await engine.postStreaming(body, to: path, receive: receive)
  }
}
