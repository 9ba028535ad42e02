public import ErrorCodes

/// Why the server ended an exchange, or cannot serve. Messages hold nothing that a client sent.
public struct HTTPServingError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: HTTPServingError, right: HTTPServingError) -> Bool { left.code == right.code }
}

extension HTTPServingError {
  /// A request's head or body did not arrive whole within its time.
  public static let requestTimeout = ErrorCode("request-timeout")
  /// A client left its answer unread for too long.
  public static let clientStalled = ErrorCode("client-stalled")
  /// Bytes that are no request of HTTP/1.1 or HTTP/2.
  public static let requestMalformed = ErrorCode("http-request-malformed")
  /// A request's head is above its limit.
  public static let headTooLarge = ErrorCode("request-head-too-large")
  /// An address sends more requests than its rate allows.
  public static let tooManyRequests = ErrorCode("too-many-requests")
  /// The exchange was over before this part was written.
  public static let exchangeOver = ErrorCode("exchange-over")
  /// Certificate or key of the server cannot be used.
  public static let certificateUnusable = ErrorCode("certificate-unusable")
}
