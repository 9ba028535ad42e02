import Foundation
import Synchronization

/// One party as a process of its own. It ends when its standard input closes, so it never outlives the demo, however
/// that one ends.
final class ChildProcess: Sendable {
  let name: String
  /// Scheme and authority, once the child said where it listens.
  let server: String
  private let process: Mutex<Process>
  private let input: Mutex<Pipe>
  /// Everything the child writes, standard output and error.
  let outputFile: URL

  /// Starts the executable and waits for its line `listening HOST:PORT`.
  /// - Throws: `demo-party-failed` when the child ends before that line.
  static func start(
    _ executable: String, name: String, arguments: [String], outputFile: URL
  ) async throws -> ChildProcess {
    let process = Process()
    process.executableURL = try siblingExecutable(executable)
    process.arguments = arguments + ["--exit-with-parent"]
    process.environment = [:]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    guard FileManager.default.createFile(atPath: outputFile.path, contents: nil) else {
      throw DemoError(DemoError.partyFailed, "a file of the demo's folder cannot be written")
    }
    process.standardError = try FileHandle(forWritingTo: outputFile)
    try process.run()
    let line = await firstLine(of: output.fileHandleForReading)
    guard let line, line.hasPrefix("listening ") else {
      process.terminate()
      let said = (try? String(contentsOf: outputFile, encoding: .utf8)) ?? ""
      throw DemoError(DemoError.partyFailed, "\(name) did not start: \(said.prefix(400))")
    }
    return ChildProcess(
      name: name, server: "http://" + line.dropFirst("listening ".count), process: process, input: input,
      outputFile: outputFile)
  }

  private init(name: String, server: String, process: sending Process, input: sending Pipe, outputFile: URL) {
    self.name = name
    self.server = server
    self.process = Mutex(process)
    self.input = Mutex(input)
    self.outputFile = outputFile
  }

  var processIdentifier: Int32 { process.withLock { $0.processIdentifier } }

  /// Ends the child as a crash would.
  func kill() { _ = Glibc.kill(processIdentifier, SIGKILL) }

  /// Closes the lifeline and waits until the child is gone.
  func stop() {
    input.withLock { try? $0.fileHandleForWriting.close() }
    process.withLock { $0.waitUntilExit() }
  }

  /// Runs a sibling executable to its end and returns what it printed.
  static func output(of executable: String, _ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = try siblingExecutable(executable)
    process.arguments = arguments
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw DemoError(
        DemoError.partyFailed, "\(executable) \(arguments.first ?? "") failed: \(String(decoding: said, as: UTF8.self))"
      )
    }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The parties' executables lie beside this one.
  private static func siblingExecutable(_ name: String) throws -> URL {
    let own = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let sibling = own.deletingLastPathComponent().appendingPathComponent(name)
    guard FileManager.default.isExecutableFile(atPath: sibling.path) else {
      throw DemoError(DemoError.partyFailed, "the executable \(name) does not lie beside cloister; build the package")
    }
    return sibling
  }

  private static func firstLine(of handle: FileHandle) async -> String? {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var line: [UInt8] = []
        while let byte = try? handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { line.append(byte) }
        continuation.resume(returning: line.isEmpty ? nil : String(decoding: line, as: UTF8.self))
      }
    }
  }
}

#if canImport(Glibc)
  import Glibc
#endif
