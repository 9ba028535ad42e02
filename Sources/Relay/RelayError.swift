public import ErrorCodes

/// Why the relay carries a request no further.
public enum RelayError {
  /// No operator of this name is on the relay's list.
  public static let gatewayUnknown = ErrorCode("relay-gateway-unknown")
  /// The request is of another media type than Oblivious HTTP's.
  public static let mediaType = ErrorCode("relay-media-type")
  /// The request carries a query, or a body where a public file is fetched.
  public static let requestRefused = ErrorCode("relay-request-refused")
  /// The operator's server gave no answer.
  public static let gatewayUnreachable = ErrorCode("relay-gateway-unreachable")
  /// The operator's server did not answer in time.
  public static let gatewayTimeout = ErrorCode("relay-gateway-timeout")
  /// As many requests wait for the operator's server as the relay lets wait, or one waited in vain while others were
  /// served.
  public static let busy = ErrorCode("relay-busy")
}
