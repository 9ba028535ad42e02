import Inference
import Testing

@Suite("Rewriting and replies")
struct WritingTests {
  @Test("each tone has an instruction of its own, and the draft keeps its paragraphs")
  func tones() async throws {
    let engine = RecordingEngine { _ in "\n Dear all \n" }
    let draft = "hello all\n\nsee you"
    for tone in RewriteRequest.Tone.allCases {
      let text = try await engine.rewrite(try RewriteRequest(draft: draft, tone: tone))
      #expect(text == WrittenText(content: "Dear all", language: .english))
    }
    #expect(Set(engine.requests.map(\.messages.first?.content)).count == RewriteRequest.Tone.allCases.count)
    for request in engine.requests {
      #expect(request.messages.last?.content == "data-0 draft\n> hello all\n> \n> see you\ndata-0 end")
    }
  }

  @Test("a draft at the budget is rewritten, one byte more is draft-too-long, before the engine is asked")
  func draftLimit() async throws {
    let budget = ContextBudget(contextTokenCount: 3_584, answerTokenCount: 512)
    let engine = RecordingEngine(budget)
    let frame = "data-1234567 draft\n> \n".utf8.count
    let largest = 2 * budget.answerTokenCount - frame
    _ = try await engine.rewrite(try RewriteRequest(draft: String(repeating: "x", count: largest), tone: .clearer))
    await #expect(throws: InferenceError(InferenceError.draftTooLong, "")) {
      _ = try await engine.rewrite(
        try RewriteRequest(draft: String(repeating: "x", count: largest + 1), tone: .clearer))
    }
    #expect(engine.requests.count == 1)
  }

  @Test("what became of a draft is whole, or draft-too-long")
  func cutRewriting() async throws {
    let engine = RecordingEngine(finishReason: .length)
    await #expect(throws: InferenceError(InferenceError.draftTooLong, "")) {
      _ = try await engine.rewrite(try RewriteRequest(draft: "hello", tone: .clearer))
    }
  }

  @Test("a draft of white space is task-request-invalid", arguments: ["", " \n\t"])
  func emptyDraft(draft: String) {
    #expect(throws: InferenceError(InferenceError.taskInvalid, "")) {
      _ = try RewriteRequest(draft: draft, tone: .clearer)
    }
  }

  @Test("a reply is asked for with the chat, the reader's name and the hint, each in its section")
  func reply() async throws {
    let engine = RecordingEngine { _ in "Ja, gern." }
    let messages = [TestChat.message("Kommst du heute zu uns?\nOder ist es zu spät?", sender: "Ann")]
    let text = try await engine.reply(try ReplyRequest(messages: messages, reader: "Ben", hint: "yes,\nwith joy"))
    #expect(text == WrittenText(content: "Ja, gern.", language: .german))
    #expect(
      engine.requests.first?.messages.last?.content == """
        data-0 chat
        > (2025-01-02 00:00) Ann: Kommst du heute zu uns?
        >   Oder ist es zu spät?
        data-0 reader
        > Ben
        data-0 hint
        > yes, with joy
        data-0 end
        """)
    _ = try await engine.reply(try ReplyRequest(messages: messages, reader: "Ben"))
    #expect(engine.requests.last?.markerLines == ["data-0 chat", "data-0 reader", "data-0 end"])
    _ = try await engine.reply(try ReplyRequest(messages: messages))
    #expect(engine.requests.last?.markerLines == ["data-0 chat", "data-0 end"])
  }

  @Test("a reply reads the newest messages that fit, and of a huge one its end", arguments: [1, 2])
  func newest(bytesPerToken: Int) async throws {
    let budget = ContextBudget(contextTokenCount: 3_584, answerTokenCount: 512, bytesPerToken: bytesPerToken)
    let engine = RecordingEngine(budget)
    _ = try await engine.reply(try ReplyRequest(messages: TestChat.numbered(400), reader: "Ben"))
    let lines = try #require(engine.requests.first?.quotedLines)
    #expect(lines.count > 10 && lines.count < 400)
    #expect(lines.dropLast().last?.contains("message number 399,") == true)
    let huge = TestChat.message(String(repeating: "long ", count: 5_000) + "the end")
    _ = try await engine.reply(
      try ReplyRequest(
        messages: [huge], reader: String(repeating: "[", count: 256), hint: String(repeating: "<", count: 512)))
    #expect(engine.requests.last?.quotedLines.first?.hasSuffix("the end") == true)
    for request in engine.requests {
      #expect(request.byteCount / bytesPerToken + Int(request.maxTokens ?? 0) <= budget.contextTokenCount)
    }
  }

  @Test("a reply without a chat, or with a text outside its limits, is task-request-invalid")
  func invalidReply() throws {
    let messages = TestChat.numbered(1)
    func text(_ count: Int) -> String { String(repeating: "x", count: count) }
    let refused = InferenceError(InferenceError.taskInvalid, "")
    #expect(throws: refused) { _ = try ReplyRequest(messages: [], reader: "Ben") }
    #expect(throws: refused) {
      _ = try ReplyRequest(messages: messages, reader: text(ReplyRequest.readerByteLimit + 1))
    }
    #expect(throws: refused) {
      _ = try ReplyRequest(messages: messages, reader: "Ben", hint: text(ReplyRequest.hintByteLimit + 1))
    }
    _ = try ReplyRequest(
      messages: messages, reader: text(ReplyRequest.readerByteLimit), hint: text(ReplyRequest.hintByteLimit))
  }

  @Test("an engine without a model cannot write of its own")
  func embedded() async throws {
    let refused = InferenceError(InferenceError.engineCannot, "")
    await #expect(throws: refused) {
      _ = try await EmbeddedEngine().rewrite(try RewriteRequest(draft: "hello", tone: .clearer))
    }
    await #expect(throws: refused) {
      _ = try await EmbeddedEngine().reply(try ReplyRequest(messages: TestChat.numbered(1), reader: "Ben"))
    }
  }

  @Test("an answer that is empty, or above its limit, is engine-failed", arguments: [0, 12_289])
  func answerSize(byteCount: Int) async throws {
    let engine = RecordingEngine { _ in " " + String(repeating: "x", count: byteCount) }
    await #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      _ = try await engine.rewrite(try RewriteRequest(draft: "hello", tone: .clearer))
    }
  }
}
