import GRDB

/// How many tokens each account drew of each issuer day and plan: these counts, and nothing else about a draw.
extension AccountStore {
  /// Tokens of one issuer day, counted together.
  package struct Draw: Sendable, Equatable {
    package let day: UInt64
    package let tokenCount: Int

    package init(day: UInt64, tokenCount: Int) {
      self.day = day
      self.tokenCount = tokenCount
    }
  }

  /// Counts all of the tokens or none, in one transaction, and is on the disk when it returns: the caller signs after
  /// that. Of two draws at once, also in two processes, neither takes an account past its quota; a crash before the
  /// answer loses tokens, and gives none twice.
  ///
  /// - Parameter limit: tokens that the account may draw of each of the days.
  /// - Throws: `issuer-quota-exceeded`, `issuer-state-unavailable`.
  package func count(_ draws: [Draw], account: String, plan: String, limit: Int) async throws(IssuerError) {
    let isCounted: Bool
    do {
      isCounted = try await queue.write { database in
        for draw in draws {
          // A new row is not asked for the limit by the clause below.
          guard draw.tokenCount <= limit else { throw QuotaExceeded() }
          try database.cachedStatement(
            sql: """
              INSERT INTO draws (day, account, plan, count) VALUES (?1, ?2, ?3, ?4)
              ON CONFLICT (day, account, plan) DO UPDATE SET count = count + ?4 WHERE count + ?4 <= ?5
              """
          ).execute(arguments: [Int64(clamping: draw.day), account, plan, draw.tokenCount, limit])
          guard database.changesCount == 1 else { throw QuotaExceeded() }
        }
        return true
      }
    } catch is QuotaExceeded {
      isCounted = false
    } catch {
      throw Self.unavailable
    }
    guard isCounted else {
      throw IssuerError(IssuerError.quotaExceeded, "account has fewer of its \(limit) tokens left than it asks for")
    }
  }

  /// Rolls the transaction back.
  private struct QuotaExceeded: Error {}

  /// Forgets the counts of all days before `day`.
  package func drop(daysBefore day: UInt64) async throws(IssuerError) {
    try await write { database in
      try database.execute(sql: "DELETE FROM draws WHERE day < ?", arguments: [Int64(clamping: day)])
    }
  }
}
