import ArgumentParser
import ErrorCodes
import Foundation
import StrictJSON

/// How every command ends when it is refused: the code and what to do, on standard error or as JSON, and status 1.
enum CommandFailure {
  static func report(_ error: any CodedError, json: Bool) throws -> Never {
    if json {
      print(JSONValue.object(["code": .string(error.code.rawValue), "message": .string(error.message)]).canonicalText)
    } else {
      FileHandle.standardError.write(Data("refused: \(error.code): \(error.message)\n".utf8))
    }
    throw ExitCode(1)
  }
}
