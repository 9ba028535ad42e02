import Foundation

/// Files that the command line asks for. One that cannot be written is a mistake in the arguments.
enum OutputFile {
  static func write(_ bytes: [UInt8], to path: String) throws {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandError(
        CommandError.fileUnwritable, "the file \(path) cannot be written",
        advice: "Name a file in a folder that is there and yours to write.")
    }
  }
}
