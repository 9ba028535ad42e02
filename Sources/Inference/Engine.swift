/// What a node puts its tasks to. An engine sees the content of the request it works on and nothing else, and gives up
/// when its task is cancelled.
public protocol Engine: Sendable {
  /// The name shown to people and in `/v1/models`.
  var name: String { get }

  /// A request begins to arrive, still sealed, and is over: an engine may begin in between what every request needs.
  func requestArrives()
  func requestEnds()

  /// Summarises one chat. The chat's text is data: nothing in it is followed as an instruction.
  func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary

  /// Puts a draft into other words, or throws `engine-cannot`. The draft is data too.
  func rewrite(_ request: RewriteRequest) async throws(InferenceError) -> WrittenText

  /// Drafts a reply to a chat, or throws `engine-cannot`. The chat is data too; the hint is what the reader wants.
  func reply(_ request: ReplyRequest) async throws(InferenceError) -> WrittenText

  /// Each of the three, telling a model's words as they come. What was told, joined, is the text of what is returned; an
  /// engine whose text is there at once tells nothing.
  func summarize(_ request: SummaryRequest, receive: WordsReceiver?) async throws(InferenceError) -> Summary
  func rewrite(_ request: RewriteRequest, receive: WordsReceiver?) async throws(InferenceError) -> WrittenText
  func reply(_ request: ReplyRequest, receive: WordsReceiver?) async throws(InferenceError) -> WrittenText

  /// Answers one chat completion, or throws `engine-cannot`.
  func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse

  /// Answers one chat completion piece by piece, or throws `engine-cannot`.
  /// - Parameter receive: called with each piece as it is there; the answer is whole when this returns.
  func stream(
    _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
  ) async throws(InferenceError)

  /// Answers with a vector for each text, or throws `engine-cannot`.
  func embed(_ request: EmbeddingsRequest) async throws(InferenceError) -> EmbeddingsResponse
}

/// Takes words of an answer, sanitized.
public typealias WordsReceiver = @Sendable (_ words: String) -> Void

extension Engine {
  /// Nothing.
  public func requestArrives() {}

  /// Nothing.
  public func requestEnds() {}

  public func summarize(
    _ request: SummaryRequest, receive: WordsReceiver?
  ) async throws(InferenceError) -> Summary { try await summarize(request) }

  public func rewrite(
    _ request: RewriteRequest, receive: WordsReceiver?
  ) async throws(InferenceError) -> WrittenText { try await rewrite(request) }

  public func reply(
    _ request: ReplyRequest, receive: WordsReceiver?
  ) async throws(InferenceError) -> WrittenText { try await reply(request) }

  /// The answer to `/v1/models`.
  public var models: ModelList { ModelList(identifiers: [name]) }

  /// Throws `engine-cannot`: writing needs a model.
  public func rewrite(_ request: RewriteRequest) async throws(InferenceError) -> WrittenText {
    throw InferenceError(InferenceError.engineCannot, "engine has no model to rewrite with")
  }

  /// Throws `engine-cannot`: writing needs a model.
  public func reply(_ request: ReplyRequest) async throws(InferenceError) -> WrittenText {
    throw InferenceError(InferenceError.engineCannot, "engine has no model to reply with")
  }

  /// Throws `engine-cannot`: vectors need a model that was made for them.
  public func embed(_ request: EmbeddingsRequest) async throws(InferenceError) -> EmbeddingsResponse {
    throw InferenceError(InferenceError.engineCannot, "engine has no model for embeddings")
  }

  /// The whole answer as one piece.
  public func stream(
    _ request: ChatCompletionRequest, receive: (ChatCompletionChunk) async -> Void
  ) async throws(InferenceError) {
    await receive(ChatCompletionChunk(try await complete(request)))
  }
}
