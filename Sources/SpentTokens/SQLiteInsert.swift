package import GRDB
import GRDBSQLite

/// One statement that inserts digests, bound and stepped by SQLite's own functions: through the library's arguments a
/// row costs more than SQLite takes for it.
package struct SQLiteInsert {
  private let statement: Statement
  private let connection: SQLiteConnection

  /// - Parameter table: of one column, `digest`, that is its primary key.
  package init(into table: String, in database: Database) throws {
    statement = try database.cachedStatement(sql: "INSERT INTO \(table) (digest) VALUES (?) ON CONFLICT DO NOTHING")
    guard let connection = database.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
    self.connection = connection
  }

  /// - Returns: whether it was not there before.
  package func insert(_ digest: TokenDigest) throws -> Bool {
    let result = digest.withUnsafeBytes { bytes in
      // The bytes stay where they are until the statement is reset, so that SQLite need not copy them.
      let bound = sqlite3_bind_blob(statement.sqliteStatement, 1, bytes.baseAddress, Int32(bytes.count), nil)
      guard bound == SQLITE_OK else { return bound }
      let stepped = sqlite3_step(statement.sqliteStatement)
      sqlite3_reset(statement.sqliteStatement)
      sqlite3_clear_bindings(statement.sqliteStatement)
      return stepped
    }
    guard result == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: result)) }
    return sqlite3_changes(connection) == 1
  }
}
