import Foundation
import PostgreSQLClient
import PostgreSQLSpentTokens
import SpentTokens
import TemporaryPostgreSQL
import Testing

@Suite("The PostgreSQL store of spent tokens", .postgreSQLServer)
struct PostgreSQLSpentTokensTests {
  @Test("fsync, full_page_writes and synchronous_commit are on")
  func durability() async throws {
    let store = try await PostgreSQLSpentTokens(parameters: try TemporaryPostgreSQL.current.freshSchema())
    let expected = ["fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"]
    #expect(try await store.durabilitySettings() == expected)
  }

  @Test("a session that would acknowledge before the disk has it is refused", arguments: ["off", "local"])
  func notDurable(value: String) async throws {
    let parameters = try TemporaryPostgreSQL.current.freshSchema(options: "-c synchronous_commit=\(value)")
    await #expect(throws: refusal(SpentTokenError.notDurable)) {
      try await PostgreSQLSpentTokens(parameters: parameters)
    }
  }

  @Test(
    "a session whose statements are logged with their values is refused",
    arguments: ["log_statement=mod", "log_min_duration_statement=1000", "log_min_duration_sample=0"])
  func recordsTimes(setting: String) async throws {
    let server = try TemporaryPostgreSQL.current
    await #expect(throws: refusal(SpentTokenError.recordsTimes)) {
      try await PostgreSQLSpentTokens(parameters: try server.freshSchema(options: "-c \(setting)"))
    }
    let silent = try server.freshSchema(options: "-c \(setting) -c log_parameter_max_length=0")
    _ = try await PostgreSQLSpentTokens(parameters: silent)
  }

  @Test("a table has one column and one index, a unique one")
  func tables() async throws {
    let server = try TemporaryPostgreSQL.current
    let parameters = try server.freshSchema()
    let store = try await PostgreSQLSpentTokens(parameters: parameters)
    try await store.hold(issuerDays: 4...4)
    func texts(_ statement: String) throws -> [String] {
      try server.session(parameters).run(statement, limit: .seconds(10)).map { String(decoding: $0[0], as: UTF8.self) }
    }
    let columns = try texts(
      """
      SELECT column_name || ' ' || data_type FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = 'spent_4'
      """)
    #expect(columns == ["digest bytea"])
    let indexes = try texts(
      "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'spent_4'")
    #expect(indexes.count == 1 && indexes[0].hasPrefix("CREATE UNIQUE INDEX"))
  }

  @Test("two gateway processes on one database redeem each token once")
  func twoProcesses() async throws {
    let parameters = try TemporaryPostgreSQL.current.freshSchema()
    try await PostgreSQLSpentTokens(parameters: parameters).hold(issuerDays: 1...1)
    let gateways = try (0..<2).map { _ in try RedeemerProcess(.postgresql, parameters, issuerDay: 1, count: 3_000) }
    let acknowledged = await gateways[0].acknowledged() + gateways[1].acknowledged()
    #expect(acknowledged.sorted() == Array(0..<3_000))
  }

  @Test("while another session locks the table, tokens are refused after the bound, then spent again")
  func slow() async throws {
    let server = try TemporaryPostgreSQL.current
    let parameters = try server.freshSchema()
    var limits = PostgreSQLLimits()
    limits.answer = .milliseconds(200)
    let store = try await PostgreSQLSpentTokens(parameters: parameters, limits: limits)
    try await store.hold(issuerDays: 1...1)
    let other = try server.session(parameters)
    try other.run("BEGIN", limit: .seconds(10))
    try other.run("LOCK TABLE spent_1 IN ACCESS EXCLUSIVE MODE", limit: .seconds(10))
    let start = ContinuousClock.now
    await #expect(throws: refusal(SpentTokenError.slow)) {
      try await store.spend(tokenDigest: digest(1), issuerDay: 1)
    }
    #expect(ContinuousClock.now - start >= .milliseconds(190))
    try other.run("ROLLBACK", limit: .seconds(10))
    #expect(try await store.spend(tokenDigest: digest(1), issuerDay: 1))
  }

  @Test("a token that another gateway is storing waits for it, and is spent once")
  func waitsForOther() async throws {
    let server = try TemporaryPostgreSQL.current
    let parameters = try server.freshSchema()
    let store = try await PostgreSQLSpentTokens(parameters: parameters)
    try await store.hold(issuerDays: 1...1)
    let other = try server.session(parameters)
    try other.run("BEGIN", limit: .seconds(10))
    try other.run("INSERT INTO spent_1 (digest) VALUES ($1)", [digest(1)], limit: .seconds(10))
    let process = try other.run("SELECT pg_backend_pid()::text::bytea", limit: .seconds(10))[0][0]
    let observer = try server.session()
    let isWaitedFor = """
      SELECT 1 FROM pg_stat_activity WHERE \(String(decoding: process, as: UTF8.self)) = ANY (pg_blocking_pids(pid))
      """
    let isNew = try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask { try await store.spend(tokenDigest: digest(1), issuerDay: 1) }
      while try observer.run(isWaitedFor, limit: .seconds(10)).isEmpty { await Task.yield() }
      try other.run("COMMIT", limit: .seconds(10))
      return try await group.next()
    }
    #expect(isNew == false)
  }

  @Test("a server that takes connections and says nothing is given up after the bound")
  func silentServer() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        try #require(bind(listener, pointer, length) == 0 && listen(listener, 1) == 0)
        try #require(getsockname(listener, pointer, &length) == 0)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    var limits = PostgreSQLLimits()
    limits.connect = .milliseconds(200)
    await #expect(throws: refusal(SpentTokenError.slow)) {
      try await PostgreSQLSpentTokens(parameters: "host=127.0.0.1 port=\(port)", limits: limits)
    }
  }

  @Test(
    "parameters that libpq cannot read are refused, and never shown",
    arguments: ["password", "host='", "no_such_setting=secret", "postgresql://["])
  func malformedParameters(parameters: String) async throws {
    let error = await #expect(throws: refusal(SpentTokenError.parametersMalformed)) {
      try await PostgreSQLSpentTokens(parameters: parameters)
    }
    #expect(error?.message.contains("secret") == false)
  }
}

/// Each test changes its server, so each has one of its own.
@Suite("A PostgreSQL server that fails", .serialized)
struct PostgreSQLFailureTests {
  @Test("a server without fsync is refused")
  func withoutFsync() async throws {
    try await TemporaryPostgreSQL.withServer(settings: ["fsync=off"]) { server in
      await #expect(throws: refusal(SpentTokenError.notDurable)) {
        try await PostgreSQLSpentTokens(parameters: server.parameters)
      }
    }
  }

  @Test("a server that notes the time of each commit is refused")
  func recordsCommitTimes() async throws {
    try await TemporaryPostgreSQL.withServer(settings: ["track_commit_timestamp=on"]) { server in
      await #expect(throws: refusal(SpentTokenError.recordsTimes)) {
        try await PostgreSQLSpentTokens(parameters: server.parameters)
      }
    }
  }

  @Test("after the server was killed and started again, what was acknowledged is spent and nothing is spent twice")
  func killed() async throws {
    try await TemporaryPostgreSQL.withServer { server in try await killAndStart(server) }
  }

  private func killAndStart(_ server: TemporaryPostgreSQL) async throws {
    var limits = PostgreSQLLimits()
    // So that the test need not wait for the next attempt.
    limits.firstReconnectDelay = .zero
    limits.lastReconnectDelay = .zero
    let store = try await PostgreSQLSpentTokens(parameters: server.parameters, limits: limits)
    try await store.hold(issuerDays: 1...1)

    let (acknowledgements, stream) = AsyncStream.makeStream(of: UInt64.self)
    let refused = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for first in 0..<32 as Range<UInt64> {
        group.addTask {
          try await spendUntilRefused(store, from: first, by: 32) { stream.yield($0) }
        }
      }
      var count = 0
      for await _ in acknowledgements.prefix(2_000) { count += 1 }
      #expect(count == 2_000)
      await server.kill()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    await #expect(throws: refusal(SpentTokenError.unavailable)) {
      try await store.spend(tokenDigest: digest(1 << 40), issuerDay: 1)
    }

    await server.start()
    // Nothing was acknowledged but what came before each task's refusal.
    for last in refused {
      for number in stride(from: last % 32, to: last, by: 32) {
        #expect(try await !store.spend(tokenDigest: digest(number), issuerDay: 1))
      }
      // Refused without an answer: stored or not, it is spent once at most.
      _ = try await store.spend(tokenDigest: digest(last), issuerDay: 1)
      #expect(try await !store.spend(tokenDigest: digest(last), issuerDay: 1))
    }
  }
}

/// Spends every `step`th number until the store refuses one for want of an answer, which is returned.
private func spendUntilRefused(
  _ store: PostgreSQLSpentTokens, from first: UInt64, by step: Int, acknowledged: @Sendable (UInt64) -> Void
) async throws -> UInt64 {
  for number in stride(from: first, to: .max, by: step) {
    do throws(SpentTokenError) {
      #expect(try await store.spend(tokenDigest: digest(number), issuerDay: 1))
      acknowledged(number)
    } catch {
      #expect([SpentTokenError.unavailable, SpentTokenError.slow].contains(error.code))
      return number
    }
  }
  return .max
}
