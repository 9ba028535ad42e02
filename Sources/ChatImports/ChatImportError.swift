import ChatHistory
public import ErrorCodes

/// Why a file is no chat that can be read. A refusal of a library beneath keeps its own code. Messages hold numbers of
/// lines, messages and bytes, never text of the file. Errors are equal when their codes are.
public struct ChatImportError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The same refusal, by the library that found it.
  init(_ cause: any CodedError) {
    code = cause.code
    message = cause.message
  }

  public static func == (left: ChatImportError, right: ChatImportError) -> Bool { left.code == right.code }
}

extension ChatImportError {
  /// The file holds several chats, and none was chosen.
  public static let chatNotChosen = ErrorCode("chat-not-chosen")
  /// The file holds no chat of the name or identifier that was chosen.
  public static let chatUnknown = ErrorCode("chat-unknown")
  /// Several chats of the file have the name that was chosen.
  public static let chatNameAmbiguous = ErrorCode("chat-name-ambiguous")

  static func notAnExport(_ message: String) -> ChatImportError {
    ChatImportError(ChatHistoryError.notAnExport, message)
  }

  static func tooLarge(_ message: String) -> ChatImportError { ChatImportError(ChatHistoryError.tooLarge, message) }
}
