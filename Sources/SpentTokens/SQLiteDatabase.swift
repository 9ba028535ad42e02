import Foundation
import GRDB

/// The SQLite file behind `SQLiteSpentTokens`.
struct SQLiteDatabase: SpentTokenDatabase {
  /// What `durabilitySettings` says of a file that keeps what it acknowledged through a power failure; 2 is FULL.
  static let durable = ["journal_mode": "wal", "synchronous": "2"]

  private let queue: DatabaseQueue

  init(path: String, busyLimit: Duration) throws(SpentTokenError) {
    do {
      if !FileManager.default.fileExists(atPath: path) {
        _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
      }
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(busyLimit / .seconds(1))
      configuration.label = "spent tokens"
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.inDatabase { database in
        // After the journal mode, which sets it to NORMAL: a power failure must not bring a spent token back.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        // A day that is dropped is overwritten in the file too.
        try database.execute(sql: "PRAGMA secure_delete = ON")
      }
      try queue.write { database in
        try database.execute(
          sql: """
            CREATE TABLE IF NOT EXISTS spent_days
              (single INTEGER PRIMARY KEY CHECK (single = 0), first TEXT NOT NULL, last TEXT NOT NULL)
            """)
      }
    } catch {
      throw Self.error(for: error)
    }
  }

  func store(_ digests: [TokenDigest], issuerDay: UInt64) throws(SpentTokenError) -> [Bool] {
    try written { database in
      guard try Self.hasTable(issuerDay, in: database) else { throw SpentTokenError.dayClosed(issuerDay) }
      let insert = try SQLiteInsert(into: Self.table(issuerDay), in: database)
      return try digests.map { try insert.insert($0) }
    }
  }

  func hold(_ issuerDays: IssuerDays, servedThrough servedDay: UInt64?) throws(SpentTokenError) {
    let hasDropped = try written { database in
      let move = IssuerDays.move(from: try Self.heldDays(in: database), to: issuerDays, servedThrough: servedDay)
      for day in move.opened {
        try database.execute(
          sql: "CREATE TABLE IF NOT EXISTS \(Self.table(day)) (digest BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID")
      }
      for day in move.dropped { try database.execute(sql: "DROP TABLE IF EXISTS \(Self.table(day))") }
      try database.execute(
        sql: "INSERT OR REPLACE INTO spent_days (single, first, last) VALUES (0, ?, ?)",
        arguments: [move.held.first, move.held.last])
      return !move.dropped.isEmpty
    }
    // The write-ahead log holds copies of what was dropped. Another process may be reading: the next day tries again.
    if hasDropped { try? queue.writeWithoutTransaction { database in _ = try database.checkpoint(.truncate) } }
  }

  func durabilitySettings() throws(SpentTokenError) -> [String: String] {
    do {
      return try queue.inDatabase { database in
        var settings: [String: String] = [:]
        for name in Self.durable.keys {
          settings[name] = try String.fetchOne(database, sql: "PRAGMA \(name)")
        }
        return settings
      }
    } catch {
      throw Self.error(for: error)
    }
  }

  func close() throws(SpentTokenError) {
    do { try queue.close() } catch { throw Self.error(for: error) }
  }

  /// One transaction, which takes the right to write at its start.
  private func written<Value>(_ body: (Database) throws -> Value) throws(SpentTokenError) -> Value {
    do { return try queue.write(body) } catch { throw Self.error(for: error) }
  }

  private static func error(for error: any Error) -> SpentTokenError {
    if let error = error as? SpentTokenError { return error }
    let isBusy = (error as? DatabaseError)?.resultCode == .SQLITE_BUSY
    return isBusy ? .tooSlow : .cannotAnswer
  }

  private static func table(_ issuerDay: UInt64) -> String { "spent_\(issuerDay)" }

  private static func hasTable(_ issuerDay: UInt64, in database: Database) throws -> Bool {
    let statement = try database.cachedStatement(sql: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
    return try Bool.fetchOne(statement, arguments: [table(issuerDay)]) ?? false
  }

  private static func heldDays(in database: Database) throws -> IssuerDays? {
    guard let row = try Row.fetchOne(database, sql: "SELECT first, last FROM spent_days") else { return nil }
    return try IssuerDays(first: row["first"], last: row["last"])
  }
}
