import Foundation
import StrictJSON
import Trust
import WireFormat

/// Statements, keys and times as the publishing commands read and write them.
enum StatementFile {
  /// Writes a statement with a newline behind it.
  static func write(_ statement: Statement, to path: String) throws {
    try OutputFile.write(statement.encoded + [0x0A], to: path)
  }

  /// A publisher's Ed25519 seed: 64 hexadecimal digits.
  static func key(_ path: String) throws -> StatementSigningKey {
    let text = String(decoding: try InputFile.trimmedBytes(path, byteLimit: 1_024), as: UTF8.self)
    guard let seed = [UInt8](hexadecimal: text), seed.count == 32 else {
      throw CommandError(
        CommandError.fileUnfit, "the file \(path) is not a key of 64 hexadecimal digits",
        advice: "Name a file that `cloister release keygen` made.")
    }
    return try StatementSigningKey(seed: seed)
  }

  /// An instant of RFC 3339, or now: seconds since 1970.
  static func seconds(_ instant: String?) throws -> UInt64 {
    guard let instant else { return UInt64(max(Date().timeIntervalSince1970, 0)) }
    guard let date = Instant.parse(instant), let seconds = UInt64(exactly: date.timeIntervalSince1970.rounded(.down))
    else {
      throw CommandError(
        CommandError.argumentInvalid, "\(instant) is no instant of RFC 3339",
        advice: "Give it such as 2027-01-31T12:00:00Z.")
    }
    return seconds
  }

  static func hexadecimal(_ text: String, count: ClosedRange<Int>, what: String) throws -> [UInt8] {
    guard let bytes = [UInt8](hexadecimal: text), count.contains(bytes.count) else {
      let expected =
        count.lowerBound == count.upperBound ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
      throw CommandError(
        CommandError.argumentInvalid, "the \(what) is not \(expected) bytes in hexadecimal",
        advice: "Give two digits for each byte, and nothing between them.")
    }
    return bytes
  }
}
