import Inference

/// An engine whose replies say what it was asked.
struct RepeatingEngine: Engine {
  let name = "repeating"

  func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    try await EmbeddedEngine().summarize(request)
  }

  func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    try await EmbeddedEngine().complete(request)
  }

  func reply(_ request: ReplyRequest) async throws(InferenceError) -> WrittenText {
    let parts = [request.reader, request.hint, request.messages.last?.text].compactMap(\.self)
    return WrittenText(content: parts.joined(separator: ": "), language: .english, isRuleBased: false)
  }
}
