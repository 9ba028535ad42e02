import TemporaryPostgreSQL
import Testing

/// Starts a PostgreSQL server for a suite and ends it after: a suite whose server cannot start fails.
struct PostgreSQLServer: SuiteTrait, TestScoping {
  /// Folder of the server's programs, if not the newest that is installed.
  var programs: String?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await TemporaryPostgreSQL.withCurrent(programs: programs) { try await function() }
  }
}

extension Trait where Self == PostgreSQLServer {
  static var postgreSQLServer: Self { PostgreSQLServer() }
}
