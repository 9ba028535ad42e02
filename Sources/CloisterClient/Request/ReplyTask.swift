import ChatHistory
import Inference
import StrictJSON
import Trust

/// The task `reply`: the newest messages of one chat, and what the person wants to say. Holds content.
package struct ReplyTask: Sendable {
  let selection: ChatSelection
  let task: PrivateTask

  /// As much of the range as the largest class of requests holds.
  /// - Throws: `task-request-invalid` where there is nothing to reply to, or a text is longer than it may be.
  init(_ outgoing: OutgoingChat, answerClass: AnswerClass) throws(ClientError) {
    try coded { try ReplyRequest.requireWithinLimits(reader: outgoing.reader, hint: outgoing.hint) }
    let (selection, content) = ChatContent.fitting(outgoing.chat, outgoing.range) { transcript in
      var members: [String: JSONValue] = ["transcript": .string(transcript)]
      members["reader"] = outgoing.reader.map { .string($0) }
      members["hint"] = outgoing.hint.map { .string($0) }
      return JSONValue.object(members).canonicalBytes
    }
    guard selection.messages.contains(where: { $0.sender != nil }) else {
      throw ClientError(InferenceError.taskInvalid, "there is no message to reply to")
    }
    self.selection = selection
    task = PrivateTask(
      name: ReplyAnswer.task, nodeRole: "assistant", capabilities: .model, path: "/v1/tasks/reply", content: content,
      answerClass: answerClass)
  }
}

extension ReplyTask {
  /// A node's answer. Holds content.
  package struct Result {
    package let text: String
    package let engineName: String
    package let engine: Duration

    /// - Throws: `answer-malformed`.
    package init(parsing content: [UInt8]) throws(ClientError) {
      do {
        var object = try JSONObject(parsing: content, name: "reply answer")
        text = AnswerSanitizer.sanitized(try object.string("text"))
        engineName = AnswerSanitizer.sanitized(try object.string("engine"))
        engine = .microseconds(Int64(clamping: min(try object.count("engineMicroseconds"), 1 << 40)))
        try object.finish()
      } catch {
        throw ClientError(ClientError.answerMalformed, "reply is not of its schema")
      }
    }
  }
}
