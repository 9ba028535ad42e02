import CloisterClient
import ErrorCodes
import Inference
import StrictJSON
import Synchronization
import TestDeployment
import Testing
import Trust

@Suite("A task's answer, word by word")
struct TaskWordsTests {
  /// What was told while the answer came.
  private final class Told: Sendable {
    private let pieces = Mutex<[String]>([])

    var all: [String] { pieces.withLock { $0 } }
    var text: String { all.joined() }

    func receive(_ words: String) { pieces.withLock { $0.append(words) } }
  }

  private static func words(_ text: String) -> String { String(decoding: AnswerWords.event(text), as: UTF8.self) }

  private static func summary(_ text: String) -> String {
    JSONValue.object([
      "summary": .string(text), "extractive": false, "engine": "test engine", "engineMicroseconds": 10,
    ]).canonicalText
  }

  private func client(_ events: [String]) throws -> ClientFixture {
    let client = try ClientHarness().client
    client.parties.behave { $0.events = events }
    return client
  }

  private func summarize(
    _ events: [String], _ told: Told, redaction: ChatRedaction? = nil, answerClass: AnswerClass = .strict
  ) async throws -> SummaryAnswer {
    let client = try client(events)
    return try await client.client.summarize(
      ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8)), redaction: redaction,
      answerClass: answerClass
    ) { told.receive($0) }
  }

  private func refusal(_ events: [String]) async -> ErrorCode? {
    do {
      _ = try await summarize(events, Told())
      return nil
    } catch {
      return (error as? any CodedError)?.code
    }
  }

  @Test("words come before the summary, and are the summary", arguments: [AnswerClass.frames, .strict])
  func told(answerClass: AnswerClass) async throws {
    let told = Told()
    let events = [Self.words("They meet"), Self.words(" on Friday."), Self.summary("They meet on Friday."), "[DONE]"]
    let answer = try await summarize(events, told, answerClass: answerClass)
    #expect(answer.summary == "They meet on Friday.")
    #expect(told.text == answer.summary)
    #expect(told.all.count > 1)
  }

  @Test("a summary without words, of an engine without a model, is told as a whole alone")
  func untold() async throws {
    let told = Told()
    #expect(try await summarize([Self.summary("Quoted."), "[DONE]"], told).summary == "Quoted.")
    #expect(told.all.isEmpty)
  }

  @Test("what was replaced is put back into words, wherever they are cut")
  func restored() async throws {
    let text = "Name1 brings it, Name2 asks: Name9 stays."
    for cut in [1, 4, 5, 6, 17, 20, 21, 22, 33] {
      let told = Told()
      let events = [
        Self.words(String(text.prefix(cut))), Self.words(String(text.dropFirst(cut))), Self.summary(text), "[DONE]",
      ]
      let answer = try await summarize(events, told, redaction: ChatRedaction())
      #expect(answer.summary == "Ana brings it, Ben asks: Name9 stays.")
      #expect(told.text == answer.summary)
    }
  }

  @Test("control and direction characters are taken out of words")
  func sanitized() async throws {
    let told = Told()
    let text = "red \u{1B}[31m\u{202E}text"
    _ = try await summarize([Self.words(text), Self.summary(text), "[DONE]"], told)
    #expect(told.text == "red [31mtext")
  }

  @Test("refused: words that are not those of the summary, or more or less of them")
  func otherWords() async throws {
    for words in [["Another one."], ["They meet", "!"], ["They"], ["They meet.", " More."]] {
      let events = words.map(Self.words) + [Self.summary("They meet."), "[DONE]"]
      #expect(await refusal(events) == ClientError.answerMalformed)
    }
  }

  @Test("refused: words without a summary, behind it, or not of their schema")
  func misplacedWords() async throws {
    #expect(await refusal([Self.words("They meet."), "[DONE]"]) == ClientError.answerMalformed)
    let behind = [Self.words("They"), Self.summary("They meet."), Self.words(" meet."), "[DONE]"]
    #expect(await refusal(behind) == ClientError.answerMalformed)
    for event in [#"{"words":7}"#, #"{"words":"a","more":1}"#, #"{"words"}"#] {
      #expect(await refusal([event, Self.summary("a"), "[DONE]"]) == TrustError.malformed)
    }
  }

  @Test("refused: a summary that its node breaks off behind words, by the node's code")
  func brokenOff() async throws {
    let events = [Self.words("They"), #"{"error":{"code":"engine-too-slow"}}"#]
    #expect(await refusal(events) == ClientError.engineTooSlow)
  }

  @Test("a rewriting and a reply are told as well, and held to what was told")
  func written() async throws {
    let rewriting: JSONValue = [
      "text": "We meet.", "ruleBased": false, "unknownWords": [], "engine": "test engine", "engineMicroseconds": 10,
    ]
    let reply: JSONValue = ["text": "We meet.", "engine": "test engine", "engineMicroseconds": 10]
    for (said, isRight) in [("We meet.", true), ("Never.", false)] {
      let told = Told()
      let client = try client([Self.words(said), rewriting.canonicalText, "[DONE]"])
      for task in [RewriteAnswer.task, ReplyAnswer.task] { try client.state.consent.change { $0.grant(task) } }
      let text = try? await client.client.rewrite("meet", tone: .clearer, answerClass: .frames) { told.receive($0) }
        .text
      #expect(text == (isRight ? "We meet." : nil))
      client.parties.behave { $0.events = [Self.words(said), reply.canonicalText, "[DONE]"] }
      let drafted = try? await client.client.reply(
        ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8)), answerClass: .frames
      ) { told.receive($0) }.text
      #expect(drafted == (isRight ? "We meet." : nil))
      #expect(told.all == [said, said])
    }
  }
}
