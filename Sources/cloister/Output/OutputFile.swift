import DurableFiles
import Foundation
import Glibc

/// Files that the command line asks for. One that cannot be written is a mistake in the arguments.
enum OutputFile {
  /// Replaces a file whole: who reads it sees the older bytes or these. What is no file stays what it is, and is written
  /// to: a pipe, a terminal, `/dev/null`. So does a link, whose file is replaced.
  static func write(_ bytes: [UInt8], to path: String) throws {
    var status = stat()
    let isThere = stat(path, &status) == 0
    do {
      if isThere, status.st_mode & S_IFMT != S_IFREG {
        try writeThrough(bytes, to: path)
      } else {
        try Data(bytes).write(to: URL(fileURLWithPath: isThere ? resolved(path) : path), options: .atomic)
      }
    } catch {
      throw CommandError(
        CommandError.fileUnwritable, "the file \(path) cannot be written",
        advice: "Name a file in a folder that is there and yours to write.")
    }
  }

  private static func writeThrough(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure("open", number: errno) }
    defer { close(descriptor) }
    guard PosixFileSystem.write(bytes, to: descriptor) else { throw FileFailure("write", number: errno) }
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
