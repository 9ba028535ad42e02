public import Issuer
public import PostgreSQLClient

/// Counts of draws in a PostgreSQL database, which issuers of several machines share: one row per issuer day, account and
/// plan, under one unique index.
public struct PostgreSQLDrawCounts: DrawCountStore {
  /// One issuer makes the table at a time. An arbitrary number; advisory locks are per database.
  private static let tableLock = "5120377961028844"

  private let worker: PostgreSQLWorker

  /// Connects, reads the server's settings and makes the table where it is missing.
  ///
  /// - Parameter parameters: libpq's connection parameters, as `name=value` pairs or as an address. They may hold a
  ///   password: nothing prints them.
  /// - Throws: `issuer-configuration-invalid` where libpq is not installed, the parameters are malformed, or the server
  ///   would lose counts or note times; `issuer-state-unavailable`.
  public init(parameters: String, limits: PostgreSQLLimits = PostgreSQLLimits()) async throws(IssuerError) {
    do {
      worker = try PostgreSQLWorker(parameters: parameters, limits: limits, label: "counts (PostgreSQL)")
      try await worker.perform { session throws(PostgreSQLFailure) in
        try session.transaction { transaction throws(PostgreSQLFailure) -> PostgreSQLTransaction.End<Void> in
          try transaction.run("SELECT pg_advisory_xact_lock(\(Self.tableLock))")
          try transaction.run(
            """
            CREATE TABLE IF NOT EXISTS draws
              (day bigint NOT NULL, account text NOT NULL, plan text NOT NULL, count integer NOT NULL,
              PRIMARY KEY (day, account, plan))
            """)
          return .commit(())
        }
      }
    } catch {
      throw Self.error(for: error)
    }
  }

  public func count(_ draws: [TokenDraw], account: String, plan: String, limit: Int) async throws(IssuerError) {
    let isCounted: Bool
    do {
      isCounted = try await worker.perform { session throws(PostgreSQLFailure) in
        try session.transaction { transaction throws(PostgreSQLFailure) -> PostgreSQLTransaction.End<Bool> in
          for draw in draws {
            var isWithinLimit = false
            try transaction.run(
              """
              INSERT INTO draws (day, account, plan, count)
                SELECT $1::bigint, $2::text, $3::text, $4::integer WHERE $4::integer <= $5::integer
                ON CONFLICT (day, account, plan) DO UPDATE SET count = draws.count + excluded.count
                  WHERE draws.count + excluded.count <= $5::integer
                RETURNING count
              """,
              [
                Self.day(draw.day), Array(account.utf8), Array(plan.utf8), Self.number(draw.tokenCount),
                Self.number(limit),
              ], name: "count"
            ) { _ in isWithinLimit = true }
            guard isWithinLimit else { return .rollback(false) }
          }
          return .commit(true)
        }
      }
    } catch {
      throw Self.error(for: error)
    }
    guard isCounted else { throw .quotaExceeded(limit: limit) }
  }

  public func drop(daysBefore day: UInt64) async throws(IssuerError) {
    do {
      try await worker.perform { session throws(PostgreSQLFailure) in
        try session.run("DELETE FROM draws WHERE day < $1::bigint", [Self.day(day)])
      }
    } catch {
      throw Self.error(for: error)
    }
  }

  public func counts(ofAccount account: String) async throws(IssuerError) -> [DrawCount] {
    do {
      return try await worker.perform { session throws(PostgreSQLFailure) in
        var counts: [DrawCount] = []
        try session.run(
          "SELECT day::text, plan, count::text FROM draws WHERE account = $1::text ORDER BY day, plan COLLATE \"C\"",
          [Array(account.utf8)]
        ) { row in
          counts.append(
            DrawCount(day: UInt64(row.text(0)) ?? 0, plan: row.text(1), tokenCount: Int(row.text(2)) ?? 0))
        }
        return counts
      }
    } catch {
      throw Self.error(for: error)
    }
  }

  public func accountCounts(ofDay day: UInt64) async throws(IssuerError) -> [String: UInt64] {
    do {
      return try await worker.perform { session throws(PostgreSQLFailure) in
        var counts: [String: UInt64] = [:]
        try session.run(
          "SELECT plan, count(*)::text FROM draws WHERE day = $1::bigint GROUP BY plan", [Self.day(day)]
        ) { row in counts[row.text(0)] = UInt64(row.text(1)) }
        return counts
      }
    } catch {
      throw Self.error(for: error)
    }
  }

  public func erase(account: String) async throws(IssuerError) -> Bool {
    do {
      return try await worker.perform { session throws(PostgreSQLFailure) in
        var isErased = false
        try session.run("DELETE FROM draws WHERE account = $1::text RETURNING 1", [Array(account.utf8)]) { _ in
          isErased = true
        }
        return isErased
      }
    } catch {
      throw Self.error(for: error)
    }
  }

  /// As the server says them, for the test that reads them.
  package func durabilitySettings() async throws(IssuerError) -> [String: String] {
    do {
      return try await worker.perform { session throws(PostgreSQLFailure) in try session.settings().durability }
    } catch {
      throw Self.error(for: error)
    }
  }

  /// `bigint` in binary form; days beyond it are one day.
  private static func day(_ day: UInt64) -> [UInt8] {
    withUnsafeBytes(of: Int64(clamping: day).bigEndian) { Array($0) }
  }

  /// `integer` in binary form.
  private static func number(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: Int32(clamping: number).bigEndian) { Array($0) }
  }

  private static func error(for failure: PostgreSQLFailure) -> IssuerError {
    switch failure {
    case .libraryMissing, .parametersMalformed, .notDurable, .recordsTimes:
      IssuerError(IssuerError.configurationInvalid, failure.message)
    case .slow, .unavailable, .tableMissing: IssuerError(IssuerError.stateUnavailable, failure.message)
    }
  }
}
