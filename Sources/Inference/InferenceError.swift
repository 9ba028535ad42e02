public import ErrorCodes
import StrictJSON

/// Why an engine gave no answer, or why a request never reached one. Messages never hold text of a chat or an answer.
public struct InferenceError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// A JSON refusal keeps its code.
  init(_ error: JSONError) {
    self.init(error.code, error.message)
  }

  public static func == (left: InferenceError, right: InferenceError) -> Bool { left.code == right.code }
}

extension InferenceError {
  /// The engine has no means for this task: free chat asked of the embedded engine.
  public static let engineCannot = ErrorCode("engine-cannot")
  /// An engine outside this machine, or one reached other than by a Unix socket, was named.
  public static let engineNotLocal = ErrorCode("engine-not-local")
  /// The description of an engine that the node should run cannot be used.
  public static let engineProgramInvalid = ErrorCode("engine-program-invalid")
  /// The engine could not be reached, or its answer is not one of its protocol.
  public static let engineFailed = ErrorCode("engine-failed")
  /// The engine keeps something of a request for another one.
  public static let engineKeepsState = ErrorCode("engine-keeps-state")
  /// An event of a stream above its limit.
  public static let eventTooLong = ErrorCode("event-too-long")
  /// A completion request with a value out of its range.
  public static let requestInvalid = ErrorCode("completion-request-invalid")
}
