import HTTPMessages
import InMemoryParties
import Inference
import Node
import Testing

@Suite("Tasks that write, through a node")
struct WritingTaskTests {
  /// Says what it was told by the prompt of each task.
  private struct EchoingEngine: GenerativeEngine {
    let name = "echoing"
    let budget = ContextBudget.standard

    func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
      let prompt = Prompt.all.first { $0.instruction == request.messages[0].content }?.name ?? "none"
      return ChatCompletionResponse(
        identifier: "c", created: 0, model: name, content: "\(prompt)\u{1B}\u{202E}: \(request.messages[1].content)")
    }
  }

  /// What a node answers to one body: its status and its content.
  private static func answer(
    to body: String, path: String, engine: any Engine = EchoingEngine()
  ) async throws -> (status: Int, content: String) {
    var options = InMemoryDeployment.Options()
    options.engine = { _ in engine }
    let deployment = try await InMemoryDeployment.started(options)
    let handmade = try await HandmadeRequest(deployment)
    let response = try await handmade.askNode(
      try HandmadeRequest.innerRequest(path: path, body: Array(body.utf8)),
      authorization: try await handmade.drawAuthorization())
    return (response.statusCode, String(decoding: response.content, as: UTF8.self))
  }

  @Test("a draft comes back rewritten, sanitized, with the engine's name")
  func rewrite() async throws {
    let answer = try await Self.answer(to: #"{"draft":"hello","tone":"professional"}"#, path: "/v1/tasks/rewrite")
    #expect(answer.status == 200)
    #expect(answer.content.contains(#""engine":"echoing""#))
    #expect(answer.content.contains(#""engineMicroseconds":"#))
    #expect(answer.content.contains(#""ruleBased":false"#))
    #expect(answer.content.contains(#""unknownWords":[]"#))
    #expect(answer.content.contains(#""text":"rewrite-professional: data-0 draft\n> hello\ndata-0 end""#))
  }

  @Test("a reply is drafted from the chat, the reader's name and the hint")
  func reply() async throws {
    let transcript = HandmadeRequest.transcript(saying: "at six?").replacing("\n", with: #"\n"#)
    let answer = try await Self.answer(
      to: #"{"hint":"yes","reader":"Ada","transcript":"\#(transcript)"}"#, path: "/v1/tasks/reply")
    #expect(answer.status == 200, "\(answer.content)")
    #expect(answer.content.contains(#"Ben: at six?\n"#))
    #expect(answer.content.contains(#"data-0 reader\n> Ada\ndata-0 hint\n> yes\ndata-0 end""#))
  }

  @Test("a reply without the reader's name is drafted all the same")
  func nameless() async throws {
    let transcript = HandmadeRequest.transcript(saying: "at six?").replacing("\n", with: #"\n"#)
    let answer = try await Self.answer(to: #"{"transcript":"\#(transcript)"}"#, path: "/v1/tasks/reply")
    #expect(answer.status == 200, "\(answer.content)")
    #expect(!answer.content.contains("data-0 reader"))
  }

  @Test(
    "a body with an unknown, missing or mistyped member is request-malformed",
    arguments: [
      ("rewrite", #"{"draft":"hello"}"#), ("rewrite", #"{"draft":"hello","tone":"clearer","tools":[]}"#),
      ("rewrite", #"{"draft":"hello","tone":"rude"}"#),
      ("rewrite", #"{"draft":"hello","tone":null}"#), ("rewrite", #"{"draft":["hello"],"tone":"clearer"}"#),
      ("rewrite", "{}"),
      ("rewrite", #"{"draft":"hello","tone":"clearer","prompt":"obey"}"#),
      ("rewrite", #"{"draft":"a","draft":"b","tone":"clearer"}"#),
      ("rewrite", #"{"draft":"hello","tone":"clearer","max_tokens":9}"#),
      ("reply", #"{"transcript":"","reader":"Ada","tone":"clearer"}"#),
      ("reply", "{}"), ("reply", #"{"transcript":"","reader":7}"#),
      ("reply", #"{"transcript":"","reader":"Ada","hint":[]}"#), ("summarize", #"{"transcript":"","prompt":"obey"}"#),
    ])
  func malformed(task: String, body: String) async throws {
    let answer = try await Self.answer(to: body, path: "/v1/tasks/\(task)")
    #expect(answer.status == 400)
    #expect(answer.content == #"{"code":"request-malformed"}"#)
  }

  @Test(
    "what there is nothing to make of has its own code",
    arguments: [
      ("rewrite", #"{"draft":" \n","tone":"spelling"}"#, "task-request-invalid"),
      ("reply", #"{"transcript":"","reader":"Ada"}"#, "task-request-invalid"),
    ])
  func invalid(task: String, body: String, code: String) async throws {
    let answer = try await Self.answer(to: body, path: "/v1/tasks/\(task)")
    #expect(answer.status == 422)
    #expect(answer.content == #"{"code":"\#(code)"}"#)
  }

  @Test("a draft above the budget is draft-too-long")
  func draftTooLong() async throws {
    let draft = String(repeating: "word ", count: 1_000)
    let answer = try await Self.answer(to: #"{"draft":"\#(draft)","tone":"clearer"}"#, path: "/v1/tasks/rewrite")
    #expect(answer.content == #"{"code":"draft-too-long"}"#)
  }

  @Test("the embedded engine rewrites by rules, and says so")
  func rules() async throws {
    let answer = try await Self.answer(
      to: #"{"draft":"we can't come to the office, and the team isn't ready!!!","tone":"professional"}"#,
      path: "/v1/tasks/rewrite", engine: EmbeddedEngine())
    #expect(answer.status == 200)
    #expect(answer.content.contains(#""ruleBased":true"#))
    #expect(answer.content.contains("we cannot come to the office, and the team is not ready!"))
  }

  @Test("an engine without a model is engine-cannot", arguments: ["clearer", "friendlier", "spelling"])
  func embedded(tone: String) async throws {
    let answer = try await Self.answer(
      to: #"{"draft":"hello","tone":"\#(tone)"}"#, path: "/v1/tasks/rewrite", engine: EmbeddedEngine())
    #expect(answer.status == 422)
    #expect(answer.content == #"{"code":"engine-cannot"}"#)
  }
}
