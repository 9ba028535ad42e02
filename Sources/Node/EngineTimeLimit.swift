package import Inference
package import PartyHosting

/// How long an engine may work on one request, by a clock that goes on whatever the host says.
package struct EngineTimeLimit: Sendable {
  /// For an answer that leaves when it is whole.
  package let whole: Duration
  /// For one that leaves in the frames of a class, which end on their own account.
  package let streamed: Duration
  private let clock: MonotonicClock

  package init(whole: Duration, streamed: Duration, clock: MonotonicClock) {
    self.whole = whole
    self.streamed = streamed
    self.clock = clock
  }

  /// With the wait for a turn (`AdmissionLimits.standard`) a whole answer leaves before the gateway gives up, a minute
  /// after the request. Of the classes of frames the longest lasts 119.75 s; the others end before this.
  package static func standard(_ clock: MonotonicClock) -> EngineTimeLimit {
    EngineTimeLimit(whole: .seconds(45), streamed: .seconds(115), clock: clock)
  }

  /// Cancels the work behind the limit and returns when it has ended: the place at the engine is held until then.
  ///
  /// - Throws: `engine-too-slow`, what the work throws.
  package func run<Output: Sendable>(
    within limit: Duration, _ work: @escaping @Sendable () async throws(InferenceError) -> Output
  ) async throws(InferenceError) -> Output {
    let result = await withTaskGroup(of: Result<Output, InferenceError>.self) { group in
      // At once: the engine is asked before anything else has its turn.
      group.addImmediateTask {
        do throws(InferenceError) { return .success(try await work()) } catch { return .failure(error) }
      }
      group.addTask { [clock] in
        // Cancelled when the work is done, and with whoever asked.
        try? await clock.sleep(clock.now() + limit)
        return Self.tooSlow()
      }
      let first = await group.next() ?? Self.tooSlow()
      group.cancelAll()
      return first
    }
    return try result.get()
  }

  private static func tooSlow<Output>() -> Result<Output, InferenceError> {
    .failure(InferenceError(InferenceError.engineTooSlow, "the engine was not done in its time"))
  }
}
