public import ErrorCodes
import WireFormat

/// Why a Privacy Pass structure, issuance or redemption is refused. Messages hold field names and numbers, never
/// received bytes, tokens or keys.
public struct PrivacyPassError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: PrivacyPassError, right: PrivacyPassError) -> Bool { left.code == right.code }
}

extension PrivacyPassError {
  /// The bytes are no `TokenChallenge` of RFC 9577, section 2.1.
  public static let challengeMalformed = ErrorCode("token-challenge-malformed")
  /// A challenge names an issuer or an origin that is no host with an optional port (RFC 9577, section 2.1.1.1).
  public static let serverNameMalformed = ErrorCode("token-server-name-malformed")
  /// The bytes are no `Token` of RFC 9577, section 2.2.
  public static let tokenMalformed = ErrorCode("token-malformed")
  /// The bytes are no `TokenRequest` of RFC 9578, section 5.1 or 6.1, or its blinded message is no element or number.
  public static let requestMalformed = ErrorCode("token-request-malformed")
  /// The bytes are no `TokenResponse` of RFC 9578, section 5.2 or 6.2.
  public static let responseMalformed = ErrorCode("token-response-malformed")
  /// A structure names a token type that is not issued or not redeemed here.
  public static let typeUnsupported = ErrorCode("token-type-unsupported")
  /// The bytes are no batched token request of draft-ietf-privacypass-batched-tokens, or it is empty or too long.
  public static let batchRequestMalformed = ErrorCode("token-batch-request-malformed")
  /// The bytes are no batched token response of draft-ietf-privacypass-batched-tokens.
  public static let batchResponseMalformed = ErrorCode("token-batch-response-malformed")
  /// A header field does not follow RFC 9110, section 11, or RFC 9577, section 2.
  public static let fieldMalformed = ErrorCode("token-field-malformed")
  /// An issuer directory does not follow RFC 9578, section 4.
  public static let directoryMalformed = ErrorCode("token-directory-malformed")

  /// The bytes are no RSASSA-PSS SubjectPublicKeyInfo of RFC 9578, section 6.5, no element of P-384, or no private key.
  public static let issuerKeyMalformed = ErrorCode("token-issuer-key-malformed")
  /// The modulus has not exactly 2048 bits.
  public static let issuerKeySize = ErrorCode("token-issuer-key-size")
  /// The public exponent is not 65537.
  public static let issuerKeyExponent = ErrorCode("token-issuer-key-exponent")

  /// What the issuer sent does not unblind to a valid token: it used another key, or sent something else.
  public static let invalidIssuance = ErrorCode("token-invalid-issuance")
  /// The issuer left out some tokens of a batch.
  public static let partialIssuance = ErrorCode("token-issuance-partial")
  /// Two keys of one token type have the same truncated identifier, so that a request would not tell them apart.
  public static let keyCollision = ErrorCode("token-key-collision")
  /// A token request or a token names a key that is not among those known.
  public static let keyUnknown = ErrorCode("token-key-unknown")
  /// A token answers another challenge: another issuer, origin or issuer day; or a challenge is for other origins.
  public static let challengeMismatch = ErrorCode("token-challenge-mismatch")
  /// The authenticator of a token does not verify.
  public static let authenticatorInvalid = ErrorCode("token-authenticator-invalid")
}

extension PrivacyPassError {
  /// Decodes one whole structure, and gives what is wrong with its bytes the structure's own code.
  static func decoding<Value>(
    _ bytes: ArraySlice<UInt8>, orThrow code: ErrorCode,
    _ parse: (inout WireCursor) throws(WireError) -> Value
  ) throws(PrivacyPassError) -> Value {
    do {
      return try WireCursor.parseWhole(bytes, parse)
    } catch {
      throw PrivacyPassError(code, error.message)
    }
  }
}
