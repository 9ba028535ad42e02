public import ErrorCodes

/// Why an endorsement could not be fetched. Messages name the vendor's service and its configured address, which the
/// operator wrote, and never what was received.
public struct FetchError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: FetchError, right: FetchError) -> Bool { left.code == right.code }
}

extension FetchError {
  /// A vendor's service gave no answer, after every attempt.
  public static let unreachable = ErrorCode("fetch-unreachable")
  /// A vendor's service asked for more patience than the tool has, or failed at every attempt.
  public static let busy = ErrorCode("fetch-service-busy")
  /// A vendor's service does not have what was asked for.
  public static let notFound = ErrorCode("fetch-not-found")
  /// A vendor's service answered with another status than success, such as a redirect, which is never followed.
  public static let status = ErrorCode("fetch-status")
  /// An answer is larger than its kind allows.
  public static let tooLarge = ErrorCode("fetch-answer-too-large")
  /// An answer is not what was asked for.
  public static let unreadable = ErrorCode("fetch-answer-unreadable")
  /// The evidence does not say what must be known to ask the vendor.
  public static let evidence = ErrorCode("fetch-evidence-unusable")
  /// An address is not `http` or `https` with a host.
  public static let address = ErrorCode("fetch-address-invalid")
  /// A folder of the tool, for its cache or its output, cannot be written.
  public static let folder = ErrorCode("fetch-folder-unwritable")
}
