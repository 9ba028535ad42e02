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
  /// The request carries no account key, or one of no account, or a wrong one.
  public static let accountUnknown = ErrorCode("issuer-account-unknown")
  /// The account was revoked by the operator.
  public static let accountRevoked = ErrorCode("issuer-account-revoked")
  /// The account's plan is none that the issuer has keys for.
  public static let planUnknown = ErrorCode("issuer-plan-unknown")
  /// Too many wrong keys were tried for one account within a minute.
  public static let attemptsExceeded = ErrorCode("issuer-attempts-exceeded")
  /// Too many account keys wait to be verified.
  public static let busy = ErrorCode("issuer-busy")
  /// The account has fewer tokens left of that issuer day than the request asks for.
  public static let quotaExceeded = ErrorCode("issuer-quota-exceeded")
  /// The request names no key of the account's plan that issues now, or asks for a day that has no keys.
  public static let keyUnknown = ErrorCode("issuer-key-unknown")
  /// The request is no token request of RFC 9578, section 6.1, and no batch of them.
  public static let requestMalformed = ErrorCode("issuer-request-malformed")
  /// Keys or counts cannot be read or written: no token is issued without them.
  public static let stateUnavailable = ErrorCode("issuer-state-unavailable")
  /// A plan, a name or a limit is not what the issuer can work with.
  public static let configurationInvalid = ErrorCode("issuer-configuration-invalid")
  /// An account of that name is there already.
  public static let accountExists = ErrorCode("issuer-account-exists")
  /// Nothing is stored about the account that the operator names.
  public static let accountMissing = ErrorCode("issuer-account-missing")
}
