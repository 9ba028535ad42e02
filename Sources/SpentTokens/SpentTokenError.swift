public import ErrorCodes

/// Why a store of spent tokens gives no answer. Messages hold no digests, no paths and nothing a database said.
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
  /// The store did not answer within its bound: the token is refused, whether or not it is stored later.
  public static let slow = ErrorCode("token-store-slow")
  /// More redeemers wait for the store than it lets wait.
  public static let overloaded = ErrorCode("token-store-overloaded")
  /// The store holds no table for the token's issuer day: not yet, or not any more.
  public static let dayClosed = ErrorCode("token-day-closed")
  /// The database would acknowledge a token before it is on the disk.
  public static let notDurable = ErrorCode("token-store-not-durable")
  /// The database is set to record when each token was spent.
  public static let recordsTimes = ErrorCode("token-store-records-times")
  /// The text that says how to reach the database cannot be read.
  public static let parametersMalformed = ErrorCode("token-store-parameters-malformed")
  /// The library that speaks to the database is not installed.
  public static let libraryMissing = ErrorCode("token-store-library-missing")
}

extension SpentTokenError {
  package static func dayClosed(_ issuerDay: UInt64) -> SpentTokenError {
    SpentTokenError(dayClosed, "store of spent tokens holds no table for issuer day \(issuerDay)")
  }

  package static let cannotAnswer = SpentTokenError(
    unavailable, "store of spent tokens cannot be read or written")

  package static let tooSlow = SpentTokenError(slow, "store of spent tokens did not answer within its bound")
}
