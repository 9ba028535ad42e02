import Foundation

/// Files that only their owner may read.
enum StateFile {
  static let byteLimit = 1 << 20

  static func createDirectory(_ url: URL) throws(SimulatedTEEError) {
    do {
      try FileManager.default.createDirectory(
        at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw SimulatedTEEError(SimulatedTEEError.stateUnwritable, "state directory cannot be made")
    }
  }

  static func write(_ content: [UInt8], to url: URL) throws(SimulatedTEEError) {
    // The new file has its permissions before it has its name.
    let temporary = url.appendingPathExtension("new")
    let isCreated = FileManager.default.createFile(
      atPath: temporary.path, contents: Data(content), attributes: [.posixPermissions: 0o600])
    guard isCreated, rename(temporary.path, url.path) == 0 else {
      throw SimulatedTEEError(SimulatedTEEError.stateUnwritable, "state file cannot be written")
    }
  }

  static func read(_ url: URL) throws(SimulatedTEEError) -> [UInt8] {
    guard let content = try? Data(contentsOf: url), content.count <= byteLimit else {
      throw SimulatedTEEError(SimulatedTEEError.stateUnreadable, "state file is missing or too large")
    }
    return Array(content)
  }
}
