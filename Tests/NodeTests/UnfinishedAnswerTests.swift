import BinaryHTTP
import Inference
import Node
import Testing
import Trust

@Suite("A streamed answer whose engine is not done when its class ends")
struct UnfinishedAnswerTests {
  private static func chunk(
    _ text: String, identifier: String = "c", _ reason: ChatCompletionResponse.FinishReason? = nil,
    usage: TokenUsage? = nil
  ) -> ChatCompletionChunk {
    ChatCompletionChunk(
      identifier: identifier, created: 7, model: "m", content: text, finishReason: reason, usage: usage)
  }

  private static let usage = TokenUsage(promptTokenCount: 9, completionTokenCount: 4)

  /// The data of every event of an answer.
  /// - Parameter say: what the engine does before each frame of that index.
  private func events(
    _ answerClass: AnswerClass = .frames, byteLimit: Int = 1 << 20, _ say: (Int, PendingAnswer) -> Void
  ) throws -> [[UInt8]] {
    let pending = PendingAnswer(byteLimit: byteLimit)
    var frames = AnswerFrames(streaming: answerClass)
    var reader = AnswerFrameReader(answerClass, .node)
    var parser = EventStreamParser()
    var events: [[UInt8]] = []
    for index in 0..<answerClass.frameCount {
      say(index, pending)
      pending.move(into: &frames)
      for case .content(let piece) in try reader.receive(frames.next()) { events += try parser.receive(piece[...]) }
    }
    #expect(frames.isFinished && frames.isUpToDate)
    return events
  }

  /// The text of an answer that ended at a limit.
  private func textCutOff(_ events: [[UInt8]]) throws -> String {
    #expect(events.last == ServerSentEvents.done)
    let chunks = try events.dropLast().map { try ChatCompletionChunk(parsing: $0) }
    #expect(chunks.last?.finishReason == .length)
    #expect(chunks.dropLast().allSatisfy { $0.finishReason == nil })
    #expect(chunks.allSatisfy { $0.usage == nil })
    return chunks.map(\.content).joined()
  }

  private func refusal(_ events: [[UInt8]]) -> String {
    events.map { String(decoding: $0, as: UTF8.self) }.joined()
  }

  @Test("what came of a chat stands, and says that it ended at its limit", arguments: [AnswerClass.frames, .strict])
  func unfinished(answerClass: AnswerClass) throws {
    let last = answerClass.frameCount - 1
    for spoken in [[0], [0, 1, 7], Array(0..<last), [last - 1]] {
      let events = try events(answerClass) { if spoken.contains($0) { $1.add(Self.chunk("w\($0) ")) } }
      #expect(try textCutOff(events) == spoken.map { "w\($0) " }.joined())
    }
  }

  @Test("what comes in the last frame stands where there is room", arguments: [1, 100, 480, 5_000])
  func lastFrame(byteCount: Int) throws {
    let last = AnswerClass.frames.frameCount - 1
    let rest = String(repeating: "x", count: byteCount)
    let events = try events { index, pending in
      if index == 3 { pending.add(Self.chunk("first")) }
      if index == last { pending.add(Self.chunk(rest)) }
    }
    #expect(try textCutOff(events) == (byteCount <= 100 ? "first" + rest : "first"))
  }

  @Test("an engine's time that is over ends a chat as its class does")
  func tooSlow() throws {
    let tooSlow = InferenceError(InferenceError.engineTooSlow, "")
    let spoken = try events { index, pending in
      if index == 2 { pending.add(Self.chunk("first")) }
      if index == 5 { pending.fail(tooSlow) }
    }
    #expect(try textCutOff(spoken) == "first")
    let silent = try events { index, pending in if index == 5 { pending.fail(tooSlow) } }
    #expect(refusal(silent) == #"{"error":{"code":"engine-too-slow"}}"#)
  }

  @Test("more text than there is room for ends a chat that began, and what follows the gap is not shown")
  func tooMuch() throws {
    let events = try events(byteLimit: 1_000) { index, pending in
      if index == 2 { pending.add(Self.chunk("first")) }
      if index == 5 { pending.add(Self.chunk(String(repeating: "x", count: 1_001))) }
      if index == 5 || index == 6 { pending.add(Self.chunk("later")) }
    }
    #expect(try textCutOff(events) == "first")
  }

  @Test("an engine's names of any length leave room for the end", arguments: [10, 300, 2_000, 20_000])
  func longNames(byteCount: Int) throws {
    let identifier = String(repeating: "\"", count: byteCount)
    let last = AnswerClass.frames.frameCount - 1
    let events = try events { index, pending in
      if index == 3 || index > last - 3 { pending.add(Self.chunk("x", identifier: identifier)) }
    }
    #expect(try textCutOff(events).hasPrefix("x"))
  }

  @Test("nothing of a chat that ends at its limit before any text: it is refused")
  func nothingCame() throws {
    let refused = #"{"error":{"code":"answer-too-large"}}"#
    #expect(refusal(try events { _, _ in }) == refused)
    let roleAlone = try events { index, pending in if index == 1 { pending.add(Self.chunk("")) } }
    #expect(roleAlone.count == 2 && refusal([roleAlone[1]]) == refused)
  }

  @Test("a chat that breaks off by the engine's fault is refused, whatever came of it")
  func failed() throws {
    let events = try events { index, pending in
      if index == 2 { pending.add(Self.chunk("first")) }
      if index == 5 { pending.fail(InferenceError(InferenceError.engineFailed, "")) }
    }
    #expect(refusal([events[1]]) == #"{"error":{"code":"engine-failed"}}"#)
  }

  @Test("a task's words come before its document, which is refused where it is not there when the class ends")
  func task() throws {
    let document = Array(#"{"text":"We meet."}"#.utf8)
    let whole = try events { index, pending in
      if index == 2 { pending.add(words: "We") }
      if index == 4 {
        pending.add(words: " me")
        pending.add(words: "et.")
      }
      if index == 5 {
        pending.add(event: document)
        pending.finish()
      }
    }
    #expect(whole == [AnswerWords.event("We"), AnswerWords.event(" meet."), document, ServerSentEvents.done])
    let unfinished = try events { index, pending in if index == 2 { pending.add(words: "We") } }
    #expect(unfinished.count == 2 && unfinished[0] == AnswerWords.event("We"))
    #expect(refusal([unfinished[1]]) == #"{"error":{"code":"answer-too-large"}}"#)
  }

  @Test("counts of tokens leave with the event that says why a chat ends, also where text waits that it is joined to")
  func counted() throws {
    for lastIndex in [2, 4] {
      let events = try events { index, pending in
        if index == 2 { pending.add(Self.chunk("We meet")) }
        if index == lastIndex {
          pending.add(Self.chunk("", .stop, usage: Self.usage))
          pending.finish()
        }
      }
      #expect(events.last == ServerSentEvents.done)
      let chunks = try events.dropLast().map { try ChatCompletionChunk(parsing: $0) }
      #expect(chunks.map(\.content).joined() == "We meet")
      #expect(chunks.last?.finishReason == .stop && chunks.last?.usage == Self.usage)
      #expect(chunks.dropLast().allSatisfy { $0.usage == nil })
    }
  }

  @Test("counts of tokens take no room from text: where both do not fit, the text leaves alone")
  func countsWithoutRoom() throws {
    let last = AnswerClass.frames.frameCount - 1
    func end(_ byteCount: Int, usage: TokenUsage?) throws -> [ChatCompletionChunk] {
      let text = String(repeating: "x", count: byteCount)
      return try events { index, pending in
        if index == last {
          pending.add(Self.chunk(text, .stop, usage: usage))
          pending.finish()
        }
      }.filter { $0 != ServerSentEvents.done }.map { try ChatCompletionChunk(parsing: $0) }
    }
    var countedCount = 0
    for byteCount in stride(from: 1, through: 341, by: 20) {
      let told = try end(byteCount, usage: Self.usage)
      let untold = try end(byteCount, usage: nil)
      #expect(told.map(\.content) == untold.map(\.content))
      #expect(told.map(\.finishReason) == untold.map(\.finishReason))
      if told.last?.usage != nil { countedCount += 1 }
    }
    #expect((1..<18).contains(countedCount))
  }

  @Test("a chat that ends at its limit tells no counts of tokens, though its engine told some")
  func countsOfUnfinished() throws {
    let events = try events { index, pending in
      if index == 2 { pending.add(Self.chunk("first")) }
      // Counts without a reason, as another engine may give them.
      if index == AnswerClass.frames.frameCount - 1 {
        pending.add(Self.chunk(String(repeating: "x", count: 100), usage: Self.usage))
      }
    }
    #expect(try textCutOff(events).hasPrefix("first"))
  }

  @Test("a chat that said why it ends is not said to end at a limit")
  func ended() throws {
    let events = try events { index, pending in
      if index == 2 { pending.add(Self.chunk("whole")) }
      if index == 4 { pending.add(Self.chunk("", .stop)) }
    }
    #expect(try events.dropLast().map { try ChatCompletionChunk(parsing: $0).finishReason } == [nil, .stop])
    #expect(events.last == ServerSentEvents.done)
  }
}
