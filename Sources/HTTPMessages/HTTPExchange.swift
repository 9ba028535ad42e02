public import ErrorCodes

/// Sends one request to an HTTP server and returns its answer: over sockets in `HTTPTransport`, without any in tests.
///
/// No redirect is followed, no field is added beyond what HTTP itself needs, and nothing is sent again.
public protocol HTTPExchange: Sendable {
  /// - Parameters:
  ///   - server: scheme and authority, such as `http://127.0.0.4:8080`.
  ///   - bodyLimit: the largest response body, in bytes.
  /// - Throws: `HTTPExchangeError` alone.
  func send(_ request: WholeRequest, to server: String, bodyLimit: Int) async throws(HTTPExchangeError) -> WholeResponse
}

/// Sends requests, and reads answers, whose bodies come in pieces.
public protocol StreamingHTTPExchange: HTTPExchange {
  /// Returns once the answer's head is there; a refusal's may come before the request's body was read.
  /// - Throws: `http-unreachable`, `http-interrupted`.
  func stream(_ request: StreamedRequest, to server: String) async throws(HTTPExchangeError) -> StreamedResponse
}

/// Why an exchange has no answer. Messages name no address, path or content.
public struct HTTPExchangeError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: HTTPExchangeError, right: HTTPExchangeError) -> Bool { left.code == right.code }
}

extension HTTPExchangeError {
  /// No connection came about, so nothing was sent.
  public static let unreachable = ErrorCode("http-unreachable")
  /// The connection failed, or its time was over, after something may have been sent.
  public static let interrupted = ErrorCode("http-interrupted")
  /// A body is larger than its reader allows.
  public static let bodyTooLarge = ErrorCode("http-body-too-large")
  /// The answer is larger than its reader allows.
  public static let answerTooLarge = ErrorCode("http-answer-too-large")
}
