/// A local server that speaks OpenAI's protocol (llama-server and kin), reached over the node's transport.
public struct OpenAICompatibleEngine<Transport: EngineTransport>: Engine {
  public let name: String
  private let transport: Transport

  public static var completionsPath: String { "/v1/chat/completions" }

  public init(model: String, transport: Transport) {
    name = model
    self.transport = transport
  }

  public func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    let language = Language(detectedIn: request.messages)
    let prompt = try SummaryPrompt.request(for: request, model: name)
    let answer = try await complete(prompt)
    guard !answer.content.isEmpty else {
      throw InferenceError(InferenceError.engineFailed, "answer of the engine is empty")
    }
    return Summary(content: .generated(answer.content), language: language)
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
    try await transport.postStreaming(try rewritten(request, stream: true), to: Self.completionsPath) {
      bytes throws(InferenceError) in
      for event in try parser.receive(bytes[...]) where !isDone {
        isDone = event == ServerSentEvents.done
        if !isDone { await receive(try ChatCompletionChunk(parsing: event)) }
      }
    }
    guard isDone else { throw InferenceError(InferenceError.engineFailed, "answer of the engine was cut short") }
  }

  /// For the engine's own model, written from the typed form, so that nothing unknown reaches it.
  private func rewritten(_ request: ChatCompletionRequest, stream: Bool) throws(InferenceError) -> [UInt8] {
    try ChatCompletionRequest(
      model: name, messages: request.messages, maxTokens: request.maxTokens, temperature: request.temperature,
      topP: request.topP, seed: request.seed, stop: request.stop, stream: stream
    ).jsonValue.canonicalBytes
  }
}
