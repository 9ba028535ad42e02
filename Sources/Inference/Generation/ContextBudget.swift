/// How much one call to a model may hold, and how many calls one request may cost.
///
/// Text is reckoned by its bytes in UTF-8, since a node has no tokeniser of the model's. No tokeniser in use makes more
/// tokens of a text than it has bytes: byte pairs begin with single bytes, and SentencePiece falls back to them. So one
/// byte for a token is safe for any text and any model, and wastes three quarters of the window on common ones. Requests
/// are reckoned with `bytesPerToken` at first, and again with half of it, down to one, when the engine refuses one.
public struct ContextBudget: Sendable, Equatable {
  /// The context window of one request: prompt and answer together.
  public let contextTokenCount: Int
  /// The most tokens that one call asks for.
  public let answerTokenCount: Int
  /// How many bytes are taken for one token at first.
  public let bytesPerToken: Int
  /// The most calls that one request makes, so that it costs at most `callLimit * answerTokenCount` tokens.
  public let callLimit: Int

  /// What a chat template puts around two messages; some add a paragraph of their own.
  static let templateTokenCount = 128

  /// The largest window that can be named, in tokens.
  public static let contextTokenLimit = 1 << 20

  /// Whether an instruction, a hint, as much text as an answer has, and the answer fit the context at a byte for a
  /// token.
  public static func allows(contextTokenCount: Int, answerTokenCount: Int) -> Bool {
    (1...Int(ChatCompletionRequest.maxTokensLimit)).contains(answerTokenCount)
      && contextTokenCount >= 2 * answerTokenCount + 2_560 && contextTokenCount <= contextTokenLimit
  }

  /// Of numbers that are allowed.
  public init(contextTokenCount: Int, answerTokenCount: Int, bytesPerToken: Int = 2, callLimit: Int = 32) {
    precondition(
      Self.allows(contextTokenCount: contextTokenCount, answerTokenCount: answerTokenCount) && bytesPerToken > 0
        && callLimit > 0, "the context has no room for an instruction, a text and an answer to it")
    self.contextTokenCount = contextTokenCount
    self.answerTokenCount = answerTokenCount
    self.bytesPerToken = bytesPerToken
    self.callLimit = callLimit
  }

  /// Fits the smallest windows that models have today.
  public static let standard = ContextBudget(contextTokenCount: 4_096, answerTokenCount: 768)

  /// The tokens that a prompt's answer may have.
  func answerTokenCount(_ prompt: Prompt) -> Int { min(answerTokenCount, prompt.answerTokenLimit) }

  /// The bytes of data that fit beside a prompt's instruction and answer. At one byte for a token 1,280
  /// and as many as the answer has tokens, or more.
  func dataByteCount(beside prompt: Prompt, bytesPerToken: Int) -> Int {
    (contextTokenCount - answerTokenCount(prompt) - Self.templateTokenCount) * bytesPerToken
      - prompt.instruction.utf8.count
  }
}
