import ArgumentParser
import ErrorCodes
import Foundation

/// How every command ends that does not do what it was asked: the code on standard error, and status 1.
enum IssuerFailure {
  static func reporting(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as any CodedError {
      FileHandle.standardError.write(Data("refused: \(error)\n".utf8))
      throw ExitCode(1)
    }
  }
}
