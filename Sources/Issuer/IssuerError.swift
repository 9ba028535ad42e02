public import ErrorCodes

/// Why the issuer issues no token. Messages hold no keys, no account names and nothing received.
public struct IssuerError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: IssuerError, right: IssuerError) -> Bool { left.code == right.code }
}

extension IssuerError {
  /// The request carries no account key, or one of no account.
  public static let accountUnknown = ErrorCode("issuer-account-unknown")
  /// The account has drawn its tokens of that issuer day.
  public static let quotaExceeded = ErrorCode("issuer-quota-exceeded")
  /// The request names no key of the account's plan that issues now, or asks for a day that has no keys.
  public static let keyUnknown = ErrorCode("issuer-key-unknown")
  /// The request is no token request of RFC 9578, section 6.1.
  public static let requestMalformed = ErrorCode("issuer-request-malformed")
  /// Keys or counts cannot be read or written: no token is issued without them.
  public static let stateUnavailable = ErrorCode("issuer-state-unavailable")
  /// The accounts file or a limit is not what the issuer can start with.
  public static let configurationInvalid = ErrorCode("issuer-configuration-invalid")
}
