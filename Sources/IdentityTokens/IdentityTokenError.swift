public import ErrorCodes

/// Why a bearer token of an identity provider names nobody. Messages hold field names and numbers, never a token, a
/// subject or anything else that was received.
public struct IdentityTokenError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: IdentityTokenError, right: IdentityTokenError) -> Bool { left.code == right.code }
}

extension IdentityTokenError {
  /// The token is no JWS in compact form (RFC 7515, section 7.1) with JSON claims (RFC 7519), or is too long.
  public static let malformed = ErrorCode("identity-token-malformed")
  /// The token's algorithm is not among those allowed; `none` and every HMAC never are.
  public static let algorithmRefused = ErrorCode("identity-token-algorithm")
  /// The token names no key that the provider publishes, or none at all.
  public static let keyUnknown = ErrorCode("identity-token-key-unknown")
  /// The signature does not verify under the key that the token names.
  public static let signatureInvalid = ErrorCode("identity-token-signature")
  /// The token's issuer is not a configured identity provider.
  public static let issuerUnknown = ErrorCode("identity-token-issuer")
  /// The token is meant for somebody else.
  public static let audienceMismatch = ErrorCode("identity-token-audience")
  /// The token's time is over, or it has no end.
  public static let expired = ErrorCode("identity-token-expired")
  /// The token's time has not begun, or it was issued in the future.
  public static let notYetValid = ErrorCode("identity-token-not-yet-valid")
  /// The token has no subject, or one of a length or with characters that no provider may use.
  public static let subjectMalformed = ErrorCode("identity-token-subject")
  /// The token's plan claim maps to no plan, and the provider has no default plan.
  public static let planUnknown = ErrorCode("identity-token-plan")
  /// The provider's keys are older than their greatest age, or were never read, and cannot be fetched now.
  public static let providerUnavailable = ErrorCode("identity-provider-unavailable")
  /// A provider's configuration is not what can be used.
  public static let configurationInvalid = ErrorCode("identity-configuration-invalid")
}
