/// A local server that speaks OpenAI's protocol (llama-server and kin), reached over the node's transport.
public struct OpenAICompatibleEngine<Transport: EngineTransport>: GenerativeEngine {
  public let name: String
  public let budget: ContextBudget
  private let transport: Transport

  public static var completionsPath: String { "/v1/chat/completions" }

  public init(model: String, transport: Transport, budget: ContextBudget = .standard) {
    name = model
    self.transport = transport
    self.budget = budget
  }

  /// Sends the request without streaming, re-written from its typed form.
  public func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    let body = try await transport.post(try rewritten(request, stream: false), to: Self.completionsPath)
    return try ChatCompletionResponse(parsingEngineAnswer: body)
  }

  public func stream(
    _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
  ) async throws(InferenceError) {
    var parser = EventStreamParser()
    var isDone = false
    var byteCount = 0
    try await transport.postStreaming(try rewritten(request, stream: true), to: Self.completionsPath) {
      bytes throws(InferenceError) in
      for event in try parser.receive(bytes[...]) where !isDone {
        isDone = event == ServerSentEvents.done
        guard !isDone else { break }
        let chunk = try ChatCompletionChunk(parsing: event)
        byteCount += chunk.content.utf8.count
        // An engine need not keep to the tokens that it was asked for.
        guard byteCount <= ChatCompletionResponse.byteLimit else {
          throw InferenceError(InferenceError.engineFailed, "the engine's answer is above its limit")
        }
        await receive(chunk)
      }
    }
    guard isDone else { throw InferenceError(InferenceError.engineFailed, "answer of the engine was cut short") }
  }

  /// For the engine's own model, written from the typed form, so that nothing unknown reaches it, and for no more tokens
  /// than the budget has.
  private func rewritten(_ request: ChatCompletionRequest, stream: Bool) throws(InferenceError) -> [UInt8] {
    let limit = Int64(budget.answerTokenCount)
    return try ChatCompletionRequest(
      model: name, messages: request.messages, maxTokens: min(request.maxTokens ?? limit, limit),
      temperature: request.temperature,
      topP: request.topP, seed: request.seed, stop: request.stop, stream: stream
    ).jsonValue.canonicalBytes
  }
}
