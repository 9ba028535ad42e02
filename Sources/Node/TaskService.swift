import BinaryHTTP
import Inference
import StrictJSON
import Trust

/// Asks the engine, for so long and no longer, and writes a new answer, whole or piece by piece.
struct TaskService: Sendable {
  let engine: any Engine
  let timeLimit: EngineTimeLimit
  /// The nodes that the engine puts the request to, by their identifiers; every answer names them.
  var hops: [[UInt8]] = []

  /// Never throws: what goes wrong is an answer too, of the same size.
  func respond(to request: TaskRequest) async -> BinaryHTTP.Response {
    let response: BinaryHTTP.Response
    do throws(InferenceError) {
      response = .json(
        try await timeLimit.run(within: timeLimit.whole) { () throws(InferenceError) in try await answer(to: request) })
    } catch {
      response = TaskRefusal(error).response
    }
    return hops.isEmpty ? response : response.naming(hops: AnswerHops.fieldValue(hops))
  }

  /// The same as events: of a chat completion each piece as it is there, of anything else words of a model as they come, and
  /// then the whole answer.
  func respond(to request: TaskRequest, into pending: PendingAnswer) async {
    if !hops.isEmpty { pending.add(hops: hops) }
    do throws(InferenceError) {
      try await timeLimit.run(within: timeLimit.streamed) { () throws(InferenceError) in
        if case .complete(let completion) = request {
          try await engine.stream(completion) { pending.add($0) }
        } else {
          pending.add(event: try await answer(to: request) { pending.add(words: $0) }.canonicalBytes)
        }
      }
      pending.finish()
    } catch {
      pending.fail(error)
    }
  }

  private func answer(
    to request: TaskRequest, receive: WordsReceiver? = nil
  ) async throws(InferenceError) -> JSONValue {
    switch request {
    case .summarize(let request):
      try await timed { () throws(InferenceError) in
        let summary = try await engine.summarize(request, receive: receive)
        return ["summary": .string(summary.rendered()), "extractive": .boolean(summary.isExtractive)]
      }
    case .rewrite(let request):
      try await timed { () throws(InferenceError) in
        let text = try await engine.rewrite(request, receive: receive)
        return [
          "text": .string(text.content), "ruleBased": .boolean(text.isRuleBased),
          "unknownWords": .array(text.unknownWords.map { .string($0) }),
        ]
      }
    case .reply(let request):
      try await timed { () throws(InferenceError) in
        ["text": .string(try await engine.reply(request, receive: receive).content)]
      }
    case .complete(let request): try await engine.complete(request).jsonValue
    case .embed(let request): try await engine.embed(request).jsonValue
    case .listModels: engine.models.jsonValue
    }
  }

  /// The members that a task's answer has, with the engine's name and how long it worked.
  private func timed(
    _ work: () async throws(InferenceError) -> [String: JSONValue]
  ) async throws(InferenceError) -> JSONValue {
    let clock = ContinuousClock()
    let start = clock.now
    var members = try await work()
    members["engineMicroseconds"] = .integer((clock.now - start).microseconds)
    members["engine"] = .string(engine.name)
    return .object(members)
  }
}

extension BinaryHTTP.Response {
  /// The same, saying which nodes were asked for it.
  func naming(hops: String) -> BinaryHTTP.Response {
    var response = self
    guard (try? response.headerFields.append(name: AnswerHops.fieldName, value: hops)) != nil else {
      preconditionFailure("digests are a field's value")
    }
    return response
  }
}

extension Duration {
  fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
