import CPostgreSQL
import Foundation

/// One session with a PostgreSQL server. Every step has a deadline, kept by this side too: a server that is stopped
/// does not keep its own. Nothing that the server says is passed on but rows and five-letter states.
///
/// The only file that calls libpq. Calls block the thread; one thread at a time may use it.
package final class PostgreSQLConnection {
  package enum Failure: Error, Equatable {
    /// The server cannot be reached, or the session ended: what was under way may or may not have happened.
    case disconnected
    /// The deadline passed, and the session is given up: what was under way may or may not happen.
    case timedOut
    /// The server refused the statement, with its SQLSTATE; nothing of the statement happened.
    case refused(state: String)
  }

  private let connection: OpaquePointer
  /// Statements that the server has parsed for this session, by name.
  private var preparedNames: Set<String> = []

  /// Whether libpq is there. Nothing else of this type may be asked before.
  package static var isAvailable: Bool { lazyPQload() == 1 }

  /// Whether libpq can read `parameters`: `name=value` pairs or a `postgresql://` address.
  package static func areWellFormed(parameters: String) -> Bool {
    guard isAvailable else { return false }
    var message: UnsafeMutablePointer<CChar>?
    let options = lazyPQconninfoParse(parameters, &message)
    lazyPQfreemem(message)
    lazyPQconninfoFree(options)
    return options != nil
  }

  /// Names are looked up by the system's resolver, within its own bound: `hostaddr` avoids that.
  package init(parameters: String, limit: Duration) throws(Failure) {
    guard Self.isAvailable, let connection = lazyPQconnectStart(parameters) else { throw .disconnected }
    self.connection = connection
    guard lazyPQstatus(connection) != CONNECTION_BAD else { throw .disconnected }
    // Notices go nowhere: they would name tables on standard error.
    lazyPQsetNoticeProcessor(connection, { _, _ in }, nil)
    let deadline = ContinuousClock.now + limit
    var next = PGRES_POLLING_WRITING
    while next != PGRES_POLLING_OK {
      guard next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING else { throw .disconnected }
      try wait(for: next == PGRES_POLLING_READING ? POLLIN : POLLOUT, until: deadline)
      next = lazyPQconnectPoll(connection)
    }
    guard lazyPQsetnonblocking(connection, 1) == 0 else { throw .disconnected }
  }

  deinit { lazyPQfinish(connection) }

  /// Whether the session still stands, as far as bytes that arrived tell; asked before something is sent.
  package var isOpen: Bool { lazyPQconsumeInput(connection) == 1 && lazyPQstatus(connection) == CONNECTION_OK }

  /// Runs one statement.
  ///
  /// - Parameters:
  ///   - statement: SQL of our own; values go into `parameters`.
  ///   - parameters: each in its type's binary form; text in UTF-8.
  ///   - name: where the same statement comes again and again, so that the server parses and plans it once.
  /// - Returns: rows of columns in binary form; NULL is empty.
  @discardableResult
  package func run(
    _ statement: String, _ parameters: [[UInt8]] = [], name: String? = nil, limit: Duration
  ) throws(Failure) -> [[[UInt8]]] {
    var rows: [[[UInt8]]] = []
    try run(statement, parameters, name: name, limit: limit) { row in
      rows.append((0..<row.columnCount).map { row.withColumn($0) { Array($0) } })
    }
    return rows
  }

  /// Runs one statement, as above.
  ///
  /// - Parameter forEachRow: sees rows before the transaction is committed: believe them once this has returned.
  package func run(
    _ statement: String, _ parameters: [[UInt8]] = [], name: String? = nil, limit: Duration,
    forEachRow: (PostgreSQLRow) -> Void
  ) throws(Failure) {
    let deadline = ContinuousClock.now + limit
    if let name, !preparedNames.contains(name) {
      guard lazyPQsendPrepare(connection, name, statement, 0, nil) == 1 else { throw .disconnected }
      try results(until: deadline) { _ in }
      preparedNames.insert(name)
    }
    guard send(statement, parameters, name: name) else { throw .disconnected }
    try results(until: deadline, forEachRow)
  }

  private func results(
    until deadline: ContinuousClock.Instant, _ forEachRow: (PostgreSQLRow) -> Void
  ) throws(Failure) {
    try flush(until: deadline)
    // Rows come before the transaction is committed. It is committed, and on the disk, once the server is ready for
    // the next statement: then there are no more results, and none was an error.
    var refusal: Failure?
    while let result = try nextResult(until: deadline) {
      defer { lazyPQclear(result) }
      switch lazyPQresultStatus(result) {
      case PGRES_TUPLES_OK:
        for index in 0..<lazyPQntuples(result) { forEachRow(PostgreSQLRow(result: result, index: index)) }
      case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
      default: refusal = Self.failure(of: result)
      }
    }
    guard lazyPQstatus(connection) == CONNECTION_OK else { throw .disconnected }
    if let refusal { throw refusal }
  }

  private func send(_ statement: String, _ parameters: [[UInt8]], name: String?) -> Bool {
    let bytes = Array(parameters.joined())
    let lengths = parameters.map { Int32($0.count) }
    let formats = [Int32](repeating: 1, count: parameters.count)
    return bytes.withUnsafeBytes { buffer in
      // An empty value is not NULL: it needs an address too.
      var address = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) ?? UnsafePointer(bitPattern: 1)
      var values: [UnsafePointer<CChar>?] = []
      for parameter in parameters {
        values.append(address)
        address = address.map { $0 + parameter.count }
      }
      let count = Int32(parameters.count)
      guard let name else {
        return lazyPQsendQueryParams(connection, statement, count, nil, values, lengths, formats, 1) == 1
      }
      return lazyPQsendQueryPrepared(connection, name, count, values, lengths, formats, 1) == 1
    }
  }

  private func flush(until deadline: ContinuousClock.Instant) throws(Failure) {
    while true {
      switch lazyPQflush(connection) {
      case 0: return
      case 1: try wait(for: POLLIN | POLLOUT, until: deadline)
      default: throw .disconnected
      }
      guard lazyPQconsumeInput(connection) == 1 else { throw .disconnected }
    }
  }

  private func nextResult(until deadline: ContinuousClock.Instant) throws(Failure) -> OpaquePointer? {
    while lazyPQisBusy(connection) == 1 {
      try wait(for: POLLIN, until: deadline)
      guard lazyPQconsumeInput(connection) == 1 else { throw .disconnected }
    }
    return lazyPQgetResult(connection)
  }

  private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws(Failure) {
    while true {
      let left = deadline - ContinuousClock.now
      guard left > .zero else { throw .timedOut }
      let milliseconds = min(left / .milliseconds(1), Double(Int32.max)).rounded(.up)
      var descriptor = pollfd(fd: lazyPQsocket(connection), events: Int16(events), revents: 0)
      let count = poll(&descriptor, 1, Int32(milliseconds))
      if count > 0 { return }
      guard count == 0 || errno == EINTR else { throw .disconnected }
    }
  }

  private static func failure(of result: OpaquePointer) -> Failure {
    let sqlStateField = Int32(UInt8(ascii: "C"))
    guard let state = lazyPQresultErrorField(result, sqlStateField) else { return .disconnected }
    return .refused(state: String(cString: state))
  }
}

/// One row of a statement's result, good while it is shown.
package struct PostgreSQLRow {
  fileprivate let result: OpaquePointer
  fileprivate let index: Int32

  package var columnCount: Int { Int(lazyPQnfields(result)) }

  /// - Parameter column: from 0, in binary form; NULL is empty.
  package func withColumn<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    let column = Int32(column)
    return body(
      UnsafeRawBufferPointer(
        start: lazyPQgetvalue(result, index, column), count: Int(lazyPQgetlength(result, index, column))))
  }

  package func text(_ column: Int) -> String { withColumn(column) { String(decoding: $0, as: UTF8.self) } }
}
