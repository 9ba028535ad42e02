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
    guard !messages.isEmpty else { throw InferenceError(InferenceError.taskInvalid, "there is no message to reply to") }
    try Self.requireWithinLimits(reader: reader, hint: hint)
    self.messages = messages
    self.reader = reader
    self.hint = hint
  }

  /// - Throws: `task-request-invalid` where a text is longer than it may be.
  public static func requireWithinLimits(reader: String?, hint: String?) throws(InferenceError) {
    guard (reader?.utf8.count ?? 0) <= readerByteLimit, (hint?.utf8.count ?? 0) <= hintByteLimit else {
      throw InferenceError(InferenceError.taskInvalid, "the reader's name or the hint is outside its limits")
    }
  }
}
