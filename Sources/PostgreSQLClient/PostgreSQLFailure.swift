/// Why a database gives no answer. Holds nothing that the server said.
package enum PostgreSQLFailure: Error, Equatable {
  /// PostgreSQL's library is not installed.
  case libraryMissing
  /// The connection parameters cannot be read.
  case parametersMalformed
  /// No session, or it broke: what was under way may or may not have happened.
  case unavailable
  /// No answer within the bound: what was under way may or may not happen.
  case slow
  /// The server would acknowledge what is not on the disk.
  case notDurable(setting: String)
  /// The server would note when a row came, as its commit time or in its log.
  case recordsTimes
  /// The statement names a table that is not there; nothing of it happened.
  case tableMissing

  /// What a person is told, whichever store it happened to.
  package var message: String {
    switch self {
    case .libraryMissing: "PostgreSQL's library libpq.so.5 is not installed"
    case .parametersMalformed: "PostgreSQL connection parameters are malformed"
    case .notDurable(let setting): "PostgreSQL's \(setting) is not on"
    case .recordsTimes: "PostgreSQL notes commit times or logs statements with their values"
    case .slow: "the database did not answer within its bound"
    case .unavailable, .tableMissing: "the database cannot be read or written"
    }
  }
}
