import TemporaryPostgreSQL
import Testing

/// Suites that need PostgreSQL must not pass where it is missing.
@Suite("A PostgreSQL server that cannot be started")
struct PostgreSQLServerTests {
  @Test("is an error for whoever asks for it, and its body does not run")
  func cannotStart() async throws {
    await #expect(throws: TemporaryPostgreSQL.CannotStart.self) {
      try await TemporaryPostgreSQL.withServer(programs: "/nowhere") { _ in Issue.record("a server runs") }
    }
  }

  @Test("fails the suite, of which no test runs")
  func failsSuite() async throws {
    let test = try #require(Test.current)
    await #expect(throws: TemporaryPostgreSQL.CannotStart.self) {
      try await PostgreSQLServer(programs: "/nowhere").provideScope(for: test, testCase: nil) {
        Issue.record("the suite runs")
      }
    }
    #expect(throws: TemporaryPostgreSQL.NotRunning.self) { try TemporaryPostgreSQL.current }
  }
}
