/// How many accounts of a plan drew tokens of an issuer day, as the issuer says it beside its answer to a draw. A field
/// of Cloister's own:
///
///     cloister-crowd: day=41, accounts=1024
///
/// Nobody can check it: an issuer can invent accounts, or answer as it likes. The number is rounded down to a power of
/// two, and 0 below 8, so that it says little of any one account.
public struct CrowdClaim: Sendable, Equatable {
  public static let fieldName = "cloister-crowd"
  /// The smallest number that is told.
  public static let leastCount: UInt64 = 8

  public let issuerDay: UInt64
  /// At least so many; 0 where there are fewer than `leastCount`.
  public let accountCount: UInt64

  /// - Parameter countedAccounts: as they were counted, not rounded yet.
  public init(issuerDay: UInt64, countedAccounts: UInt64) {
    self.issuerDay = issuerDay
    accountCount =
      countedAccounts < Self.leastCount
      ? 0 : 1 << UInt64(UInt64.bitWidth - 1 - countedAccounts.leadingZeroBitCount)
  }

  /// Nil for anything that no issuer of ours writes.
  public init?(fieldValue: String) {
    let numbers = fieldValue.split(separator: ", ", omittingEmptySubsequences: false).map { part in
      part.split(separator: "=", omittingEmptySubsequences: false).last.flatMap { UInt64($0) }
    }
    guard numbers.count == 2, let day = numbers[0], let count = numbers[1] else { return nil }
    self.init(issuerDay: day, countedAccounts: count)
    guard self.fieldValue == fieldValue else { return nil }
  }

  public var fieldValue: String { "day=\(issuerDay), accounts=\(accountCount)" }
}
