import CloisterClient
import ErrorCodes
import HTTPMessages
import Inference
import TestDeployment
import Testing
import Trust
import WireFormat

@Suite("A chat's answer, event by event")
struct ChatTests {
  private static func request(stream: Bool = true) throws -> ChatCompletionRequest {
    try ChatCompletionRequest(
      model: "any", messages: [.init(role: .user, content: ClientFixture.marker)], stream: stream)
  }

  private static func event(_ text: String, _ reason: ChatCompletionResponse.FinishReason? = nil) -> String {
    ChatCompletionChunk(identifier: "chatcmpl-1", created: 7, model: "test", content: text, finishReason: reason)
      .jsonValue.canonicalText
  }

  private static let words = [event("We"), event(" meet"), event(" on Friday.", .stop), "[DONE]"]

  private func client(tokenCount: Int = 2, events: [String] = Self.words) throws -> ClientFixture {
    let client = try ClientHarness(tokenCount: tokenCount).client
    try client.state.consent.change { $0.grant(ChatAnswer.task) }
    client.parties.behave { $0.events = events }
    return client
  }

  /// The text until the answer ends.
  private func text(_ client: ClientFixture, _ answerClass: AnswerClass = .frames) async throws -> String {
    var text = ""
    for try await event in try await client.client.chat(Self.request(), answerClass: answerClass) {
      text += event.content
    }
    return text
  }

  private func refusal(_ client: ClientFixture) async -> ErrorCode? {
    do {
      _ = try await text(client)
      return nil
    } catch {
      return (error as? any CodedError)?.code
    }
  }

  @Test("the text arrives whole, in every class that has room for a stream", arguments: [AnswerClass.frames, .strict])
  func whole(answerClass: AnswerClass) async throws {
    let client = try client()
    #expect(try await text(client, answerClass) == "We meet on Friday.")
    #expect(try client.state.receipts.all().map(\.answerClass) == [answerClass.rawValue])
    #expect(try client.state.receipts.all().map(\.task) == ["chat"])
    #expect(try client.state.receipts.all().first?.failure == nil)
  }

  @Test("the first event is handed over before the second frame is there, with the receipt written before")
  func firstEvent() async throws {
    let client = try client()
    let gate = Gate()
    client.parties.behave { $0.beforeFrame = { frame in if frame == 1 { await gate.wait() } } }
    var events = try await client.client.chat(Self.request()).makeAsyncIterator()
    #expect(try await events.next()?.content == "We")
    #expect(try client.state.receipts.all().count == 1)
    await gate.open()
    #expect(try await events.next()?.content == " meet")
  }

  @Test("a receipt is there although the reader went away in the middle")
  func abandoned() async throws {
    let client = try client()
    var events: ChatAnswer.Iterator? = try await client.client.chat(Self.request()).makeAsyncIterator()
    #expect(try await events?.next()?.content == "We")
    events = nil
    #expect(try client.state.receipts.all().map(\.hops.count) == [1])
  }

  @Test("an answer has the counts of tokens that its node tells, and none where they are impossible")
  func counted() async throws {
    for (count, isTold) in [(4, true), (-4, false)] {
      let usage = #","usage":{"completion_tokens":\#(count),"prompt_tokens":9,"total_tokens":13}}"#
      let client = try client(events: [Self.event("We"), Self.event(" meet", .stop).dropLast() + usage, "[DONE]"])
      var chunks: [ChatCompletionChunk] = []
      for try await chunk in try await client.client.chat(Self.request()) { chunks.append(chunk) }
      #expect(chunks.map(\.content) == ["We", " meet"])
      let expected = isTold ? TokenUsage(promptTokenCount: 9, completionTokenCount: 4) : nil
      #expect(chunks.map(\.usage) == [nil, expected])
    }
  }

  @Test("control characters are taken out of every event")
  func sanitized() async throws {
    let client = try client(events: [Self.event("red \u{1B}[31m"), Self.event("\u{202E}text", .stop), "[DONE]"])
    #expect(try await text(client) == "red [31mtext")
  }

  @Test("refused: a chat without consent, or in a class that has no room for a stream")
  func notStreamed() async throws {
    let client = try ClientHarness().client
    #expect(await refusal(client) == ClientError.consentMissing)
    let granted = try self.client()
    await #expect(throws: ClientError(ClientError.requestNotStreamed, "")) {
      _ = try await granted.client.chat(Self.request(), answerClass: .block)
    }
    await #expect(throws: ClientError(ClientError.requestNotStreamed, "")) {
      _ = try await granted.client.chat(Self.request(stream: false))
    }
    #expect(granted.hasSentNothing && client.hasSentNothing)
  }

  @Test(
    "refused: a stream that its node breaks off, by the node's code",
    arguments: [
      ("engine-cannot", ClientError.engineCannot), ("answer-too-large", ClientError.answerTooLarge),
      ("chat-too-long", ClientError.chatTooLong), ("engine-too-slow", ClientError.engineTooSlow),
      ("something-else", ClientError.nodeRefused),
    ])
  func brokenOff(code: String, expected: ErrorCode) async throws {
    let client = try client(events: [Self.event("We"), #"{"error":{"code":"\#(code)"}}"#])
    #expect(await refusal(client) == expected)
    #expect(client.parties.askedNodes.count == 1)
    #expect(try client.state.receipts.all().map(\.failureWords) == ["refused by the node: \(expected)"])
  }

  @Test("a receipt that was removed while its answer came stays removed, though the answer then fails")
  func removed() async throws {
    let client = try client(events: [Self.event("We"), #"{"error":{"code":"engine-too-slow"}}"#])
    let gate = Gate()
    client.parties.behave { $0.beforeFrame = { frame in if frame == 1 { await gate.wait() } } }
    var events = try await client.client.chat(Self.request()).makeAsyncIterator()
    #expect(try await events.next()?.content == "We")
    #expect(try client.state.receipts.purge().receiptCount == 1)
    await gate.open()
    do {
      _ = try await events.next()
      Issue.record("the answer goes on")
    } catch {
      #expect(error.code == ClientError.engineTooSlow)
    }
    #expect(try client.state.receipts.all().isEmpty)
  }

  @Test("a chat that no engine behind the node can answer says so, not that something broke")
  func cannotChat() async throws {
    let client = try client(events: [#"{"error":{"code":"engine-cannot"}}"#])
    do {
      for try await _ in try await client.client.chat(Self.request()) {}
      Issue.record("the chat was answered")
    } catch let error as ClientError {
      #expect(error.code == ClientError.engineCannot && error.message.contains("run no model"), "\(error)")
    }
  }

  @Test("refused: a stream that ends without saying that it is whole")
  func notDone() async throws {
    let client = try client(events: [Self.event("We")])
    #expect(await refusal(client) == ClientError.answerTruncated)
    #expect(try client.state.receipts.all().map(\.failureWords) == ["failed: answer-truncated"])
  }

  @Test("refused: an event behind the end of the stream")
  func behindTheEnd() async throws {
    let client = try client(events: Self.words + [Self.event("more")])
    #expect(await refusal(client) == ClientError.answerMalformed)
  }

  @Test("refused: an event that is no chunk of a chat completion")
  func otherEvent() async throws {
    #expect(await refusal(try client(events: [#"{"hello":1}"#, "[DONE]"])) == ClientError.answerMalformed)
  }

  /// Opens for all who wait, once.
  private actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
      if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    func open() {
      isOpen = true
      for continuation in waiting { continuation.resume() }
      waiting = []
    }
  }
}

@Suite("One more attempt, at the other drawn node, and when there is none")
struct RetryTests {
  private static let day = ClientHarness.epoch / EpochSchedule.epochsPerIssuerDay

  @Test("a connection that fails before the first byte is followed by the other node", arguments: AnswerClass.allCases)
  func beforeTheFirstByte(answerClass: AnswerClass) async throws {
    let client = try ClientHarness().client
    client.parties.behave { $0.interruptedExchanges = 1 }
    #expect(await client.refusal(in: answerClass) == nil)
    let receipts = try client.state.receipts.all()
    #expect(receipts.map { $0.hops.map(\.failure) } == [[HTTPExchangeError.interrupted, nil]])
    #expect(receipts.first?.failureWords == nil)
    #expect(try client.state.wallet.tokenCount(goodOn: Self.day) == 0)
  }

  @Test("a body that breaks before its first byte is followed by the other node", arguments: AnswerClass.allCases)
  func emptyBody(answerClass: AnswerClass) async throws {
    let client = try ClientHarness().client
    // The second answer is whole.
    client.parties.behave { behaviour in
      behaviour.brokenFrame = 0
      behaviour.beforeFrame = { [parties = client.parties] _ in parties.behave { $0.brokenFrame = nil } }
    }
    #expect(await client.refusal(in: answerClass) == nil)
    #expect(Set(client.parties.askedNodes).count == 2)
    #expect(Set(client.parties.authorizations).count == 2)
  }

  @Test("a connection that fails behind the first byte ends the request", arguments: [1, 2, 300, 599])
  func behindTheFirstByte(frame: Int) async throws {
    let client = try ClientHarness().client
    client.parties.behave { $0.brokenFrame = frame }
    #expect(await client.refusal(in: .frames) != nil)
    #expect(client.parties.askedNodes.count == 1)
    #expect(try client.state.receipts.all().count == 1)
  }

  @Test(
    "a busy node and one that cannot be reached are followed by the other, in every class",
    arguments: AnswerClass.allCases)
  func refusals(answerClass: AnswerClass) async throws {
    let client = try ClientHarness(tokenCount: 4).client
    let nodes = Set(try await client.client.currentEpoch().bundle.nodes.map(\.identifier.hexadecimal))
    client.parties.behave { $0.busyNodes = nodes }
    #expect(await client.refusal(in: answerClass) == ClientError.nodeBusy)
    #expect(client.parties.askedNodes.count == 2)
    client.parties.behave {
      $0.busyNodes = []
      $0.unreachableNodes = nodes
    }
    #expect(await client.refusal(in: answerClass) == ClientError.nodeUnreachable)
    #expect(client.parties.askedNodes.count == 4)
    #expect(Set(client.parties.authorizations).count == 4)
  }

  @Test("a token that the gateway refuses ends the request, in every class", arguments: AnswerClass.allCases)
  func tokenRefused(answerClass: AnswerClass) async throws {
    let client = try ClientHarness().client
    client.parties.behave { $0.refusesTokens = true }
    #expect(await client.refusal(in: answerClass) == ClientError.tokenRefused)
    #expect(client.parties.askedNodes.count == 1)
    #expect(try client.state.receipts.all().map(\.failureWords) == ["refused by the gateway: token-refused"])
  }

  @Test("two connections that fail are the end, with a receipt that names both nodes")
  func bothInterrupted() async throws {
    let client = try ClientHarness(tokenCount: 4).client
    client.parties.behave { $0.interruptedExchanges = 3 }
    #expect(await client.refusal() == HTTPExchangeError.interrupted)
    #expect(client.parties.arrivals.filter { $0.request.method == "POST" }.count == 2)
    #expect(try client.state.receipts.all().map(\.hops.count) == [2])
    #expect(try client.state.wallet.tokenCount(goodOn: Self.day) == 2)
  }
}
