public import ErrorCodes

/// Remembers which tokens were spent: each is spent once, ever, by whoever asks first.
///
/// A store learns SHA-256 of a token and its issuer day, and keeps nothing else: no time, no order, no count per
/// redeemer. An attacker who can change it can spend tokens twice or refuse them, and learns nothing about anyone.
public protocol SpentTokenStore: Sendable {
  /// Spends a token that was verified before.
  ///
  /// - Parameters:
  ///   - tokenDigest: SHA-256 of the encoded token, 32 bytes.
  ///   - issuerDay: the day whose key issued it.
  /// - Returns: true for exactly one caller, after the token is stored for good; false where it was spent before, or
  ///   its issuer day was dropped.
  /// - Throws: `token-store-unavailable`; the caller refuses the token then, which may or may not have been stored.
  func spend(tokenDigest: [UInt8], issuerDay: UInt64) async throws(SpentTokenError) -> Bool

  /// Forgets the tokens of all days before `issuerDay`, and spends none of those days from now on.
  ///
  /// - Throws: `token-store-unavailable`.
  func drop(daysBefore issuerDay: UInt64) async throws(SpentTokenError)
}

/// Why a store of spent tokens gives no answer. Messages hold no digests and no paths.
public struct SpentTokenError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: SpentTokenError, right: SpentTokenError) -> Bool { left.code == right.code }
}

extension SpentTokenError {
  /// The store cannot say whether a token was spent: no token is redeemed without it.
  public static let unavailable = ErrorCode("token-store-unavailable")
}

/// Bytes of SHA-256.
let tokenDigestByteCount = 32
