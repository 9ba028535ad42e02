import CloisterClient
import ErrorCodes
import HTTPMessages
import Inference
import Trust

// What the page shows as it comes. Each request goes on by itself: a tab that is closed changes nothing of what the
// relay sees.
extension PageModel {
  /// Of summaries, rewritings and replies: the class with the most time, since a model on a slow machine may take longer
  /// than `frames` lasts.
  private static let taskAnswerClass = AnswerClass.strict

  /// - Throws: what is refused before anything was begun.
  func summarize(_ identifier: String, _ events: PageEvents) async throws(EndpointError) {
    let shown = try shownPreview(identifier, of: .summarize)
    try requireGranted(.summarize)
    await telling(events) { try await self.summary(shown, events) }
  }

  func reply(_ identifier: String, _ events: PageEvents) async throws(EndpointError) {
    let shown = try shownPreview(identifier, of: .reply)
    try requireGranted(.reply)
    await telling(events) { try await self.reply(shown, events) }
  }

  func rewrite(_ body: RewriteBody, _ events: PageEvents) async throws(EndpointError) {
    try requireGranted(.rewrite)
    await telling(events) { try await self.answer(body, events) }
  }

  func converse(_ body: ConversationBody, _ events: PageEvents) async throws(EndpointError) {
    try requireGranted(.chat)
    await telling(events) { try await self.answer(body.request, events) }
  }

  /// A failure becomes the last line.
  private func telling(_ events: PageEvents, _ body: () async throws -> Void) async {
    do {
      try await events.begin()
      try await body()
    } catch let error as any CodedError {
      await events.fail(error)
    } catch {
      await events.fail(EndpointError(ClientError.uncodedError, "a library failed without a code"))
    }
  }

  /// Checks the keys of the hour, and says so. What is sent later is checked by the client whether this was asked or not.
  private func verify(_ events: PageEvents) async throws {
    try await events.step("Checking the keys of this hour, and that everybody gets the same…")
    let epoch = try await client.currentEpoch()
    try await events.step(
      "\(epoch.checks.count) checks of the hour’s keys passed. Verifying two machines, sealing, and waiting…")
  }

  private func summary(_ shown: ShownPreview, _ events: PageEvents) async throws {
    try await verify(events)
    let request = ToldTask { [client] receive in
      let answer = try await client.summarize(
        shown.export, range: shown.choice.range, reader: shown.choice.reader, redaction: shown.redaction,
        answerClass: Self.taskAnswerClass, receive: receive)
      return (answer, answer.remainder)
    }
    let (answer, isTold) = try await request.tell(events)
    let kept = keep(answer, of: shown.export)
    if !isTold { try await paragraphs(answer.summary, events) }
    try await events.done(
      receipt: answer.receiptIdentifier,
      notes: [
        "\(answer.messageCount) messages, \(answer.isExtractive ? "quoted, without a model, " : "summarised ")"
          + "by \(answer.engine)."
      ] + kept)
  }

  private func reply(_ shown: ShownPreview, _ events: PageEvents) async throws {
    try await verify(events)
    let request = ToldTask { [client] receive in
      let answer = try await client.reply(
        shown.export, range: shown.choice.range, reader: shown.choice.reader, hint: shown.hint,
        redaction: shown.redaction, answerClass: Self.taskAnswerClass, receive: receive)
      return (answer, answer.remainder)
    }
    let (answer, isTold) = try await request.tell(events)
    let kept = keep(answer, of: shown.export)
    if !isTold { try await paragraphs(answer.text, events) }
    try await events.done(
      receipt: answer.receiptIdentifier,
      notes: ["Drafted by \(answer.engine) from \(answer.messageCount) messages."] + kept)
  }

  private func answer(_ body: RewriteBody, _ events: PageEvents) async throws {
    try await verify(events)
    let request = ToldTask { [client] receive in
      let answer = try await client.rewrite(
        body.draft, tone: body.tone, answerClass: Self.taskAnswerClass, receive: receive)
      return (answer, answer.remainder)
    }
    let (answer, isTold) = try await request.tell(events)
    let kept = keep(answer, of: body.draft)
    if !isTold { try await paragraphs(answer.text, events) }
    var notes = ["Rewritten by \(answer.engine)\(answer.isRuleBased ? ", by rules, without a model" : "")."]
    if !answer.unknownWords.isEmpty {
      notes.append("Left as they are, for you to look at: \(answer.unknownWords.joined(separator: ", ")).")
    }
    try await events.done(receipt: answer.receiptIdentifier, notes: notes + kept)
  }

  private func answer(_ request: ChatCompletionRequest, _ events: PageEvents) async throws {
    try await verify(events)
    var receipt = ""
    var isCutOff = false
    for try await event in PrivateChat(request, .frames, client: client).events {
      switch event {
      case .began(let identifier): receipt = identifier
      case .chunk(let chunk):
        if !chunk.content.isEmpty { try await events.text(chunk.content) }
        if chunk.finishReason == .length { isCutOff = true }
      }
    }
    try await events.done(receipt: receipt, notes: isCutOff ? [Self.cutOffNote] : [])
  }

  private static let cutOffNote = "The answer ends here, at its limit: it was as long, or took as long, as one may."

  private func paragraphs(_ text: String, _ events: PageEvents) async throws {
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) { try await events.text(String(line)) }
  }
}
