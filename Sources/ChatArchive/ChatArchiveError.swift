public import ErrorCodes

/// Why an archive is not read. Messages hold counts and sizes, never names or text of the archive. Errors are equal
/// when their codes are.
public struct ChatArchiveError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: ChatArchiveError, right: ChatArchiveError) -> Bool { left.code == right.code }
}

extension ChatArchiveError {
  /// Not a zip archive, or one that contradicts itself.
  public static let malformed = ErrorCode("archive-malformed")
  /// The archive has more entries, or its chat more bytes, than are read.
  public static let tooLarge = ErrorCode("archive-too-large")
  /// The archive's chat grows too much when unpacked, as no text does.
  public static let ratio = ErrorCode("archive-ratio")
  /// The name of the archive's chat is a path, or no name at all.
  public static let unsafeName = ErrorCode("archive-name-unsafe")
  /// Two entries that may be the chat have one name.
  public static let repeatedName = ErrorCode("archive-name-repeated")
  /// The archive's chat is encrypted.
  public static let encrypted = ErrorCode("archive-encrypted")
  /// The chat is packed by another method than WhatsApp uses.
  public static let method = ErrorCode("archive-method")
  /// No entry is a chat.
  public static let noChat = ErrorCode("archive-no-chat")
  /// Several entries may be the chat.
  public static let severalChats = ErrorCode("archive-several-chats")
}
