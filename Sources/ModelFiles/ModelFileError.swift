public import ErrorCodes

/// Why a file is no model that may be loaded. Messages hold positions, counts and numbers, never names or text of the
/// file. Errors are equal when their codes are.
public struct ModelFileError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: ModelFileError, right: ModelFileError) -> Bool { left.code == right.code }
}

extension ModelFileError {
  /// A model file is empty, a pickle, or of another format than was named; GGUF of another version or byte order than
  /// is read counts as another format.
  public static let formatRefused = ErrorCode("model-format-refused")
  /// A model file breaks a rule of its format, ends before its data does, or is above a limit.
  public static let malformed = ErrorCode("model-malformed")
  /// Bytes of a model file cannot be read.
  public static let unreadable = ErrorCode("model-unreadable")
}

extension ModelFileError {
  static func formatRefused(_ message: String) -> ModelFileError { ModelFileError(formatRefused, message) }
  static func malformed(_ message: String) -> ModelFileError { ModelFileError(malformed, message) }
}
