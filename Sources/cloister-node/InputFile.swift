import Foundation
import Node

/// A file that somebody names on the command line.
enum InputFile {
  /// - Throws: `node-configuration-invalid`.
  static func bytes(_ path: String) throws(NodeError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw NodeError(NodeError.configurationInvalid, "the configuration file cannot be read")
    }
    return Array(data)
  }
}
