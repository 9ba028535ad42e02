public import Foundation

/// Runs the executables of this build as a person would.
public struct CommandRun: Sendable {
  public let status: Int32
  public let standardOutput: String
  public let standardError: String
  /// From the start to the first byte on standard error.
  public let timeToFirstLine: Duration
  public let elapsed: Duration

  /// The build folder that holds both this test bundle and the executables: of the bundle that runs, or where a
  /// release build has put them.
  public static let folder: URL = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments.first ?? "").deletingLastPathComponent()
    if FileManager.default.isExecutableFile(atPath: bundle.appendingPathComponent("cloister").path) { return bundle }
    return URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appendingPathComponent(".build/release")
  }()

  /// Starts an executable of this build.
  public static func start(
    _ executable: String, _ arguments: [String], errors: ChildProcess.ErrorOutput
  ) throws -> ChildProcess {
    try ChildProcess(folder.appendingPathComponent(executable).path, arguments, errors: errors)
  }

  public static func cloister(_ arguments: String...) async throws -> CommandRun {
    try await run("cloister", arguments)
  }

  public static func cloister(_ arguments: [String]) async throws -> CommandRun { try await run("cloister", arguments) }

  public static func run(_ executable: String, _ arguments: [String]) async throws -> CommandRun {
    let start = ContinuousClock.now
    return try await finished(try self.start(executable, arguments, errors: .separate), startedAt: start)
  }

  /// Runs a shell's script, in which `cloister` is this build's; for what only a shell does to a command's streams. A
  /// reader that went away ends a program there unless the program says otherwise, whatever these tests' process does.
  public static func shell(_ script: String, _ arguments: [String] = []) async throws -> CommandRun {
    let start = ContinuousClock.now
    let program = folder.appendingPathComponent("cloister").absoluteURL.path
    let process = try ChildProcess(
      "/bin/sh", ["-c", "cloister() { env --default-signal=PIPE '\(program)' \"$@\"; }\n\(script)", "sh"] + arguments,
      errors: .separate)
    return try await finished(process, startedAt: start)
  }

  private static func finished(
    _ process: ChildProcess, startedAt start: ContinuousClock.Instant
  ) async throws -> CommandRun {
    let clock = ContinuousClock()
    process.endInput()
    async let output = process.readToEnd()
    var errors = await process.readErrors()
    let firstLine = errors.isEmpty ? nil : clock.now
    while case let more = await process.readErrors(), !more.isEmpty { errors += more }
    let standardOutput = await output
    let status = await process.wait()
    return CommandRun(
      status: status, standardOutput: String(decoding: standardOutput, as: UTF8.self),
      standardError: String(decoding: errors, as: UTF8.self), timeToFirstLine: (firstLine ?? clock.now) - start,
      elapsed: clock.now - start)
  }
}
