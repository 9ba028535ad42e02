import CloisterClient
import ErrorCodes
import Inference
import StrictJSON
import TestDeployment
import Testing

@Suite("A draft in other words, from the device to the receipt")
struct RewriteTests {
  private static let draft = "i bring teh \(ClientFixture.marker)"
  private static let answer: JSONValue = [
    "text": "I bring the Quittenmarmelade", "ruleBased": true, "unknownWords": ["Quittenmarmelade"],
    "engine": "test engine", "engineMicroseconds": 10,
  ]

  private func client(_ document: JSONValue = Self.answer, granted: Bool = true) throws -> ClientFixture {
    let client = try ClientHarness().client
    if granted { try client.state.consent.change { $0.grant(RewriteAnswer.task) } }
    client.parties.behave { $0.document = document }
    return client
  }

  private func refusal(_ client: ClientFixture, draft: String = Self.draft) async -> ErrorCode? {
    do throws(ClientError) {
      _ = try await client.client.rewrite(draft, tone: .spelling)
      return nil
    } catch {
      return error.code
    }
  }

  @Test("the text comes back with what made it and the words to look at, and a receipt is left")
  func rewritten() async throws {
    let client = try client()
    let answer = try await client.client.rewrite(Self.draft, tone: .spelling)
    #expect(answer.text == "I bring the Quittenmarmelade")
    #expect(answer.isRuleBased && answer.isSimulated)
    #expect(answer.unknownWords == ["Quittenmarmelade"])
    #expect(answer.engine == "test engine")
    let receipt = try client.state.receipts.receipt(answer.receiptIdentifier)
    #expect(receipt.task == "rewrite")
    #expect(receipt.hops.count == 1)
  }

  @Test("what the node reads is the preview, byte for byte, and nobody else reads the draft")
  func preview() async throws {
    let client = try client()
    let preview = try CloisterClient.preview(rewriting: Self.draft, tone: .spelling)
    #expect(client.parties.arrivals.isEmpty)
    #expect(
      String(decoding: preview.content, as: UTF8.self)
        == #"{"draft":"i bring teh Quittenmarmelade","tone":"spelling"}"#)
    _ = try await client.client.rewrite(Self.draft, tone: .spelling)
    let content = try #require(client.parties.contents.first)
    #expect(content.firstRange(of: preview.content) != nil)
    let marker = Array(ClientFixture.marker.utf8)
    #expect(client.parties.arrivals.allSatisfy { $0.request.body.firstRange(of: marker) == nil })
  }

  @Test("control and direction characters are taken out of text and words")
  func sanitized() async throws {
    let client = try client([
      "text": "red \u{1B}[31m\u{202E}text", "ruleBased": false, "unknownWords": ["a\u{1B}b"], "engine": "e\u{7}",
      "engineMicroseconds": 1,
    ])
    let answer = try await client.client.rewrite(Self.draft, tone: .friendlier)
    #expect(answer.text == "red [31mtext")
    #expect(answer.unknownWords == ["ab"])
    #expect(answer.engine == "e")
  }

  @Test("refused: a rewriting without consent, although a summary was agreed to")
  func noConsent() async throws {
    let client = try client(granted: false)
    #expect(await refusal(client) == ClientError.consentMissing)
    #expect(client.hasSentNothing)
  }

  @Test("refused: an empty draft, before anything is sent", arguments: ["", " \n"])
  func emptyDraft(draft: String) async throws {
    let client = try client()
    #expect(await refusal(client, draft: draft) == InferenceError.taskInvalid)
    #expect(client.hasSentNothing)
  }

  @Test("refused: a draft above the largest class, before any of it is sent")
  func hugeDraft() async throws {
    let client = try client()
    #expect(await refusal(client, draft: String(repeating: "x", count: 524_288)) == ClientError.requestTooLarge)
    #expect(client.hasSentNothing)
  }

  @Test(
    "refused: an answer that is not of its schema",
    arguments: [
      ["summary": "s", "engine": "e", "extractive": true, "engineMicroseconds": 1],
      ["text": "t", "engine": "e", "engineMicroseconds": 1],
      ["text": "t", "ruleBased": true, "unknownWords": [7], "engine": "e", "engineMicroseconds": 1],
      ["text": "t", "ruleBased": true, "unknownWords": [], "engine": "e", "engineMicroseconds": 1, "more": 1],
    ] as [JSONValue])
  func malformed(document: JSONValue) async throws {
    #expect(await refusal(try client(document)) == ClientError.answerMalformed)
  }

  @Test(
    "refused: what the node refuses, by its code",
    arguments: ["engine-cannot", "draft-too-long", "task-request-invalid"])
  func nodeRefusal(code: String) async throws {
    let client = try client()
    client.parties.behave { $0.events = [#"{"error":{"code":"\#(code)"}}"#] }
    await #expect(throws: ClientError(ErrorCode(code), "")) {
      _ = try await client.client.rewrite(Self.draft, tone: .clearer, answerClass: .frames)
    }
  }
}

@Suite("A reply to a chat, from the export to the receipt")
struct ReplyTests {
  private static let export = ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8))

  private func client(granted: Bool = true) throws -> ClientFixture {
    let client = try ClientHarness().client
    if granted { try client.state.consent.change { $0.grant(ReplyAnswer.task) } }
    client.parties.behave { $0.document = ["text": "I do.", "engine": "test engine", "engineMicroseconds": 10] }
    return client
  }

  @Test("the reply comes back, from the messages of the range, and a receipt is left")
  func reply() async throws {
    let client = try client()
    let answer = try await client.client.reply(Self.export, range: .unread(1), reader: "Ben", hint: "yes")
    #expect(answer.text == "I do.")
    #expect(answer.messageCount == 1)
    #expect(answer.omission.outsideRangeCount == 2)
    #expect(try client.state.receipts.receipt(answer.receiptIdentifier).task == "reply")
    let content = try #require(client.parties.contents.first)
    #expect(content.firstRange(of: Array(#""hint":"yes","reader":"Ben""#.utf8)) != nil)
    #expect(content.firstRange(of: Array(ClientFixture.marker.utf8)) == nil)
  }

  @Test("what the node reads is the preview, byte for byte")
  func preview() async throws {
    let client = try client()
    let preview = try client.client.preview(replyingTo: Self.export, reader: "Ben", hint: "yes")
    let shown: OutgoingPreview = try client.state.preview(replyingTo: Self.export, reader: "Ben", hint: "yes")
    #expect(shown.content == preview.content)
    #expect(shown.path == "/v1/tasks/reply")
    #expect(shown.messageCount == 3)
    #expect(client.parties.arrivals.isEmpty)
    _ = try await client.client.reply(Self.export, reader: "Ben", hint: "yes")
    #expect(try #require(client.parties.contents.first).firstRange(of: preview.content) != nil)
  }

  @Test("redacted, no name leaves in chat, name or hint, the preview shows that, and the draft has them again")
  func redacted() async throws {
    let client = try client()
    let redaction = ChatRedaction()
    let lines = "12/03/2026, 09:15 - Ana Lopez: Call +34 612 345 678, Ben!\n12/03/2026, 09:17 - Ben: Who is there?\n"
    let export = ChatExport(fileName: "chat.txt", bytes: Array(lines.utf8))
    let preview = try client.client.preview(replyingTo: export, reader: "Ben", hint: "ask Ana", redaction: redaction)
    let shown: OutgoingPreview = try client.state.preview(
      replyingTo: export, reader: "Ben", hint: "ask Ana", redaction: redaction)
    #expect(shown.content == preview.content && shown.redaction != nil)
    #expect(shown.hint == "ask Name1" && shown.reader == "Name3")
    client.parties.behave {
      $0.document = ["text": "Name1, Name3 has Phone1.", "engine": "e", "engineMicroseconds": 1]
    }
    let answer = try await client.client.reply(export, reader: "Ben", hint: "ask Ana", redaction: redaction)
    #expect(answer.text == "Ana, Ben has +34 612 345 678." && answer.messageCount == 2)
    #expect(try #require(client.parties.contents.first).firstRange(of: preview.content) != nil)
    let content = String(decoding: preview.content, as: UTF8.self)
    for word in ["Ana", "Lopez", "Ben", "612"] { #expect(!content.contains(word)) }
  }

  @Test("task-request-invalid: a hint that its placeholders make too long is refused, not cut")
  func hintTooLong() async throws {
    let client = try client()
    let lines = "12/03/2026, 09:15 - Ana Bob: hello\n"
    let export = ChatExport(fileName: "chat.txt", bytes: Array(lines.utf8))
    let hint = String(repeating: "Ana Bob ", count: 60)
    #expect(try client.client.preview(replyingTo: export, hint: hint).content.isEmpty == false)
    await #expect(throws: ClientError(InferenceError.taskInvalid, "")) {
      _ = try await client.client.reply(export, hint: hint, redaction: ChatRedaction())
    }
    #expect(client.hasSentNothing)
  }

  @Test("refused: a reply without consent")
  func noConsent() async throws {
    let client = try client(granted: false)
    await #expect(throws: ClientError(ClientError.consentMissing, "")) {
      _ = try await client.client.reply(Self.export)
    }
    #expect(client.hasSentNothing)
  }

  @Test("refused: a reply to an excluded chat, and its preview")
  func excluded() async throws {
    let client = try client()
    let identity = try Self.export.identity()
    try client.state.consent.change { $0.exclude(identity) }
    let refused = ClientError(ClientError.chatExcluded, "")
    await #expect(throws: refused) { _ = try await client.client.reply(Self.export) }
    #expect(throws: refused) { _ = try client.client.preview(replyingTo: Self.export) }
    #expect(throws: refused) { _ = try client.state.preview(replyingTo: Self.export) }
    #expect(client.hasSentNothing)
  }

  @Test("refused: a name or a hint above its limit, before anything is sent")
  func longHint() async throws {
    let client = try client()
    let refused = ClientError(InferenceError.taskInvalid, "")
    await #expect(throws: refused) {
      _ = try await client.client.reply(Self.export, hint: String(repeating: "x", count: 513))
    }
    await #expect(throws: refused) {
      _ = try await client.client.reply(Self.export, reader: String(repeating: "x", count: 257))
    }
    #expect(client.hasSentNothing)
  }
}
