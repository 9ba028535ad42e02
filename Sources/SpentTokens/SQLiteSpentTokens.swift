import Foundation
import GRDB

/// Spent tokens in an SQLite file, which several processes may share: one table per issuer day, with SHA-256 of each
/// token as its only column and no row numbers, so that the file tells no order. What `spend` answered is on the disk.
public struct SQLiteSpentTokens: SpentTokenStore {
  /// How long a writer waits for another process's transaction, in seconds.
  private static let busyTimeout: TimeInterval = 5

  private let queue: DatabaseQueue

  /// Opens the store, or makes an empty one, readable by its owner alone.
  ///
  /// - Throws: `token-store-unavailable` where the file cannot be opened or is no such store.
  public init(path: String) throws(SpentTokenError) {
    do {
      if !FileManager.default.fileExists(atPath: path) {
        _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
      }
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(Self.busyTimeout)
      configuration.label = "spent tokens"
      queue = try DatabaseQueue(path: path, configuration: configuration)
      // After the journal mode, which sets it to NORMAL: a power failure must not bring a spent token back.
      try queue.inDatabase { database in try database.execute(sql: "PRAGMA synchronous = FULL") }
      try queue.write { database in
        try database.execute(
          sql: "CREATE TABLE IF NOT EXISTS first_day (only INTEGER PRIMARY KEY CHECK (only = 0), day TEXT NOT NULL)")
      }
    } catch {
      throw Self.unavailable
    }
  }

  public func spend(tokenDigest: [UInt8], issuerDay: UInt64) async throws(SpentTokenError) -> Bool {
    precondition(tokenDigest.count == tokenDigestByteCount, "a token digest has 32 bytes")
    do {
      return try await queue.write { database in
        guard issuerDay >= (try Self.firstDay(in: database)) else { return false }
        let table = Self.table(issuerDay)
        try database.cachedStatement(
          sql: "CREATE TABLE IF NOT EXISTS \(table) (digest BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID"
        ).execute()
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO \(table) (digest) VALUES (?)")
          .execute(arguments: [Data(tokenDigest)])
        return database.changesCount == 1
      }
    } catch {
      throw Self.unavailable
    }
  }

  public func drop(daysBefore issuerDay: UInt64) async throws(SpentTokenError) {
    do {
      try await queue.write { database in
        guard issuerDay > (try Self.firstDay(in: database)) else { return }
        try database.execute(
          sql: "INSERT OR REPLACE INTO first_day (only, day) VALUES (0, ?)", arguments: [String(issuerDay)])
        let tables = try String.fetchAll(
          database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'spent_[0-9]*'")
        for table in tables {
          guard let day = UInt64(table.dropFirst(Self.tablePrefix.count)), day < issuerDay else { continue }
          try database.execute(sql: "DROP TABLE \(Self.table(day))")
        }
      }
    } catch {
      throw Self.unavailable
    }
  }

  /// Closes the file; every later call throws `token-store-unavailable`.
  public func close() throws(SpentTokenError) {
    do { try queue.close() } catch { throw Self.unavailable }
  }

  private static let tablePrefix = "spent_"

  private static func table(_ issuerDay: UInt64) -> String { "\(tablePrefix)\(issuerDay)" }

  /// As text, since SQLite's integers are signed.
  private static func firstDay(in database: Database) throws -> UInt64 {
    let text = try String.fetchOne(database.cachedStatement(sql: "SELECT day FROM first_day"))
    return text.flatMap { UInt64($0) } ?? 0
  }

  private static let unavailable = SpentTokenError(
    SpentTokenError.unavailable, "store of spent tokens cannot be read or written")
}
