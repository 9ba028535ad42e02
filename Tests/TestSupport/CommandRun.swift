public import Foundation
import Synchronization

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

  public static func process(_ executable: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = folder.appendingPathComponent(executable)
    process.arguments = arguments
    return process
  }

  public static func cloister(_ arguments: String...) async throws -> CommandRun {
    try await run("cloister", arguments)
  }

  public static func cloister(_ arguments: [String]) async throws -> CommandRun { try await run("cloister", arguments) }

  public static func run(_ executable: String, _ arguments: [String]) async throws -> CommandRun {
    let process = process(executable, arguments)
    let output = Pipe()
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    let clock = ContinuousClock()
    let start = clock.now
    try process.run()
    async let outputData = readAll(output.fileHandleForReading)
    async let errorData = readAll(errors.fileHandleForReading)
    let (out, err) = await (outputData, errorData)
    process.waitUntilExit()
    return CommandRun(
      status: process.terminationStatus, standardOutput: String(decoding: out.data, as: UTF8.self),
      standardError: String(decoding: err.data, as: UTF8.self),
      timeToFirstLine: (err.firstByte ?? clock.now) - start, elapsed: clock.now - start)
  }

  private static func readAll(
    _ handle: FileHandle
  ) async -> (data: Data, firstByte: ContinuousClock.Instant?) {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var data = Data()
        var first: ContinuousClock.Instant?
        while case let more = handle.availableData, !more.isEmpty {
          if first == nil { first = .now }
          data.append(more)
        }
        continuation.resume(returning: (data, first))
      }
    }
  }
}
