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
  /// A store that holds no record of days at all is new, or its record was lost. `servedDay` tells which: a day up to it
  /// is not opened by a store without a record, since nobody knows which of its tokens were spent.
  ///
  /// - Parameters:
  ///   - issuerDays: those whose tokens are good now or soon, at most eight.
  ///   - servedDay: the newest day whose tokens anybody was offered before; nil where there is none.
  /// - Throws: `token-store-unavailable`, `token-store-slow`; where the database no longer does what it must,
  ///   `token-store-not-durable` and `token-store-records-times`.
  func hold(issuerDays: ClosedRange<UInt64>, servedThrough servedDay: UInt64?) async throws(SpentTokenError)
}

extension SpentTokenStore {
  /// Holds days of which nobody was offered a token before.
  public func hold(issuerDays: ClosedRange<UInt64>) async throws(SpentTokenError) {
    try await hold(issuerDays: issuerDays, servedThrough: nil)
  }
}
