import ArgumentParser
import ErrorCodes
import StrictJSON

/// How the commands over policy files end where a file is not well-formed: with its code and status 1, for here the
/// file is what is judged.
enum PolicyFailure {
  static func reporting(json: Bool, status: Int32 = 1, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as CommandError {
      try CommandFailure.report(error, json: json)
    } catch let error as any CodedError {
      if json {
        CommandOutput.data([
          "verdict": "refused", "code": .string(error.code.rawValue), "message": .string(error.message),
        ])
      } else {
        CommandOutput.note("refused: \(error)")
      }
      throw ExitCode(status)
    }
  }
}
