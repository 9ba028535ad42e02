import ChatHistory
package import Inference
package import StrictJSON

// The bodies of tasks (docs/formats/tasks.md): closed objects, of which an unknown member is refused. Written anew where a
// task is passed on to another node.

extension SummaryRequest {
  /// `{"transcript": …, "reader"?: …}`
  package init(parsing content: [UInt8]) throws {
    var object = try JSONObject(parsing: content, name: "summarize request")
    let messages = try Self.messages(of: try object.string("transcript"))
    let reader = try object.optionalString("reader")
    try object.finish()
    self.init(messages: messages, reader: reader)
  }

  package var body: JSONValue {
    var members: [String: JSONValue] = ["transcript": .string(Self.transcript(of: messages))]
    members["reader"] = reader.map { .string($0) }
    return .object(members)
  }

  fileprivate static func transcript(of messages: [Inference.ChatMessage]) -> String {
    ChatTranscript.text(
      of: messages.compactMap { message in
        LocalTime(
          year: message.time.year, month: message.time.month, day: message.time.day, hour: message.time.hour,
          minute: message.time.minute
        ).map { Message(time: $0, sender: message.sender, kind: .text, text: message.text) }
      })
  }

  fileprivate static func messages(of transcript: String) throws -> [Inference.ChatMessage] {
    try ChatTranscript.parse(transcript).compactMap { message in
      guard let sender = message.sender,
        let time = LocalMinute(
          year: message.time.year, month: message.time.month, day: message.time.day, hour: message.time.hour,
          minute: message.time.minute)
      else { return nil }
      return Inference.ChatMessage(time: time, sender: sender, text: message.text)
    }
  }
}

extension ReplyRequest {
  /// `{"transcript": …, "reader"?: …, "hint"?: …}`
  package init(parsing content: [UInt8]) throws {
    var object = try JSONObject(parsing: content, name: "reply request")
    let messages = try SummaryRequest.messages(of: try object.string("transcript"))
    let reader = try object.optionalString("reader")
    let hint = try object.optionalString("hint")
    try object.finish()
    try self.init(messages: messages, reader: reader, hint: hint)
  }

  package var body: JSONValue {
    var members: [String: JSONValue] = ["transcript": .string(SummaryRequest.transcript(of: messages))]
    members["reader"] = reader.map { .string($0) }
    members["hint"] = hint.map { .string($0) }
    return .object(members)
  }
}

extension RewriteRequest {
  /// `{"draft": …, "tone": …}`
  package init(parsing content: [UInt8]) throws {
    var object = try JSONObject(parsing: content, name: "rewrite request")
    let draft = try object.string("draft")
    guard let tone = Tone(rawValue: try object.string("tone")) else { throw TaskRefusal.malformed }
    try object.finish()
    try self.init(draft: draft, tone: tone)
  }

  package var body: JSONValue { ["draft": .string(draft), "tone": .string(tone.rawValue)] }
}

extension JSONObject {
  /// Nil where the member is not there; `null` is not a string.
  fileprivate mutating func optionalString(_ member: StaticString) throws(TaskRefusal) -> String? {
    switch optional(member) {
    case nil: nil
    case .string(let text)?: text
    default: throw .malformed
    }
  }
}
