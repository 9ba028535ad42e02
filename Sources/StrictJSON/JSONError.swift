public import ErrorCodes

/// Why a text is not the JSON that its reader expects. Messages name members and positions, never values.
public struct JSONError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: JSONError, right: JSONError) -> Bool { left.code == right.code }
}

extension JSONError {
  /// Not JSON at all, or deeper or longer than the limits.
  public static let malformed = ErrorCode("json-malformed")
  /// One object names a member twice.
  public static let duplicateMember = ErrorCode("json-duplicate-member")
  /// An object has a member that its schema does not know.
  public static let unknownMember = ErrorCode("json-unknown-member")
  /// An object lacks a member that its schema demands.
  public static let missingMember = ErrorCode("json-missing-member")
  /// A member has another type or range than its schema demands.
  public static let wrongType = ErrorCode("json-wrong-type")
}
