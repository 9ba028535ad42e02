public import ChatHistory
public import Inference
public import Trust

// Writing help: a draft in other words, a reply to a chat.
extension CloisterClient {
  /// Puts a draft into other words.
  ///
  /// - Parameters:
  ///   - answerClass: how the answer looks on the wire.
  ///   - start: when the person asked, for the timings.
  ///   - receive: gets the text's words as they come, as for a summary.
  /// - Throws: `consent-missing`, `task-request-invalid`, `request-too-large`, `wallet-empty`, `too-few-chips`, and the
  ///   code of any check that fails: then nothing of the draft has left. `engine-cannot` where the node's engine has no
  ///   means for the tone, `draft-too-long` where the draft is too long for it.
  public func rewrite(
    _ draft: String, tone: RewriteRequest.Tone, answerClass: AnswerClass = .block,
    startedAt start: ContinuousClock.Instant = .now, receive: WordsReceiver? = nil
  ) async throws(ClientError) -> RewriteAnswer {
    try state.consent.current().requireGranted(RewriteAnswer.task)
    let task = try RewriteTask(draft: draft, tone: tone, answerClass: answerClass).task
    var document = try await document(answering: task, receive)
    let result = try RewriteTask.Result(parsing: document.content)
    try document.requireTold(result.text)
    document.finish(engine: result.engine, startedAt: start)
    return RewriteAnswer(
      text: result.text, engine: result.engineName, isRuleBased: result.isRuleBased, unknownWords: result.unknownWords,
      receiptIdentifier: document.receipt.identifier, isSimulated: document.receipt.isSimulated,
      timings: document.timings, remainder: document.remainder)
  }

  /// Drafts a reply to the newest part of a chat, in the person's name.
  ///
  /// - Parameters:
  ///   - range: the messages that the reply may go by.
  ///   - reader: the person's own name in the chat.
  ///   - hint: what the reply should say.
  ///   - redaction: nil where chat and hint leave as they are.
  ///   - answerClass: how the answer looks on the wire.
  ///   - start: when the person asked, for the timings.
  ///   - receive: gets the reply's words as they come, as for a summary.
  /// - Throws: `consent-missing`, `chat-excluded`, `task-request-invalid`, `wallet-empty`, `too-few-chips`, and the code
  ///   of any check that fails: then nothing of the chat has left. `engine-cannot` where the node's engine has no model.
  public func reply(
    _ export: ChatExport, range: ChatSelection.Range = .recent, reader: String? = nil, hint: String? = nil,
    redaction: ChatRedaction? = nil, answerClass: AnswerClass = .block, startedAt start: ContinuousClock.Instant = .now,
    receive: WordsReceiver? = nil
  ) async throws(ClientError) -> ReplyAnswer {
    let consent = try state.consent.current()
    try consent.requireGranted(ReplyAnswer.task)
    let outgoing = await OutgoingChat.prepared(
      try export.chat(under: consent), range: range, reader: reader, hint: hint, redaction: redaction)
    let replyTask = try ReplyTask(outgoing, answerClass: answerClass)
    var document = try await document(answering: replyTask.task, restoring: outgoing.restoring, receive)
    let result = try ReplyTask.Result(parsing: document.content)
    try document.requireTold(result.text)
    document.finish(engine: result.engine, startedAt: start)
    return ReplyAnswer(
      text: AnswerSanitizer.sanitized(outgoing.restored(result.text)), engine: result.engineName,
      receiptIdentifier: document.receipt.identifier,
      isSimulated: document.receipt.isSimulated, omission: outgoing.omission(of: replyTask.selection),
      isDateOrderAmbiguous: outgoing.isDateOrderAmbiguous, isDayPeriodAmbiguous: outgoing.isDayPeriodAmbiguous,
      messageCount: replyTask.selection.messages.count,
      timings: document.timings, remainder: document.remainder)
  }

  /// What `rewrite` would send. Needs no state, and sends nothing.
  /// - Throws: `task-request-invalid`.
  public static func preview(
    rewriting draft: String, tone: RewriteRequest.Tone
  ) throws(ClientError) -> RequestPreview {
    RequestPreview(try RewriteTask(draft: draft, tone: tone, answerClass: .block).task)
  }

  /// What `reply` would send. Sends nothing, and asks for no consent but that the chat is not excluded.
  /// - Throws: `chat-excluded`, `task-request-invalid`, the codes of `ChatHistory`.
  public nonisolated func preview(
    replyingTo export: ChatExport, range: ChatSelection.Range = .recent, reader: String? = nil, hint: String? = nil,
    redaction: ChatRedaction? = nil
  ) throws(ClientError) -> RequestPreview {
    let chat = try export.chat(under: try state.consent.current())
    let outgoing = OutgoingChat(chat, range: range, reader: reader, hint: hint, redaction: redaction)
    return RequestPreview(try ReplyTask(outgoing, answerClass: .block).task)
  }

  /// The one document that answers a task, with all that its path left behind.
  struct AnswerDocument {
    let content: [UInt8]
    let receipt: Receipt
    fileprivate let answer: TaskAnswer
    fileprivate let transport: Duration
    fileprivate(set) var timings: Timings

    var remainder: AnswerRemainder? { answer.remainder }

    func requireTold(_ text: String) throws(ClientError) { try answer.requireTold(text) }

    mutating func finish(engine: Duration, startedAt start: ContinuousClock.Instant) {
      timings.engine = engine
      timings.transport += transport - min(engine, transport)
      timings.total = ContinuousClock.now - start
    }
  }

  /// Asks for a task, and tells its words while they come.
  func document(
    answering task: PrivateTask, restoring: OutgoingChat.Restoring? = nil, _ receive: WordsReceiver?
  ) async throws(ClientError) -> AnswerDocument {
    var timings = Timings()
    let epoch = try await currentEpoch(&timings)
    let answer = try await perform(task, in: epoch, timings: &timings)
    var reading = TaskAnswer(answer.content)
    var restoring = restoring
    // A placeholder may be held back until it is whole.
    func tell(_ words: String) { if !words.isEmpty { receive?(words) } }
    while let words = try await reading.nextWords() { tell(restoring?.append(words) ?? words) }
    let content = try reading.whole()
    if !reading.told.isEmpty, let held = restoring?.finish() { tell(held) }
    return AnswerDocument(
      content: content, receipt: answer.receipt, answer: reading, transport: answer.transport, timings: timings)
  }
}
