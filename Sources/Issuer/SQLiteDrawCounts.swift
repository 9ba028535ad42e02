import GRDB

/// Counts of draws in the file of the accounts, for issuers on one machine.
struct SQLiteDrawCounts: DrawCountStore {
  static let schema = """
    CREATE TABLE IF NOT EXISTS draws (
      day INTEGER NOT NULL, account TEXT NOT NULL, plan TEXT NOT NULL, count INTEGER NOT NULL,
      PRIMARY KEY (day, account, plan)
    ) WITHOUT ROWID;
    """

  let queue: DatabaseQueue

  func count(_ draws: [TokenDraw], account: String, plan: String, limit: Int) async throws(IssuerError) {
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
      throw AccountStore.unavailable
    }
    guard isCounted else { throw .quotaExceeded(limit: limit) }
  }

  /// Rolls the transaction back.
  private struct QuotaExceeded: Error {}

  func drop(daysBefore day: UInt64) async throws(IssuerError) {
    do {
      try await queue.write { database in
        try database.execute(sql: "DELETE FROM draws WHERE day < ?", arguments: [Int64(clamping: day)])
      }
    } catch {
      throw AccountStore.unavailable
    }
  }

  func counts(ofAccount account: String) async throws(IssuerError) -> [DrawCount] {
    do {
      return try await queue.read { database in
        try Row.fetchAll(
          database, sql: "SELECT day, plan, count FROM draws WHERE account = ? ORDER BY day, plan", arguments: [account]
        ).map { DrawCount(day: UInt64(clamping: $0[0] as Int64), plan: $0[1], tokenCount: $0[2]) }
      }
    } catch {
      throw AccountStore.unavailable
    }
  }

  func accountCounts(ofDay day: UInt64) async throws(IssuerError) -> [String: UInt64] {
    do {
      return try await queue.read { database in
        try Row.fetchAll(
          database, sql: "SELECT plan, COUNT(*) FROM draws WHERE day = ? GROUP BY plan",
          arguments: [Int64(clamping: day)]
        ).reduce(into: [:]) { counts, row in counts[row[0] as String] = UInt64(clamping: row[1] as Int64) }
      }
    } catch {
      throw AccountStore.unavailable
    }
  }

  func erase(account: String) async throws(IssuerError) -> Bool {
    do {
      return try await queue.write { database in
        try database.execute(sql: "DELETE FROM draws WHERE account = ?", arguments: [account])
        return database.changesCount > 0
      }
    } catch {
      throw AccountStore.unavailable
    }
  }
}
