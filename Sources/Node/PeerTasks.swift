import Inference
import StrictJSON

/// Tasks that the nodes behind an orchestrator do themselves: each is passed on whole, written anew from its typed form.
/// Chats and vectors are `engine-cannot`.
struct PeerTasks: Engine {
  let name: String
  let call: PeerCall

  func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    var answer = try await ask("summarize", request.body)
    let summary = try answer.read { try $0.string("summary") }
    let isExtractive = try answer.read { try $0.boolean("extractive") }
    try answer.finish()
    return Summary(
      content: .rendered(summary, isExtractive: isExtractive), language: Language(detectedIn: request.messages))
  }

  func rewrite(_ request: RewriteRequest) async throws(InferenceError) -> WrittenText {
    var answer = try await ask("rewrite", request.body)
    let text = try answer.read { try $0.string("text") }
    let isRuleBased = try answer.read { try $0.boolean("ruleBased") }
    let unknownWords = try answer.read { try $0.strings("unknownWords") }
    try answer.finish()
    return WrittenText(
      content: text, language: Language(detectedIn: [request.draft]), isRuleBased: isRuleBased,
      unknownWords: unknownWords)
  }

  func reply(_ request: ReplyRequest) async throws(InferenceError) -> WrittenText {
    var answer = try await ask("reply", request.body)
    let text = try answer.read { try $0.string("text") }
    try answer.finish()
    return WrittenText(content: text, language: Language(detectedIn: request.messages))
  }

  func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    throw InferenceError(InferenceError.engineCannot, "whole tasks are passed on, and a chat is none")
  }

  private func ask(_ task: String, _ body: JSONValue) async throws(InferenceError) -> Answer {
    try Answer(parsing: try await call.post(body.canonicalBytes, to: "/v1/tasks/" + task))
  }

  /// A closed object; what is not of the task's schema is `engine-failed`.
  private struct Answer {
    private var object: JSONObject

    init(parsing content: [UInt8]) throws(InferenceError) {
      do {
        object = try JSONObject(parsing: content, name: "answer of a peer")
        // What that node's engine is called, and how long it took, stay here.
        _ = try object.string("engine")
        _ = try object.count("engineMicroseconds")
      } catch {
        throw Self.malformed
      }
    }

    mutating func read<Value>(_ member: (inout JSONObject) throws -> Value) throws(InferenceError) -> Value {
      do { return try member(&object) } catch { throw Self.malformed }
    }

    func finish() throws(InferenceError) {
      do { try object.finish() } catch { throw Self.malformed }
    }

    private static let malformed = InferenceError(
      InferenceError.engineFailed, "the peer's answer is not of its schema")
  }
}
