/// Remembers how many tokens each account drew of each issuer day and plan: these counts, and nothing else about a draw.
///
/// An attacker who can change it can raise quotas; one who can read it learns how many tokens an account drew of a day.
public protocol DrawCountStore: Sendable {
  /// Counts all of the tokens or none, in one transaction, and is on the disk when it returns: the caller signs after
  /// that. Of two draws at once, also in two processes, neither takes an account past its quota; a crash before the
  /// answer loses tokens, and gives none twice.
  ///
  /// - Parameters:
  ///   - draws: sorted by day, each day once.
  ///   - limit: tokens that the account may draw of each of the days.
  /// - Throws: `issuer-quota-exceeded`, `issuer-state-unavailable`.
  func count(_ draws: [TokenDraw], account: String, plan: String, limit: Int) async throws(IssuerError)

  /// Forgets the counts of all days before `day`.
  ///
  /// - Throws: `issuer-state-unavailable`.
  func drop(daysBefore day: UInt64) async throws(IssuerError)

  /// Everything that is counted of an account, by day and plan.
  ///
  /// - Throws: `issuer-state-unavailable`.
  func counts(ofAccount account: String) async throws(IssuerError) -> [DrawCount]

  /// How many accounts of each plan drew tokens of a day.
  ///
  /// - Throws: `issuer-state-unavailable`.
  func accountCounts(ofDay day: UInt64) async throws(IssuerError) -> [String: UInt64]

  /// Forgets an account.
  ///
  /// - Returns: whether anything was counted of it.
  /// - Throws: `issuer-state-unavailable`.
  func erase(account: String) async throws(IssuerError) -> Bool
}

/// Tokens of one issuer day, drawn together.
public struct TokenDraw: Sendable, Equatable {
  public let day: UInt64
  public let tokenCount: Int

  public init(day: UInt64, tokenCount: Int) {
    self.day = day
    self.tokenCount = tokenCount
  }
}

/// What an account drew of one issuer day and plan.
public struct DrawCount: Sendable, Equatable {
  public let day: UInt64
  public let plan: String
  public let tokenCount: Int

  public init(day: UInt64, plan: String, tokenCount: Int) {
    self.day = day
    self.plan = plan
    self.tokenCount = tokenCount
  }
}

extension IssuerError {
  package static func quotaExceeded(limit: Int) -> IssuerError {
    IssuerError(quotaExceeded, "account has fewer of its \(limit) tokens left than it asks for")
  }
}
