import BinaryHTTP
import Inference
import StrictJSON

/// Asks the engine and writes a new answer, whole or piece by piece.
struct TaskService: Sendable {
  let engine: any Engine

  /// Never throws: what goes wrong is an answer too, of the same size.
  func respond(to request: TaskRequest) async -> BinaryHTTP.Response {
    do throws(InferenceError) {
      return .json(try await answer(to: request))
    } catch {
      return TaskRefusal(error).response
    }
  }

  /// The same as events: of a chat completion each piece as it is there, of anything else the whole answer.
  func respond(to request: TaskRequest, into pending: PendingAnswer) async {
    do throws(InferenceError) {
      if case .complete(let completion) = request {
        try await engine.stream(completion) { pending.add($0) }
      } else {
        pending.add(event: try await answer(to: request).canonicalBytes)
      }
      pending.finish()
    } catch {
      pending.fail(TaskRefusal(error))
    }
  }

  private func answer(to request: TaskRequest) async throws(InferenceError) -> JSONValue {
    switch request {
    case .summarize(let request): try await summarize(request)
    case .complete(let request): try await engine.complete(request).jsonValue
    case .listModels: engine.models.jsonValue
    }
  }

  private func summarize(_ request: SummaryRequest) async throws(InferenceError) -> JSONValue {
    let clock = ContinuousClock()
    let start = clock.now
    let summary = try await engine.summarize(request)
    let duration = clock.now - start
    return [
      "summary": .string(summary.rendered()), "engine": .string(engine.name),
      "extractive": .boolean(summary.isExtractive), "engineMicroseconds": .integer(duration.microseconds),
    ]
  }
}

extension Duration {
  fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
