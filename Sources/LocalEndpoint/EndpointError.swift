public import ErrorCodes
import HTTPMessages
import PartyHosting

/// Why the local endpoint refuses a request or fails at it. A refusal of the client keeps its own code.
///
/// Messages hold no received text. `member` alone does, so that a developer sees which member was meant; it goes back to
/// whoever sent it and nowhere else.
public struct EndpointError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String
  /// The name of the request's member that is refused.
  public let member: String?

  public init(_ code: ErrorCode, _ message: String, member: String? = nil) {
    self.code = code
    self.message = message
    self.member = member
  }

  /// The same refusal, by the library that found it.
  public init(_ cause: any CodedError) {
    self.init(cause.code, cause.message)
  }

  public static func == (left: EndpointError, right: EndpointError) -> Bool { left.code == right.code }
}

extension EndpointError {
  /// Another program has the port on which the endpoint should listen, or this one may not have it.
  public static let portTaken = ErrorCode("endpoint-port-taken")
}

// Who asks.
extension EndpointError {
  /// The request names another host than the address on which the endpoint listens, as after DNS rebinding.
  public static let hostForeign = ErrorCode("endpoint-host-foreign")
  /// A page of another web origin asks.
  public static let originForeign = ErrorCode("endpoint-origin-foreign")
  /// A browser says that another site caused the request.
  public static let siteForeign = ErrorCode("endpoint-site-foreign")
  /// The request has no key, or more than one.
  public static let keyMissing = ErrorCode("endpoint-key-missing")
  /// No app has this key, or no longer.
  public static let keyUnknown = ErrorCode("endpoint-key-unknown")
  /// The page's secret is missing or is not that of this run.
  public static let secretWrong = ErrorCode("endpoint-secret-wrong")
}

// What is asked.
extension EndpointError {
  /// The endpoint has nothing under this path.
  public static let notFound = HostingError.notFound
  /// The endpoint has something under this path, for another method.
  public static let methodNotAllowed = HostingError.methodNotAllowed
  /// The body is of another content type than the route takes.
  public static let contentType = ErrorCode("endpoint-content-type")
  /// The body is above the limit of its route.
  public static let bodyTooLarge = HostingError.requestTooLarge
  /// The body did not come to its end.
  public static let bodyInterrupted = HTTPExchangeError.interrupted
}

// What an app asks of OpenAI's protocol.
extension EndpointError {
  /// A value of OpenAI's protocol that is not offered here.
  public static let valueUnsupported = ErrorCode("completion-value-unsupported")
  /// The endpoint answers as many requests as it does at a time.
  public static let busy = ErrorCode("endpoint-busy")
}

// What the page's script asks.
extension EndpointError {
  /// The person turned the feature off: nothing but the switch answers.
  static let pageOff = ErrorCode("page-off")
  /// A body or field of the page's script is out of its range.
  static let pageRequest = ErrorCode("page-request-invalid")
  /// The chat that is meant is not open any more.
  static let pageChatUnknown = ErrorCode("page-chat-unknown")
  /// The preview that is meant is not the one shown last.
  static let pagePreviewUnknown = ErrorCode("page-preview-unknown")
  /// The file has no chat of this name, or the list changed.
  static let pageChoiceUnknown = ErrorCode("page-choice-unknown")
}
