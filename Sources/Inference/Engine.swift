/// What a node puts its tasks to. An engine sees the content of the request it works on and nothing else.
public protocol Engine: Sendable {
  /// The name shown to people and in `/v1/models`.
  var name: String { get }

  /// Summarises one chat. The chat's text is data: nothing in it is followed as an instruction.
  func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary

  /// Answers one chat completion, or throws `engine-cannot`.
  func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse

  /// Answers one chat completion piece by piece, or throws `engine-cannot`; gives up when its task is cancelled.
  /// - Parameter receive: called with each piece as it is there; the answer is whole when this returns.
  func stream(
    _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
  ) async throws(InferenceError)
}

extension Engine {
  /// The answer to `/v1/models`.
  public var models: ModelList { ModelList(identifiers: [name]) }

  /// The whole answer as one piece.
  public func stream(
    _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
  ) async throws(InferenceError) {
    await receive(ChatCompletionChunk(try await complete(request)))
  }
}
