public import ErrorCodes

/// Why a file is no chat export, or a transcript is not canonical. Messages hold line numbers and sizes, never text of
/// the chat. Errors are equal when their codes are.
public struct ChatHistoryError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String
  /// The line, counted from 1, where the code is about one.
  public let lineNumber: Int?

  public init(_ code: ErrorCode, _ message: String, lineNumber: Int? = nil) {
    self.code = code
    self.message = message
    self.lineNumber = lineNumber
  }

  public static func == (left: ChatHistoryError, right: ChatHistoryError) -> Bool { left.code == right.code }
}

extension ChatHistoryError {
  /// The file does not start with a message line of any known export format.
  public static let notAnExport = ErrorCode("chat-not-an-export")
  /// The file, or its number of messages, is above the limit.
  public static let tooLarge = ErrorCode("chat-too-large")
  /// One line of the file is longer than the limit.
  public static let lineTooLong = ErrorCode("chat-line-too-long")
  /// A transcript that is not in its canonical form.
  public static let transcriptMalformed = ErrorCode("chat-transcript-malformed")
  /// A transcript, one of its messages or a name is above its limit.
  public static let transcriptTooLarge = ErrorCode("chat-transcript-too-large")
}
