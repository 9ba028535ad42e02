import SpentTokens

/// The PostgreSQL database behind `PostgreSQLSpentTokens`: one session, made again after it was lost.
struct PostgreSQLDatabase: SpentTokenDatabase {
  private typealias Failure = PostgreSQLConnection.Failure

  /// How long this side waits beyond the server's own bound, so that a server that answers "too late" is heard.
  private static let grace: Duration = .milliseconds(500)
  /// One gateway opens and drops tables at a time. An arbitrary number; advisory locks are per database.
  private static let dayLock = "7165290814410613"

  private let parameters: String
  private let limits: PostgreSQLSpentTokens.Limits
  private var connection: PostgreSQLConnection?
  private var reconnectDelay: Duration = .zero
  private var nextAttempt: ContinuousClock.Instant?

  init(parameters: String, limits: PostgreSQLSpentTokens.Limits) {
    self.parameters = parameters
    self.limits = limits
  }

  mutating func store(_ digests: [TokenDigest], issuerDay: UInt64) throws(SpentTokenError) -> Set<TokenDigest> {
    let rows = try run(
      in: try connected(),
      """
      INSERT INTO \(Self.table(issuerDay)) (digest) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING RETURNING digest
      """, [PostgreSQLByteArrays.encode(digests.map(\.bytes))], name: Self.table(issuerDay), issuerDay: issuerDay)
    var new: Set<TokenDigest> = []
    for row in rows {
      guard let digest = row.first, digest.count == TokenDigest.byteCount else { throw .cannotAnswer }
      new.insert(TokenDigest(digest))
    }
    return new
  }

  /// All in one transaction of one session; where a step fails, both are given up.
  mutating func hold(_ issuerDays: IssuerDays) throws(SpentTokenError) {
    let session = try connected()
    do throws(SpentTokenError) {
      try PostgreSQLSettings(try settings(of: session)).requireDurableAndTimeless()
      try run(in: session, "BEGIN")
      try run(in: session, "SELECT pg_advisory_xact_lock(\(Self.dayLock))")
      try run(
        in: session,
        """
        CREATE TABLE IF NOT EXISTS spent_days
          (single integer PRIMARY KEY CHECK (single = 0), first text NOT NULL, last text NOT NULL)
        """)
      let move = IssuerDays.move(from: try heldDays(in: session), to: issuerDays)
      for day in move.opened {
        try run(in: session, "CREATE TABLE IF NOT EXISTS \(Self.table(day)) (digest bytea PRIMARY KEY)")
      }
      for day in move.dropped { try run(in: session, "DROP TABLE IF EXISTS \(Self.table(day))") }
      try run(
        in: session,
        """
        INSERT INTO spent_days (single, first, last) VALUES (0, $1, $2)
          ON CONFLICT (single) DO UPDATE SET first = excluded.first, last = excluded.last
        """, [Array(move.held.first.utf8), Array(move.held.last.utf8)])
      try run(in: session, "COMMIT")
    } catch {
      connection = nil
      throw error
    }
  }

  mutating func durabilitySettings() throws(SpentTokenError) -> [String: String] {
    try settings(of: try connected()).filter { PostgreSQLSettings.durable.contains($0.key) }
  }

  private func settings(of connection: PostgreSQLConnection) throws(SpentTokenError) -> [String: String] {
    let columns = PostgreSQLSettings.names.map { "current_setting('\($0)')" }.joined(separator: ", ")
    do {
      let rows = try connection.run("SELECT \(columns)", limit: limits.answer)
      guard let row = rows.first, row.count == PostgreSQLSettings.names.count else { throw Failure.disconnected }
      let values = row.map { String(decoding: $0, as: UTF8.self) }
      return Dictionary(uniqueKeysWithValues: zip(PostgreSQLSettings.names, values))
    } catch {
      throw .cannotAnswer
    }
  }

  private mutating func heldDays(in session: PostgreSQLConnection) throws(SpentTokenError) -> IssuerDays? {
    guard let row = try run(in: session, "SELECT first, last FROM spent_days").first, row.count == 2 else { return nil }
    return try IssuerDays(
      first: String(decoding: row[0], as: UTF8.self), last: String(decoding: row[1], as: UTF8.self))
  }

  private static func table(_ issuerDay: UInt64) -> String { "spent_\(issuerDay)" }
}

// MARK: Sessions

extension PostgreSQLDatabase {
  @discardableResult
  private mutating func run(
    in session: PostgreSQLConnection, _ statement: String, _ values: [[UInt8]] = [], name: String? = nil,
    issuerDay: UInt64 = 0
  ) throws(SpentTokenError) -> [[[UInt8]]] {
    do {
      return try session.run(statement, values, name: name, limit: limits.answer + Self.grace)
    } catch .refused(state: "42P01") {
      throw .dayClosed(issuerDay)
    } catch .refused(state: "57014"), .refused(state: "55P03") {
      // Cancelled by its own bound, for the whole statement or for a lock: the session goes on.
      throw .tooSlow
    } catch .timedOut {
      connection = nil
      throw .tooSlow
    } catch {
      // Outcome unknown, or a state that nothing here expects. No statement is ever tried twice.
      connection = nil
      throw .cannotAnswer
    }
  }

  /// The session, made again where it was lost. After a failed attempt nothing is tried for a while, so that a
  /// database that comes back is not met by a crowd, and requests are refused at once until then.
  private mutating func connected() throws(SpentTokenError) -> PostgreSQLConnection {
    if let connection, connection.isOpen { return connection }
    connection = nil
    if let nextAttempt, ContinuousClock.now < nextAttempt { throw .cannotAnswer }
    do throws(SpentTokenError) {
      let session = try newSession()
      connection = session
      reconnectDelay = .zero
      nextAttempt = nil
      return session
    } catch {
      reconnectDelay = min(max(reconnectDelay * 2, limits.firstReconnectDelay), limits.lastReconnectDelay)
      nextAttempt = ContinuousClock.now + reconnectDelay
      throw error
    }
  }

  private func newSession() throws(SpentTokenError) -> PostgreSQLConnection {
    let session: PostgreSQLConnection
    do {
      session = try PostgreSQLConnection(parameters: parameters, limit: limits.connect)
    } catch {
      throw error == .timedOut ? .tooSlow : .cannotAnswer
    }
    try PostgreSQLSettings(try settings(of: session)).requireDurableAndTimeless()
    let bound = String(Int((limits.answer / .milliseconds(1)).rounded(.up)))
    let pinned = [
      ("statement_timeout", bound), ("lock_timeout", bound), ("idle_in_transaction_session_timeout", bound),
      // Read above; pinned, so that a change of the server's files reaches no session that is under way.
      ("synchronous_commit", "on"),
      // At stricter levels a token that another gateway stores at the same time is an error, not an answer.
      ("default_transaction_isolation", "read committed"),
    ]
    let calls = pinned.map { "set_config('\($0.0)', '\($0.1)', false)" }.joined(separator: ", ")
    do { try session.run("SELECT \(calls)", limit: limits.answer) } catch { throw .cannotAnswer }
    return session
  }
}
