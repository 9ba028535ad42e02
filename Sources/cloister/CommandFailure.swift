import ArgumentParser
import ChatArchive
import ChatHistory
import ErrorCodes
import StrictJSON
import TransparencyLog
import Trust

/// How every command ends that does not do what it was asked: with the code, on standard error or as JSON, and with
/// status 1 for a refusal, 2 for input that is malformed itself.
enum CommandFailure {
  /// The input itself is not what the command takes.
  private static let malformedCodes: Set<ErrorCode> = [
    TrustError.malformed, TrustError.receiptVersion, ChatHistoryError.notAnExport, ChatHistoryError.tooLarge,
    ChatHistoryError.lineTooLong,
    TransparencyLogError.logPolicyMalformed, JSONError.malformed, JSONError.duplicateMember,
    ChatArchiveError.malformed, ChatArchiveError.tooLarge, ChatArchiveError.noChat, ChatArchiveError.severalChats,
  ]

  static func report(_ error: any CodedError, json: Bool) throws -> Never {
    let isMalformed = malformedCodes.contains(error.code)
    if json {
      CommandOutput.data([
        "verdict": isMalformed ? "malformed" : "refused", "code": .string(error.code.rawValue),
        "message": .string(error.message),
      ])
    } else {
      CommandOutput.note("\(isMalformed ? "malformed" : "refused"): \(error.code): \(error.message)")
    }
    throw ExitCode(isMalformed ? 2 : 1)
  }

  /// Runs a command's body and reports what it throws.
  static func reporting(json: Bool, _ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as any CodedError {
      try report(error, json: json)
    }
  }
}
