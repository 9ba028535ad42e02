import TemporaryPostgreSQL
import Testing

/// Starts a PostgreSQL server for a suite and ends it after: a suite whose server cannot start fails.
struct PostgreSQLServer: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await TemporaryPostgreSQL.withCurrent { try await function() }
  }
}

extension Trait where Self == PostgreSQLServer {
  static var postgreSQLServer: Self { PostgreSQLServer() }
}
