public import ErrorCodes

/// Why bytes are not a Binary HTTP message, or a message does not fit. Messages hold field names and numbers, never
/// received bytes. Errors are equal when their codes are.
public struct BinaryHTTPError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: BinaryHTTPError, right: BinaryHTTPError) -> Bool { left.code == right.code }
}

extension BinaryHTTPError {
  /// The framing indicator is unknown, or belongs to the other kind of message.
  public static let framing = ErrorCode("bhttp-framing")
  /// The message ends where RFC 9292, section 3.8, allows no end.
  public static let truncated = ErrorCode("bhttp-truncated")
  /// A method, scheme, authority, path or status code that HTTP/2 does not allow.
  public static let invalidControlData = ErrorCode("bhttp-invalid-control-data")
  /// A field name that is no token, a value that HTTP/2 calls malformed, a pseudo-field where none may be, a `host` field
  /// that contradicts the authority, or a field line that does not end with its section.
  public static let invalidField = ErrorCode("bhttp-invalid-field")
  /// A byte other than zero after the message.
  public static let padding = ErrorCode("bhttp-padding")
  /// A length or count above its limit.
  public static let limitExceeded = ErrorCode("bhttp-limit-exceeded")
  /// The encoded message is longer than the size class it was to be padded to.
  public static let classExceeded = ErrorCode("bhttp-class-exceeded")
}
