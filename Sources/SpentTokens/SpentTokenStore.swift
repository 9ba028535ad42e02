/// Remembers which tokens were spent: each is spent once, ever, by whoever asks first.
///
/// A store learns SHA-256 of a token and its issuer day, and keeps nothing else: no time, no order, no count per
/// redeemer. An attacker who can change it can spend tokens twice or refuse them, and learns nothing about anyone.
public protocol SpentTokenStore: Sendable {
  /// Spends a token that was verified before. Cancelling the task does not end the wait: what was begun is answered,
  /// or given up after the store's own bound.
  ///
  /// - Parameters:
  ///   - tokenDigest: SHA-256 of the encoded token, 32 bytes.
  ///   - issuerDay: the day whose key issued it.
  /// - Returns: true for exactly one caller, after the token is stored for good; false where it was spent before.
  /// - Throws: `token-day-closed` where the store holds no table for that day; `token-store-unavailable`,
  ///   `token-store-slow`, `token-store-overloaded`. The caller refuses the token then, which may or may not have been
  ///   stored.
  func spend(tokenDigest: [UInt8], issuerDay: UInt64) async throws(SpentTokenError) -> Bool

  /// Opens a table for each of these days that is later than all days before, and drops the tables of earlier days.
  /// Several gateways may say it, in any order: a day that was dropped is never opened again.
  ///
  /// - Parameter issuerDays: those whose tokens are good now or soon, at most eight.
  /// - Throws: `token-store-unavailable`, `token-store-slow`; where the database no longer does what it must,
  ///   `token-store-not-durable` and `token-store-records-times`.
  func hold(issuerDays: ClosedRange<UInt64>) async throws(SpentTokenError)
}
