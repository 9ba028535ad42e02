import Foundation
import PostgreSQLSpentTokens
import SpentTokens

/// A gateway process reduced to its store: spends digests 0, 1, 2, … of an issuer day, several at once, and prints the
/// number of each digest that the store acknowledged as new. Tests kill it, or run two of them.
///
///     spent-tokens-redeemer sqlite|postgresql PATH-OR-PARAMETERS ISSUER-DAY COUNT
@main
struct SpentTokensRedeemer {
  private static let concurrency: UInt64 = 32

  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let issuerDay = UInt64(arguments[3]), let count = UInt64(arguments[4]) else {
      fatalError("usage: spent-tokens-redeemer sqlite|postgresql PATH-OR-PARAMETERS ISSUER-DAY COUNT")
    }
    let store: any SpentTokenStore =
      arguments[1] == "sqlite"
      ? try SQLiteSpentTokens(path: arguments[2]) : try await PostgreSQLSpentTokens(parameters: arguments[2])
    try await withThrowingTaskGroup { group in
      for first in 0..<concurrency {
        group.addTask {
          for number in stride(from: first, to: count, by: Int(concurrency)) {
            guard try await store.spend(tokenDigest: digest(number), issuerDay: issuerDay) else { continue }
            try FileHandle.standardOutput.write(contentsOf: Data("\(number)\n".utf8))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// As the tests make it: the number, big-endian, four times.
  private static func digest(_ number: UInt64) -> [UInt8] {
    let bytes = withUnsafeBytes(of: number.bigEndian) { Array($0) }
    return bytes + bytes + bytes + bytes
  }
}
