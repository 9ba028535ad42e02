public import Inference
import Synchronization

/// An engine that somebody else starts: no request of a person reaches it before it passed the trial, once, nor ever after
/// it failed it.
public final class TriedEngine<Engine: TriableEngine>: EngineTransport {
  private let engine: Engine
  private let trial: EngineTrial
  private let found = Mutex(Found())

  private struct Found {
    var hasPassed = false
    /// Of an engine that keeps state. It stands: tried at every request, such an engine would pass by chance some day.
    var refusal: InferenceError?
  }

  public init(_ engine: Engine, trial: EngineTrial) {
    self.engine = engine
    self.trial = trial
  }

  /// Tries it unless it was found to pass, or to keep state, before. Of requests that come at once each may; they ask the
  /// same.
  /// - Throws: `engine-keeps-state`; `engine-failed` where it cannot be reached, and may be later.
  public func passTrial() async throws(InferenceError) {
    let known = found.withLock { $0 }
    if let refusal = known.refusal { throw refusal }
    guard !known.hasPassed else { return }
    do throws(InferenceError) {
      try await trial.run(on: engine)
    } catch {
      if error.code == InferenceError.engineKeepsState { found.withLock { $0.refusal = error } }
      throw error
    }
    let refusal = found.withLock { found in
      found.hasPassed = true
      return found.refusal
    }
    // Another trial at the same time found otherwise.
    if let refusal { throw refusal }
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
