/// A chat to answer in somebody's name.
public struct ReplyRequest: Sendable {
  public static let readerByteLimit = 256
  public static let hintByteLimit = 512

  /// In the order of the chat; untrusted text.
  public let messages: [ChatMessage]
  /// In whose name the reply is written, where it is known.
  public let reader: String?
  /// What the reply should say, in the reader's own words.
  public let hint: String?

  /// - Throws: `task-request-invalid` where there is no message, or a text is outside its limits.
  public init(messages: [ChatMessage], reader: String? = nil, hint: String? = nil) throws(InferenceError) {
    guard !messages.isEmpty, (reader?.utf8.count ?? 0) <= Self.readerByteLimit,
      (hint?.utf8.count ?? 0) <= Self.hintByteLimit
    else { throw InferenceError(InferenceError.taskInvalid, "reply has no message, or a text outside its limits") }
    self.messages = messages
    self.reader = reader
    self.hint = hint
  }
}
