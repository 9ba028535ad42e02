import ArgumentParser
import ChatHistory
import ErrorCodes
import Foundation
import StrictJSON
import Trust

/// What commands print: data on standard output, notes on standard error.
enum CommandOutput {
  static func data(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  static func data(_ json: JSONValue) { data(json.indentedText) }

  static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  /// Runs a command's body; a refusal prints its code and becomes the exit code.
  static func run(json: Bool, _ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as any CodedError {
      let isMalformed = malformedCodes.contains(error.code)
      if json {
        data([
          "verdict": isMalformed ? "malformed" : "refused", "code": .string(error.code.rawValue),
          "message": .string(error.message),
        ])
      }
      note("\(error.code): \(error.message)")
      throw ExitCode(isMalformed ? 2 : 1)
    }
  }

  /// The input itself is not what the command takes.
  private static let malformedCodes: Set<ErrorCode> = [
    TrustError.malformed, ChatHistoryError.notAnExport, ChatHistoryError.tooLarge, ChatHistoryError.lineTooLong,
  ]
}

/// A line on standard error for work that takes longer than a second.
func withProgress<Value: Sendable>(
  _ text: String, _ body: @Sendable () async throws -> Value
) async throws -> Value {
  let line = Task {
    try await Task.sleep(for: .seconds(1))
    CommandOutput.note("… \(text)")
  }
  defer { line.cancel() }
  return try await body()
}
