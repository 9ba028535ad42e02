import ArgumentParser
import ChatArchive
import ChatHistory
import CloisterClient
import ErrorCodes
import Glibc
import LocalEndpoint
import StrictJSON
import TransparencyLog
import Trust

/// How every command ends that does not do what it was asked: with the code, on standard error or as JSON, and with
/// status 1 for a refusal, 2 for input that is malformed itself, 64 for wrong usage.
enum CommandFailure {
  /// The input itself is not what the command takes.
  private static let malformedCodes: Set<ErrorCode> = [
    TrustError.malformed, TrustError.receiptVersion, ChatHistoryError.notAnExport, ChatHistoryError.tooLarge,
    ChatHistoryError.lineTooLong,
    TransparencyLogError.logPolicyMalformed, JSONError.malformed, JSONError.duplicateMember,
    ChatArchiveError.malformed, ChatArchiveError.tooLarge, ChatArchiveError.noChat, ChatArchiveError.severalChats,
  ]

  /// - Parameter hint: how commands are called that mend it.
  static func report(_ error: any CodedError, json: Bool, hint: CommandHint = CommandHint()) throws -> Never {
    show(error, json: json, hint: hint)
    throw ExitCode(error is CommandError ? 64 : malformedCodes.contains(error.code) ? 2 : 1)
  }

  /// What `report` says before it ends the command.
  static func show(_ error: any CodedError, json: Bool, hint: CommandHint) {
    let message = hint.spelled(error.message.printable)
    let advice = advice(error)
    let isMalformed = malformedCodes.contains(error.code)
    if json {
      CommandOutput.data([
        "verdict": isMalformed ? "malformed" : "refused", "code": .string(error.code.rawValue),
        "message": .string(message), "advice": advice.map { .string(hint.spelled($0)) } ?? .null,
      ])
    } else {
      CommandOutput.note("\(isMalformed ? "malformed" : "refused"): \(error.code): \(message)")
      if let advice { CommandOutput.note("  → \(hint.spelled(advice))") }
    }
  }

  private static func advice(_ error: any CodedError) -> String? {
    if let error = error as? CommandError { return error.advice }
    // A message that names a command says already what to do.
    return CommandHint.names(error.message)
      ? nil : (ArchiveAdvice.of(error.code) ?? RefusalAdvice.of(error.code))?.commandLineAdvice
  }

  /// Ends with status 1 where standard output did not take all: an answer that nobody got is none. Where a reader went
  /// away (`| head`) no word is needed.
  static func endIfUnwritten() {
    guard let number = StandardStream.output.failureNumber else { return }
    if number != EPIPE {
      let error = CommandError(
        CommandError.fileUnwritable, "standard output cannot be written",
        advice: "Look whether its disk has room and whether it was closed.")
      show(error, json: false, hint: CommandHint())
    }
    exit(1)
  }

  /// Runs a command's body and reports what it throws.
  static func reporting(json: Bool, _ body: () async throws -> Void) async throws {
    try await reporting(json: json, hint: CommandHint(), body)
  }

  /// Of a command that uses the person's state.
  static func reporting(_ state: StateOptions, _ body: () async throws -> Void) async throws {
    try await reporting(json: state.json, hint: state.hint, body)
  }

  private static func reporting(json: Bool, hint: CommandHint, _ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as any CodedError {
      try report(error, json: json, hint: hint)
    }
  }
}
