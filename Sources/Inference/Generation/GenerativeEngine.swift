/// An engine with a model that completes chats: it does every task by the prompts of the release.
public protocol GenerativeEngine: Engine {
  var budget: ContextBudget { get }
}

extension GenerativeEngine {
  public func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    try await summarize(request, receive: nil)
  }

  /// - Throws: `draft-too-long` where the draft, or what became of it, is above the budget.
  public func rewrite(_ request: RewriteRequest) async throws(InferenceError) -> WrittenText {
    try await rewrite(request, receive: nil)
  }

  /// Reads the newest messages that fit.
  public func reply(_ request: ReplyRequest) async throws(InferenceError) -> WrittenText {
    try await reply(request, receive: nil)
  }

  public func summarize(
    _ request: SummaryRequest, receive: WordsReceiver?
  ) async throws(InferenceError) -> Summary {
    let summarizing = ChatSummarizing(request)
    var calls = ModelCalls(self)
    let text = try await calls.fitting { calls throws(InferenceError) in try await summarizing.summary(&calls, receive)
    }
    return Summary(content: .generated(text), language: Language(detectedIn: request.messages))
  }

  public func rewrite(
    _ request: RewriteRequest, receive: WordsReceiver?
  ) async throws(InferenceError) -> WrittenText {
    let prompt = Prompt.rewrite(request.tone)
    let lines = QuotedText.lines(of: request.draft, keepsEmptyLines: true)
    let section = QuotedData.Section(name: "draft", lines: lines)
    var calls = ModelCalls(self)
    let answer = try await calls.fitting { calls throws(InferenceError) in
      // What is written anew is about as long as what it is made of.
      let limit = min(calls.room(prompt), budget.answerTokenCount(prompt) * calls.bytesPerToken)
      guard section.byteCount <= limit else {
        throw InferenceError(InferenceError.draftTooLong, "draft has \(section.byteCount) bytes, the limit is \(limit)")
      }
      return try await calls.answer(prompt, [section], receive)
    }
    guard !answer.isCut else {
      throw InferenceError(InferenceError.draftTooLong, "what became of the draft is above the tokens of an answer")
    }
    return WrittenText(content: answer.text, language: Language(detectedIn: [request.draft]))
  }

  public func reply(
    _ request: ReplyRequest, receive: WordsReceiver?
  ) async throws(InferenceError) -> WrittenText {
    var rest = request.reader.map { [QuotedData.Section.reader($0)] } ?? []
    if let hint = request.hint, !hint.isEmpty { rest.append(.hint(hint)) }
    var calls = ModelCalls(self)
    let answer = try await calls.fitting { [rest] calls throws(InferenceError) in
      let room = rest.reduce(calls.room(.reply) - QuotedData.Section.chat([]).byteCount) { $0 - $1.byteCount }
      return try await calls.answer(
        .reply, [.chat(QuotedChat(request.messages, byteLimit: room).newest(byteLimit: room))] + rest, receive)
    }
    return WrittenText(content: answer.text, language: Language(detectedIn: request.messages))
  }
}
