import PostgreSQLClient
import SpentTokens

/// The PostgreSQL database behind `PostgreSQLSpentTokens`.
struct PostgreSQLDatabase: SpentTokenDatabase {
  /// One gateway opens and drops tables at a time. An arbitrary number; advisory locks are per database.
  private static let dayLock = "7165290814410613"

  private var session: PostgreSQLSession

  init(parameters: String, limits: PostgreSQLLimits) throws(SpentTokenError) {
    do {
      session = try PostgreSQLSession(parameters: parameters, limits: limits)
    } catch {
      throw Self.error(for: error)
    }
  }

  mutating func store(_ digests: [TokenDigest], issuerDay: UInt64) throws(SpentTokenError) -> [Bool] {
    var areNew = Array(repeating: false, count: digests.count)
    var index = digests.startIndex
    var isUnderstood = true
    do {
      try session.run(
        """
        INSERT INTO \(Self.table(issuerDay)) (digest) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING RETURNING digest
        """, [PostgreSQLByteArrays.encode(digests)], name: Self.table(issuerDay)
      ) { row in
        // Rows come in the order in which the digests were given.
        let digest = row.withColumn(0) { $0.count == TokenDigest.byteCount ? TokenDigest($0) : nil }
        while index < digests.endIndex, digests[index] != digest { index += 1 }
        if index < digests.endIndex { areNew[index] = true } else { isUnderstood = false }
      }
    } catch .tableMissing {
      throw .dayClosed(issuerDay)
    } catch {
      throw Self.error(for: error)
    }
    guard isUnderstood else { throw .cannotAnswer }
    return areNew
  }

  mutating func hold(_ issuerDays: IssuerDays, servedThrough servedDay: UInt64?) throws(SpentTokenError) {
    do throws(PostgreSQLFailure) {
      try session.settings().requireDurableAndTimeless()
      let isRecordWellFormed = try session.transaction {
        transaction throws(PostgreSQLFailure) -> PostgreSQLTransaction.End<Bool> in
        try transaction.run("SELECT pg_advisory_xact_lock(\(Self.dayLock))")
        try transaction.run(
          """
          CREATE TABLE IF NOT EXISTS spent_days
            (single integer PRIMARY KEY CHECK (single = 0), first text NOT NULL, last text NOT NULL)
          """)
        var record: (first: String, last: String)?
        try transaction.run("SELECT first, last FROM spent_days") { record = ($0.text(0), $0.text(1)) }
        var held: IssuerDays?
        if let record {
          held = try? IssuerDays(first: record.first, last: record.last)
          guard held != nil else { return .rollback(false) }
        }
        try Self.make(IssuerDays.move(from: held, to: issuerDays, servedThrough: servedDay), in: transaction)
        return .commit(true)
      }
      guard isRecordWellFormed else { throw PostgreSQLFailure.unavailable }
    } catch {
      throw Self.error(for: error)
    }
  }

  private static func make(
    _ move: (held: IssuerDays, opened: [UInt64], dropped: [UInt64]), in transaction: PostgreSQLTransaction
  ) throws(PostgreSQLFailure) {
    for day in move.opened {
      try transaction.run("CREATE TABLE IF NOT EXISTS \(table(day)) (digest bytea PRIMARY KEY)")
    }
    for day in move.dropped { try transaction.run("DROP TABLE IF EXISTS \(table(day))") }
    try transaction.run(
      """
      INSERT INTO spent_days (single, first, last) VALUES (0, $1, $2)
        ON CONFLICT (single) DO UPDATE SET first = excluded.first, last = excluded.last
      """, [Array(move.held.first.utf8), Array(move.held.last.utf8)])
  }

  mutating func durabilitySettings() throws(SpentTokenError) -> [String: String] {
    do { return try session.settings().durability } catch { throw Self.error(for: error) }
  }

  private static func table(_ issuerDay: UInt64) -> String { "spent_\(issuerDay)" }

  private static func error(for failure: PostgreSQLFailure) -> SpentTokenError {
    switch failure {
    case .libraryMissing: SpentTokenError(SpentTokenError.libraryMissing, failure.message)
    case .parametersMalformed: SpentTokenError(SpentTokenError.parametersMalformed, failure.message)
    case .notDurable: SpentTokenError(SpentTokenError.notDurable, failure.message)
    case .recordsTimes: SpentTokenError(SpentTokenError.recordsTimes, failure.message)
    case .slow: .tooSlow
    case .unavailable, .tableMissing: .cannotAnswer
    }
  }
}
