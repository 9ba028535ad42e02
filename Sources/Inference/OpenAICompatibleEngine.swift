import StrictJSON

/// A local server that speaks OpenAI's protocol (llama-server and kin), reached over the node's transport.
public struct OpenAICompatibleEngine<Transport: EngineTransport>: GenerativeEngine {
  public let name: String
  public let budget: ContextBudget
  private let capabilities: Set<EngineCapability>
  private let transport: Transport
  private let asksForUsage: Bool

  public static var completionsPath: String { "/v1/chat/completions" }
  public static var embeddingsPath: String { "/v1/embeddings" }

  /// - Parameters:
  ///   - capabilities: what it is asked for; anything else is refused before it.
  ///   - asksForUsage: whether a stream is asked to end with counts of tokens. A node tells them unasked.
  public init(
    model: String, transport: Transport, capabilities: Set<EngineCapability> = [.chat],
    budget: ContextBudget = .standard, asksForUsage: Bool = true
  ) {
    name = model
    self.transport = transport
    self.capabilities = capabilities
    self.budget = budget
    self.asksForUsage = asksForUsage
  }

  public func requestArrives() { transport.requestArrives() }

  public func requestEnds() { transport.requestEnds() }

  /// Sends the request without streaming, re-written from its typed form.
  public func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    try EngineCapability.chat.require(in: capabilities)
    let body = try await transport.post(try rewritten(request, stream: false), to: Self.completionsPath)
    return try ChatCompletionResponse(parsingEngineAnswer: body)
  }

  public func stream(
    _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
  ) async throws(InferenceError) {
    try EngineCapability.chat.require(in: capabilities)
    var parser = EventStreamParser()
    var isDone = false
    var byteCount = 0
    // The event with the finish reason waits for those behind it, of which one counts the tokens: they leave as one, so
    // that one event alone is the last.
    var last: ChatCompletionChunk?
    try await transport.postStreaming(try rewritten(request, stream: true), to: Self.completionsPath) {
      bytes throws(InferenceError) in
      for event in try parser.receive(bytes[...]) where !isDone {
        isDone = event == ServerSentEvents.done
        guard !isDone else {
          if let last { await receive(last) }
          break
        }
        var chunk = try ChatCompletionChunk(parsing: event)
        byteCount += chunk.content.utf8.count
        // An engine need not keep to the tokens that it was asked for.
        guard byteCount <= ChatCompletionResponse.byteLimit else {
          throw InferenceError(InferenceError.engineFailed, "the engine's answer is above its limit")
        }
        if last != nil {
          last?.append(chunk)
        } else if chunk.finishReason != nil {
          last = chunk
        } else {
          // Some engines count in every event.
          chunk.usage = nil
          await receive(chunk)
        }
      }
    }
    guard isDone else { throw InferenceError(InferenceError.engineFailed, "answer of the engine was cut short") }
  }

  public func embed(_ request: EmbeddingsRequest) async throws(InferenceError) -> EmbeddingsResponse {
    try EngineCapability.embeddings.require(in: capabilities)
    let rewritten = try EmbeddingsRequest(model: name, inputs: request.inputs)
    let body = try await transport.post(
      rewritten.jsonValue.canonicalBytes, to: Self.embeddingsPath,
      answerByteLimit: EmbeddingsResponse.engineByteLimit)
    return try EmbeddingsResponse(parsingEngineAnswer: body, inputCount: request.inputs.count)
  }

  /// For the engine's own model, written from the typed form, so that nothing unknown reaches it, and for no more tokens
  /// than the budget has.
  private func rewritten(_ request: ChatCompletionRequest, stream: Bool) throws(InferenceError) -> [UInt8] {
    let limit = Int64(budget.answerTokenCount)
    let rewritten = try ChatCompletionRequest(
      model: name, messages: request.messages, maxTokens: min(request.maxTokens ?? limit, limit),
      temperature: request.temperature,
      topP: request.topP, seed: request.seed, stop: request.stop, stream: stream
    ).jsonValue
    guard stream, asksForUsage, case .object(var members) = rewritten else { return rewritten.canonicalBytes }
    members["stream_options"] = ["include_usage": true]
    return JSONValue.object(members).canonicalBytes
  }
}
