import Foundation

/// A folder whose files are replaced whole: after a crash each holds its older or its newer content.
struct DurableFolder: Sendable {
  let path: String

  /// - Throws: `log-state-unusable`.
  init(path: String) throws(LogError) {
    self.path = path
    try Self.makeFolder(path)
  }

  /// The file's bytes; nil where there is none.
  func read(_ name: String) throws(LogError) -> [UInt8]? {
    let file = path + "/" + name
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    guard let data = FileManager.default.contents(atPath: file) else { throw Self.failure("a file cannot be read") }
    return Array(data)
  }

  /// Writes a temporary file, syncs it, renames it into place and syncs its folder.
  func replace(_ name: String, with bytes: [UInt8], mode: mode_t = 0o644) throws(LogError) {
    let file = path + "/" + name
    let folder = (file as NSString).deletingLastPathComponent
    try Self.makeFolder(folder)
    let temporary = folder + "/.new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Self.failure("a file cannot be made") }
    let isWritten = Self.write(bytes, to: descriptor) && fsync(descriptor) == 0
    guard close(descriptor) == 0, isWritten, rename(temporary, file) == 0 else {
      throw Self.failure("a file cannot be written")
    }
    try Self.sync(folder)
  }

  /// Removes a folder below this one, if it is there.
  func removeFolder(_ name: String) { try? FileManager.default.removeItem(atPath: path + "/" + name) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func makeFolder(_ path: String) throws(LogError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return }
    let parent = (path as NSString).deletingLastPathComponent
    if !parent.isEmpty, parent != path { try makeFolder(parent) }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("a folder cannot be made") }
    try sync(parent.isEmpty ? "." : parent)
  }

  private static func sync(_ folder: String) throws(LogError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("a folder cannot be opened") }
    let isSynced = fsync(descriptor) == 0
    guard close(descriptor) == 0, isSynced else { throw failure("a folder cannot be synced") }
  }

  private static func failure(_ what: StaticString) -> LogError { LogError(LogError.stateUnusable, "\(what)") }
}
