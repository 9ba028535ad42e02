import Foundation

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
  /// - Parameter settings: of the server, as `name=value`.
  /// - Throws: `CannotStart`: a test that needs the server fails then.
  @discardableResult
  public static func withServer<Value>(
    settings: [String] = [], _ body: (TemporaryPostgreSQL) async throws -> Value
  ) async throws -> Value {
    let server = try await TemporaryPostgreSQL(settings: settings)
    do {
      let value = try await body(server)
      await server.stop()
      return value
    } catch {
      await server.stop()
      throw error
    }
  }

  private init(settings: [String]) async throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    process = try ChildProcess(root.appendingPathComponent("scripts/temporary-postgresql").path, settings)
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
