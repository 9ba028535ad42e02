import ArgumentParser
import CloisterClient
import Foundation

/// Who draws, where that is not the account key in the state.
struct AccountOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Program whose standard output is your account's bearer token, run for each draw.",
      discussion: """
        For accounts of an identity provider, whose tokens are over within minutes. The path of a program and its \
        arguments, separated by blanks; no shell reads it. What it prints is sent to the issuer, and neither kept nor \
        shown. It has 60 seconds.
        """, valueName: "command"),
    transform: { try AccountCommand($0) })
  var accountCommand: AccountCommand?
}

/// A program that gives the account's bearer token.
struct AccountCommand: AccountCredential {
  private static let outputByteLimit = 16 << 10
  private static let timeLimit = DispatchTimeInterval.seconds(60)

  private let words: [String]

  init(_ text: String) throws {
    words = text.split(separator: " ").map(String.init)
    guard let program = words.first, program.contains("/"), FileManager.default.isExecutableFile(atPath: program) else {
      throw ValidationError("--account-command takes the path of a program, and its arguments.")
    }
  }

  func bearer() async throws(ClientError) -> String {
    let words = words
    let output = await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: try? Self.output(of: words)) }
    }
    guard let output else {
      throw ClientError(
        ClientError.credentialUnavailable, "the account command failed, said too much, or was not done in time")
    }
    return output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// - Returns: nil where the program says that it failed.
  private static func output(of words: [String]) throws -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    try process.run()
    @Sendable func end() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    let deadline = DispatchWorkItem { end() }
    DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit, execute: deadline)
    defer { deadline.cancel() }
    let said = try output.fileHandleForReading.read(upToCount: outputByteLimit + 1) ?? Data()
    if said.count > outputByteLimit { end() }
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else { return nil }
    return String(validating: said, as: UTF8.self)
  }
}
