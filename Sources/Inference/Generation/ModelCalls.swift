/// The calls that one request makes of a model: counted, each within the context window.
struct ModelCalls {
  /// An answer's largest text, in bytes: what a class of answers has room for.
  static let answerByteLimit = 12 << 10

  private let engine: any GenerativeEngine
  private(set) var remainingCount: Int
  /// How many bytes are taken for one token.
  private(set) var bytesPerToken: Int

  init(_ engine: any GenerativeEngine) {
    self.engine = engine
    remainingCount = engine.budget.callLimit
    bytesPerToken = engine.budget.bytesPerToken
  }

  /// Does the work again with half as many bytes for a token as long as the engine refuses a call for its length. Calls
  /// made in vain are counted too.
  mutating func fitting<Output>(
    _ work: (inout ModelCalls) async throws(InferenceError) -> Output
  ) async throws(InferenceError) -> Output {
    while true {
      do throws(InferenceError) {
        return try await work(&self)
      } catch {
        guard error.code == InferenceError.engineRefused, bytesPerToken > 1 else { throw error }
        bytesPerToken /= 2
      }
    }
  }

  /// The bytes of data that fit one call.
  func room(_ prompt: Prompt) -> Int {
    engine.budget.dataByteCount(beside: prompt, bytesPerToken: bytesPerToken) - QuotedData.endByteCount
  }

  /// - Throws: `chat-too-long` where fewer calls are left.
  func demand(_ count: Int) throws(InferenceError) {
    guard count <= remainingCount else {
      throw InferenceError(InferenceError.chatTooLong, "\(count) calls are needed, \(remainingCount) are left")
    }
  }

  /// The model's sanitized words without white space around them, and whether it had more to say.
  mutating func answer(
    _ prompt: Prompt, _ sections: [QuotedData.Section]
  ) async throws(InferenceError) -> (text: String, isCut: Bool) {
    try demand(1)
    remainingCount -= 1
    let request = try prompt.request(
      QuotedData(sections), model: engine.name, answerTokenCount: engine.budget.answerTokenCount(prompt))
    let answer = try await engine.complete(request)
    let text = AnswerSanitizer.sanitized(answer.content).trimmingWhitespace
    guard (1...Self.answerByteLimit).contains(text.utf8.count) else {
      throw InferenceError(InferenceError.engineFailed, "answer of the engine has \(text.utf8.count) bytes")
    }
    return (text, answer.finishReason == .length)
  }
}

extension String {
  fileprivate var trimmingWhitespace: String {
    let rest = drop(while: \.isWhitespace)
    guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(rest[...last])
  }
}
