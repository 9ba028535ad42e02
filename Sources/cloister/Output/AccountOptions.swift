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
        shown. It and whatever it starts have 60 seconds.
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

  /// - Returns: nil where the program says that it failed, says too much, or is not done in time.
  private static func output(of words: [String]) throws -> String? {
    let process = Process()
    let output = Pipe()
    let hasEnded = DispatchSemaphore(value: 0)
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.terminationHandler = { _ in hasEnded.signal() }
    let deadline = DispatchTime.now() + timeLimit
    try process.run()
    guard let said = bytes(from: output.fileHandleForReading.fileDescriptor, until: deadline),
      hasEnded.wait(timeout: deadline) == .success
    else {
      end(process)
      return nil
    }
    guard process.terminationReason == .exit, process.terminationStatus == 0 else { return nil }
    return String(validating: said, as: UTF8.self)
  }

  /// Ends it with all that it started, which would hold its output open without it. It leads a group of its own.
  private static func end(_ process: Process) {
    guard process.isRunning else { return }
    if kill(-process.processIdentifier, SIGKILL) != 0 { kill(process.processIdentifier, SIGKILL) }
  }

  /// All that is written; nil where it is too much, or its end does not come in time.
  private static func bytes(from descriptor: Int32, until deadline: DispatchTime) -> [UInt8]? {
    var said: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while said.count <= outputByteLimit {
      let now = DispatchTime.now()
      guard now < deadline else { return nil }
      let milliseconds = (deadline.uptimeNanoseconds - now.uptimeNanoseconds) / 1_000_000 + 1
      var awaited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // Where a signal cuts the wait short, it goes on.
      guard poll(&awaited, 1, Int32(clamping: milliseconds)) > 0 else { continue }
      let count = read(descriptor, &buffer, buffer.count)
      if count == 0 { return said }
      guard count > 0 || errno == EINTR else { return nil }
      said += buffer.prefix(max(count, 0))
    }
    return nil
  }
}
