import Foundation
import GRDB

/// How many tokens each account drew of each issuer day: these counts, and nothing else about a draw.
///
/// An attacker who can change it can draw more tokens, or keep others from drawing; one who can read it learns how many
/// each account drew.
struct DrawLedger: Sendable {
  private let queue: DatabaseQueue

  /// - Parameter path: an SQLite file; nil keeps the counts in memory alone.
  /// - Throws: `issuer-state-unavailable`.
  init(path: String?) throws(IssuerError) {
    do {
      if let path {
        if !FileManager.default.fileExists(atPath: path) {
          _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        var configuration = Configuration()
        configuration.journalMode = .wal
        queue = try DatabaseQueue(path: path, configuration: configuration)
      } else {
        queue = try DatabaseQueue()
      }
      try queue.write { database in
        try database.execute(
          sql: """
            CREATE TABLE IF NOT EXISTS draws (
              day INTEGER NOT NULL, account TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, account)
            ) WITHOUT ROWID
            """)
      }
    } catch {
      throw Self.unavailable
    }
  }

  /// Counts one more token, unless the account has as many as `limit` of that day.
  ///
  /// - Throws: `issuer-quota-exceeded`, `issuer-state-unavailable`.
  func count(account: String, day: UInt64, limit: Int) async throws(IssuerError) {
    let isCounted: Bool
    do {
      isCounted = try await queue.write { database in
        try database.cachedStatement(
          sql: """
            INSERT INTO draws (day, account, count) VALUES (?, ?, 1)
            ON CONFLICT (day, account) DO UPDATE SET count = count + 1 WHERE count < ?
            """
        ).execute(arguments: [Int64(clamping: day), account, limit])
        return database.changesCount == 1
      }
    } catch {
      throw Self.unavailable
    }
    guard isCounted else {
      throw IssuerError(IssuerError.quotaExceeded, "account has drawn its \(limit) tokens of issuer day \(day)")
    }
  }

  /// Forgets the counts of all days before `day`.
  func drop(daysBefore day: UInt64) async throws(IssuerError) {
    do {
      try await queue.write { database in
        try database.execute(sql: "DELETE FROM draws WHERE day < ?", arguments: [Int64(clamping: day)])
      }
    } catch {
      throw Self.unavailable
    }
  }

  private static let unavailable = IssuerError(
    IssuerError.stateUnavailable, "counts of drawn tokens cannot be read or written")
}
