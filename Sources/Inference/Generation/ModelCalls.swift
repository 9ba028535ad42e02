/// The calls that one request makes of a model: counted, each within the context window.
struct ModelCalls {
  /// An answer's largest text, in bytes: what a class of answers has room for.
  static let answerByteLimit = 12 << 10

  private let engine: any GenerativeEngine
  private(set) var remainingCount: Int
  /// How many bytes are taken for one token.
  private(set) var bytesPerToken: Int
  /// Words that were told cannot be taken back.
  private var hasTold = false

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
        guard error.code == InferenceError.engineRefused, bytesPerToken > 1, !hasTold else { throw error }
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
  /// - Parameter receive: gets the words as they come, where somebody reads along.
  mutating func answer(
    _ prompt: Prompt, _ sections: [QuotedData.Section], _ receive: WordsReceiver? = nil
  ) async throws(InferenceError) -> (text: String, isCut: Bool) {
    try demand(1)
    remainingCount -= 1
    let request = try prompt.request(
      QuotedData(sections), model: engine.name, answerTokenCount: engine.budget.answerTokenCount(prompt))
    var text = TrimmedText()
    var isCut = false
    if let receive {
      defer { hasTold = !text.whole.isEmpty }
      try await engine.stream(request) { chunk in
        if chunk.finishReason == .length { isCut = true }
        let words = text.append(AnswerSanitizer.sanitized(chunk.content))
        // What is above the limit becomes no answer.
        if !words.isEmpty, text.whole.utf8.count <= Self.answerByteLimit { receive(words) }
      }
    } else {
      let answer = try await engine.complete(request)
      _ = text.append(AnswerSanitizer.sanitized(answer.content))
      isCut = answer.finishReason == .length
    }
    guard (1...Self.answerByteLimit).contains(text.whole.utf8.count) else {
      throw InferenceError(InferenceError.engineFailed, "answer of the engine has \(text.whole.utf8.count) bytes")
    }
    return (text.whole, isCut)
  }
}

/// A text that comes in pieces, without the white space around it.
struct TrimmedText {
  /// All that is sure to belong to it.
  private(set) var whole = ""
  /// White space behind that, which belongs to it if more follows.
  private var held = String.UnicodeScalarView()

  /// - Returns: what the piece adds to `whole`.
  mutating func append(_ piece: String) -> String {
    var added = String.UnicodeScalarView()
    for scalar in piece.unicodeScalars {
      if scalar.properties.isWhitespace {
        if !whole.isEmpty || !added.isEmpty { held.append(scalar) }
      } else {
        added += held
        added.append(scalar)
        held = String.UnicodeScalarView()
      }
    }
    whole.unicodeScalars += added
    return String(added)
  }
}
