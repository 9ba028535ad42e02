import Inference
import StrictJSON
import Trust

/// The task `rewrite`: one draft. Holds content.
package struct RewriteTask: Sendable {
  let task: PrivateTask

  /// - Throws: `task-request-invalid` for a draft with nothing in it.
  init(draft: String, tone: RewriteRequest.Tone, answerClass: AnswerClass) throws(ClientError) {
    let request = try coded { try RewriteRequest(draft: draft, tone: tone) }
    let content: JSONValue = ["draft": .string(request.draft), "tone": .string(request.tone.rawValue)]
    task = PrivateTask(
      name: RewriteAnswer.task, nodeRole: "assistant", capabilities: tone.needsModel ? .model : .modelOrRules,
      path: "/v1/tasks/rewrite", content: content.canonicalBytes, answerClass: answerClass)
  }
}

extension RewriteTask {
  /// A node's answer. Holds content.
  package struct Result {
    package let text: String
    package let engineName: String
    let isRuleBased: Bool
    package let unknownWords: [String]
    package let engine: Duration

    /// - Throws: `answer-malformed`.
    package init(parsing content: [UInt8]) throws(ClientError) {
      do {
        var object = try JSONObject(parsing: content, name: "rewrite answer")
        text = AnswerSanitizer.sanitized(try object.string("text"))
        engineName = AnswerSanitizer.sanitized(try object.string("engine"))
        isRuleBased = try object.boolean("ruleBased")
        unknownWords = try object.strings("unknownWords").map { AnswerSanitizer.sanitized($0) }
        engine = .microseconds(Int64(clamping: min(try object.count("engineMicroseconds"), 1 << 40)))
        try object.finish()
      } catch {
        throw ClientError(ClientError.answerMalformed, "rewriting is not of its schema")
      }
    }
  }
}
