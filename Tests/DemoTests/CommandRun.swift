import Foundation
import Synchronization

/// Runs the executables of this build as a person would.
struct CommandRun {
  let status: Int32
  let standardOutput: String
  let standardError: String
  /// From the start to the first byte on standard error.
  let timeToFirstLine: Duration
  let elapsed: Duration

  /// The build folder that holds both this test bundle and the executables.
  static let folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    .appendingPathComponent(".build/release")

  static func process(_ executable: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = folder.appendingPathComponent(executable)
    process.arguments = arguments
    return process
  }

  static func cloister(_ arguments: String...) async throws -> CommandRun { try await run("cloister", arguments) }

  static func run(_ executable: String, _ arguments: [String]) async throws -> CommandRun {
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
