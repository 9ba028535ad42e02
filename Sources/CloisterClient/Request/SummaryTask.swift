import ChatHistory
import StrictJSON
import Trust

/// The task `summarize`: the newest messages of one chat. Holds content.
struct SummaryTask: Sendable {
  static let name = "summarize"

  let selection: ChatSelection
  let task: PrivateTask

  /// As much of the range as the largest class of requests holds.
  init(chat: Chat, range: ChatSelection.Range, reader: String?, answerClass: AnswerClass) {
    var limit = ChatTranscript.byteCountLimit
    while true {
      let selection = ChatSelection(chat, range, byteCountLimit: limit)
      let content = Self.content(transcript: selection.transcript, reader: reader)
      let excess = content.count - Self.contentLimit
      if excess <= 0 || limit == 0 {
        self.selection = selection
        task = PrivateTask(
          name: Self.name, nodeRole: PrivateTask.assistantRole, path: "/v1/tasks/summarize", content: content,
          answerClass: answerClass)
        return
      }
      // Escapes make the text longer than the transcript is.
      limit = max(limit - excess, 0)
    }
  }

  /// The largest class, less what Binary HTTP adds to the content.
  private static let contentLimit = RequestClass.largest.byteCount - 1_024

  private static func content(transcript: String, reader: String?) -> [UInt8] {
    var members: [String: JSONValue] = ["transcript": .string(transcript)]
    if let reader { members["reader"] = .string(reader) }
    return JSONValue.object(members).canonicalBytes
  }
}

extension SummaryTask {
  /// A node's answer. Holds content.
  struct Result {
    let summary: String
    let engineName: String
    let isExtractive: Bool
    let engine: Duration

    /// - Throws: `answer-malformed`.
    init(parsing content: [UInt8]) throws(ClientError) {
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
