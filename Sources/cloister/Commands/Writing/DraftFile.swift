import Foundation
import Trust

/// A draft from a file or from standard input.
enum DraftFile {
  /// - Throws: status 64 where it cannot be read, is too long or is no text.
  static func text(_ path: String) throws -> String {
    let limit = RequestClass.largest.byteCount
    let bytes = path == "-" ? try standardInput(byteLimit: limit) : try InputFile.bytes(path, byteLimit: limit)
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError(
        CommandError.fileUnfit, "the draft is not text in UTF-8", advice: "Save it as plain text in UTF-8.")
    }
    // The newline that an editor puts at the end of a file is none of the draft's; on Windows it is one character of two.
    if text.last?.isNewline == true { text.removeLast() }
    return text
  }

  private static func standardInput(byteLimit: Int) throws -> [UInt8] {
    if isatty(STDIN_FILENO) == 1 { CommandOutput.note("Write the draft, and end it with Ctrl-D on a line of its own.") }
    var bytes: [UInt8] = []
    while true {
      guard let data = try? FileHandle.standardInput.read(upToCount: 1 << 16) ?? Data() else {
        throw InputFile.unreadable("standard input")
      }
      guard !data.isEmpty else { return bytes }
      bytes += data
      guard bytes.count <= byteLimit else {
        throw CommandError(
          CommandError.fileUnfit, "the draft is above \(byteLimit) bytes", advice: "Ask for a part of it.")
      }
    }
  }
}
