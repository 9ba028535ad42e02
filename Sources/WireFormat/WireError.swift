public import ErrorCodes

/// Why bytes are not what a binary format says. Messages hold field names and numbers, never received bytes.
public struct WireError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: WireError, right: WireError) -> Bool { left.code == right.code }
}

extension WireError {
  /// The bytes end inside a field.
  public static let truncated = ErrorCode("wire-truncated")
  /// Bytes remain after the last field.
  public static let trailingBytes = ErrorCode("wire-trailing-bytes")
  /// A length or count is above the limit of its field.
  public static let limitExceeded = ErrorCode("wire-limit-exceeded")
  /// A field holds a value that its format does not allow.
  public static let invalidValue = ErrorCode("wire-invalid-value")
}
