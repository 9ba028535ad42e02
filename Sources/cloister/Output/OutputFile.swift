import ArgumentParser
import Foundation

/// Files that the command line asks for. One that cannot be written is a mistake in the arguments.
enum OutputFile {
  static func write(_ bytes: [UInt8], to path: String) throws {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ValidationError("Cannot write the file \(path).")
    }
  }
}
