/// One session with a server, made again after it was lost, and only with a server that keeps what it acknowledges and
/// notes no times. Calls block the thread; one thread at a time may use it.
///
/// No statement is ever tried twice: after a lost session it is unknown what was stored.
package struct PostgreSQLSession {
  private let parameters: String
  private let limits: PostgreSQLLimits
  private var connection: PostgreSQLConnection?
  private var reconnectDelay: Duration = .zero
  private var nextAttempt: ContinuousClock.Instant?

  /// Connects at the first statement.
  ///
  /// - Parameter parameters: libpq's connection parameters, as `name=value` pairs or as an address. They may hold a
  ///   password: nothing prints them.
  /// - Throws: `libraryMissing`, `parametersMalformed`.
  package init(parameters: String, limits: PostgreSQLLimits) throws(PostgreSQLFailure) {
    guard PostgreSQLConnection.isAvailable else { throw .libraryMissing }
    guard PostgreSQLConnection.areWellFormed(parameters: parameters) else { throw .parametersMalformed }
    self.parameters = parameters
    self.limits = limits
  }

  /// Runs one statement, as `PostgreSQLConnection.run`.
  ///
  /// - Throws: `unavailable`, `slow`, `notDurable`, `recordsTimes`, `tableMissing`.
  package mutating func run(
    _ statement: String, _ values: [[UInt8]] = [], name: String? = nil,
    forEachRow: (PostgreSQLRow) -> Void = { _ in }
  ) throws(PostgreSQLFailure) {
    let connection = try connected()
    do {
      try connection.run(
        statement, values, name: name, limit: limits.wholeAnswer, forEachRow: forEachRow)
    } catch {
      let failure = PostgreSQLFailure(error)
      // Outcome unknown, or a state that nothing here expects. A statement that was cancelled by its own bound is not.
      if failure == .unavailable || error == .timedOut { self.connection = nil }
      throw failure
    }
  }

  /// Runs statements in one transaction of one session, which has ended as `body` says when this returns; where a step
  /// fails, transaction and session are given up.
  package mutating func transaction<Value>(
    _ body: (PostgreSQLTransaction) throws(PostgreSQLFailure) -> PostgreSQLTransaction.End<Value>
  ) throws(PostgreSQLFailure) -> Value {
    let transaction = PostgreSQLTransaction(connection: try connected(), limits: limits)
    do throws(PostgreSQLFailure) {
      try transaction.run("BEGIN")
      switch try body(transaction) {
      case .commit(let value):
        try transaction.run("COMMIT")
        return value
      case .rollback(let value):
        try transaction.run("ROLLBACK")
        return value
      }
    } catch {
      connection = nil
      throw error
    }
  }

  /// What the server says of itself now.
  package mutating func settings() throws(PostgreSQLFailure) -> PostgreSQLSettings {
    try settings(of: try connected())
  }

  private func settings(of connection: PostgreSQLConnection) throws(PostgreSQLFailure) -> PostgreSQLSettings {
    let columns = PostgreSQLSettings.names.map { "current_setting('\($0)')" }.joined(separator: ", ")
    var texts: [String] = []
    do {
      try connection.run("SELECT \(columns)", limit: limits.answer) { row in
        texts = (0..<row.columnCount).map { row.text($0) }
      }
    } catch {
      throw .unavailable
    }
    guard texts.count == PostgreSQLSettings.names.count else { throw .unavailable }
    return PostgreSQLSettings(Dictionary(uniqueKeysWithValues: zip(PostgreSQLSettings.names, texts)))
  }
}

// MARK: Connecting

extension PostgreSQLSession {
  /// The session, made again where it was lost. After a failed attempt nothing is tried for a while, so that a
  /// database that comes back is not met by a crowd, and requests are refused at once until then.
  private mutating func connected() throws(PostgreSQLFailure) -> PostgreSQLConnection {
    if let connection, connection.isOpen { return connection }
    connection = nil
    if let nextAttempt, ContinuousClock.now < nextAttempt { throw .unavailable }
    do throws(PostgreSQLFailure) {
      let connection = try newConnection()
      self.connection = connection
      reconnectDelay = .zero
      nextAttempt = nil
      return connection
    } catch {
      reconnectDelay = min(max(reconnectDelay * 2, limits.firstReconnectDelay), limits.lastReconnectDelay)
      nextAttempt = ContinuousClock.now + reconnectDelay
      throw error
    }
  }

  private func newConnection() throws(PostgreSQLFailure) -> PostgreSQLConnection {
    let connection: PostgreSQLConnection
    do {
      connection = try PostgreSQLConnection(parameters: parameters, limit: limits.connect)
    } catch {
      throw error == .timedOut ? .slow : .unavailable
    }
    try settings(of: connection).requireDurableAndTimeless()
    let bound = String(Int((limits.answer / .milliseconds(1)).rounded(.up)))
    let pinned = [
      ("statement_timeout", bound), ("lock_timeout", bound), ("idle_in_transaction_session_timeout", bound),
      // Read above; pinned, so that a change of the server's files reaches no session that is under way.
      ("synchronous_commit", "on"),
      // At stricter levels a row that another session stores at the same time is an error, not an answer.
      ("default_transaction_isolation", "read committed"),
    ]
    let calls = pinned.map { "set_config('\($0.0)', '\($0.1)', false)" }.joined(separator: ", ")
    do { try connection.run("SELECT \(calls)", limit: limits.answer) } catch { throw .unavailable }
    return connection
  }
}

/// A transaction under way, whose statements are done or undone together.
package struct PostgreSQLTransaction {
  /// How it ends.
  package enum End<Value> {
    case commit(Value)
    case rollback(Value)
  }

  fileprivate let connection: PostgreSQLConnection
  fileprivate let limits: PostgreSQLLimits

  /// Runs one statement, as `PostgreSQLConnection.run`.
  package func run(
    _ statement: String, _ values: [[UInt8]] = [], name: String? = nil,
    forEachRow: (PostgreSQLRow) -> Void = { _ in }
  ) throws(PostgreSQLFailure) {
    do {
      try connection.run(
        statement, values, name: name, limit: limits.wholeAnswer, forEachRow: forEachRow)
    } catch {
      throw PostgreSQLFailure(error)
    }
  }
}

extension PostgreSQLFailure {
  fileprivate init(_ failure: PostgreSQLConnection.Failure) {
    self =
      switch failure {
      // Cancelled by its own bound, for the whole statement or for a lock.
      case .refused(state: "57014"), .refused(state: "55P03"), .timedOut: .slow
      case .refused(state: "42P01"): .tableMissing
      case .refused, .disconnected: .unavailable
      }
  }
}

extension PostgreSQLLimits {
  /// How long this side waits for one statement: longer than the server's own bound, so that a server that answers "too
  /// late" is heard.
  fileprivate var wholeAnswer: Duration { answer + .milliseconds(500) }
}
