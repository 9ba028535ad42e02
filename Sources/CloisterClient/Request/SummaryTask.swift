import ChatHistory
import StrictJSON
import Trust

/// The task `summarize`: the newest messages of one chat. Holds content.
package struct SummaryTask: Sendable {
  static let name = "summarize"

  let selection: ChatSelection
  let task: PrivateTask

  /// As much of the range as the largest class of requests holds.
  init(chat: Chat, range: ChatSelection.Range, reader: String?, answerClass: AnswerClass) {
    let (selection, content) = ChatContent.fitting(chat, range) { transcript in
      var members: [String: JSONValue] = ["transcript": .string(transcript)]
      members["reader"] = reader.map { .string($0) }
      return JSONValue.object(members).canonicalBytes
    }
    self.selection = selection
    task = PrivateTask(
      name: Self.name, nodeRole: PrivateTask.assistantRole, capabilities: .modelOrRules, path: "/v1/tasks/summarize",
      content: content, answerClass: answerClass)
  }
}

extension SummaryTask {
  /// A node's answer. Holds content.
  package struct Result {
    package let summary: String
    package let engineName: String
    let isExtractive: Bool
    package let engine: Duration

    /// - Throws: `answer-malformed`.
    package init(parsing content: [UInt8]) throws(ClientError) {
      do {
        var object = try JSONObject(parsing: content, name: "summary answer")
        summary = try object.string("summary")
        engineName = try object.string("engine")
        isExtractive = try object.boolean("extractive")
        engine = .microseconds(Int64(clamping: min(try object.count("engineMicroseconds"), 1 << 40)))
        try object.finish()
      } catch {
        throw ClientError(ClientError.answerMalformed, "summary is not of its schema")
      }
    }
  }
}
