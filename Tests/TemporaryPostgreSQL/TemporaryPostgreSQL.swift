import Foundation
package import PostgreSQLClient
import TestSupport

/// A PostgreSQL server of its own, run by `scripts/temporary-postgresql`, which ends with this process at the latest.
public struct TemporaryPostgreSQL: Sendable {
  public struct CannotStart: Error, CustomStringConvertible {
    public let description = "PostgreSQL, which this needs, cannot be started; its reason is on standard error"
  }

  /// libpq's connection parameters, of its superuser.
  public let parameters: String

  private let process: ChildProcess

  /// Runs `body` with a new server, which is gone afterwards.
  ///
  /// - Parameters:
  ///   - settings: of the server, as `name=value`.
  ///   - programs: folder of the server's programs, if not the newest that is installed.
  /// - Throws: `CannotStart`: a test that needs the server fails then.
  @discardableResult
  public static func withServer<Value>(
    settings: [String] = [], programs: String? = nil, _ body: (TemporaryPostgreSQL) async throws -> Value
  ) async throws -> Value {
    let server = try await TemporaryPostgreSQL(settings: settings, programs: programs)
    do {
      let value = try await body(server)
      await server.stop()
      return value
    } catch {
      await server.stop()
      throw error
    }
  }

  private init(settings: [String], programs: String?) async throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let environment = programs.map { ["CLOISTER_POSTGRESQL_BIN=\($0)"] } ?? []
    process = try ChildProcess(
      "/usr/bin/env", environment + [root.appendingPathComponent("scripts/temporary-postgresql").path] + settings)
    parameters = await process.readLine()
    guard parameters.hasPrefix("host=") else {
      await process.wait()
      throw CannotStart()
    }
  }

  /// Ends the server's processes with SIGKILL.
  public func kill() async { await obey("kill", "killed") }

  /// Starts the server again, after `kill`.
  public func start() async { await obey("start", "started") }

  private func stop() async {
    process.write("stop\n")
    await process.wait()
  }

  private func obey(_ word: String, _ answer: String) async {
    process.write("\(word)\n")
    let line = await process.readLine()
    precondition(line == answer, "scripts/temporary-postgresql did not obey")
  }
}

extension TemporaryPostgreSQL {
  @TaskLocal private static var running: TemporaryPostgreSQL?

  public struct NotRunning: Error {}

  /// The server that `body` of `withCurrent` sees.
  public static var current: TemporaryPostgreSQL {
    get throws {
      guard let running else { throw NotRunning() }
      return running
    }
  }

  /// Runs `body` with a new server as the current one: several tests share it, each in a schema of its own.
  ///
  /// - Throws: as `withServer`.
  public static func withCurrent(programs: String? = nil, _ body: () async throws -> Void) async throws {
    try await withServer(programs: programs) { server in
      try await $running.withValue(server) { try await body() }
    }
  }

  /// Parameters of sessions that see a new schema alone, so that tests share a server and no table.
  package func freshSchema(options: String = "") throws -> String {
    let schema = "test_" + UUID().uuidString.filter { $0 != "-" }.lowercased()
    try session().run("CREATE SCHEMA \(schema)", limit: .seconds(10))
    return "\(parameters) options='-c search_path=\(schema) \(options)'"
  }

  package func session(_ parameters: String? = nil) throws -> PostgreSQLConnection {
    try PostgreSQLConnection(parameters: parameters ?? self.parameters, limit: .seconds(10))
  }
}
