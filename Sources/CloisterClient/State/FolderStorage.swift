import DurableFiles
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What was just done to the disk, in the order of a change.
package enum StateWriteStep: Sendable, Equatable, CaseIterable {
  /// An empty file lies aside.
  case made
  /// It holds the new bytes.
  case written
  /// They are on the disk.
  case synchronized
  /// It took the old one's place.
  case renamed
  /// A file was removed.
  case removed
  /// What was renamed or removed stays so, also over a loss of power.
  case folderSynchronized
}

/// One folder of files that several processes share without trusting luck: a file is replaced by rename, changed under
/// a lock, and removed for good.
public struct FolderStorage: StateStorage {
  public let path: String
  /// Called after each step of a change. Tests throw from it: then everything stays as a crash at that point leaves it.
  var afterStep: (@Sendable (StateWriteStep) throws(ClientError) -> Void)?

  /// Opens the folder, making it with mode 0700 where it is missing.
  /// - Throws: `state-unusable`.
  public init(opening path: String) throws(ClientError) {
    self.path = path
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.unusable("folder cannot be made") }
  }

  public func subfolder(_ name: String) throws(ClientError) -> any StateStorage {
    try FolderStorage(opening: path + "/" + name)
  }

  private func path(of name: String) -> String { path + "/" + name }

  /// Nil where the file is missing.
  public func read(_ name: String, byteLimit: Int) throws(ClientError) -> [UInt8]? {
    let descriptor = open(path(of: name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw Self.unusable("file cannot be read")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= 0, Int(status.st_size) <= byteLimit else {
      throw Self.unusable("file is above \(byteLimit) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        SystemCall.read(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.unusable("file cannot be read to its end") }
      offset += count
    }
    return bytes
  }

  /// Replaces a file in one step: readers see the old bytes or the new ones, also after a crash.
  public func write(_ name: String, _ bytes: [UInt8]) throws(ClientError) {
    try replace(name, bytes, isSynchronized: true)
    try synchronize()
  }

  /// Replaces a file in one step for all that read it; `settle` makes that last.
  public func put(_ name: String, _ bytes: [UInt8]) throws(ClientError) {
    try replace(name, bytes, isSynchronized: false)
  }

  public func settle(_ name: String) throws(ClientError) {
    let descriptor = open(path(of: name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw Self.unusable("file cannot be opened")
    }
    defer { close(descriptor) }
    guard SystemCall.synchronizeData(descriptor) == 0 else { throw Self.unusable("file cannot be made durable") }
    try afterStep?(.synchronized)
    try synchronize()
  }

  private func replace(_ name: String, _ bytes: [UInt8], isSynchronized: Bool) throws(ClientError) {
    let temporary = path(of: ".\(name).\(getpid()).\(UInt64.random(in: 0...UInt64.max))")
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.unusable("file cannot be made") }
    do {
      defer { close(descriptor) }
      try afterStep?(.made)
      guard PosixFileSystem.write(bytes, to: descriptor) else { throw Self.discard(temporary) }
      try afterStep?(.written)
      if isSynchronized {
        guard fsync(descriptor) == 0 else { throw Self.discard(temporary) }
        try afterStep?(.synchronized)
      }
    }
    guard SystemCall.rename(temporary, path(of: name)) == 0 else { throw Self.discard(temporary) }
    try afterStep?(.renamed)
  }

  private static func discard(_ temporary: String) -> ClientError {
    unlink(temporary)
    return unusable("file cannot be written")
  }

  /// Removes a file and makes that last, also over a crash. A missing file is no error.
  public func erase(_ name: String) throws(ClientError) {
    guard unlink(path(of: name)) == 0 || errno == ENOENT else { throw Self.unusable("file cannot be removed") }
    try afterStep?(.removed)
    try synchronize()
  }

  /// Removes what crashes left of files that were written aside. Only for a folder in which everyone who writes holds
  /// the lock, as the caller does.
  public func eraseTemporaries() throws(ClientError) {
    for name in try allNames() where name.hasPrefix(".") && name != Self.lockName { try erase(name) }
  }

  /// Names of files, sorted, without those that start with a dot.
  public func names() throws(ClientError) -> [String] {
    try allNames().filter { !$0.hasPrefix(".") }.sorted()
  }

  private func allNames() throws(ClientError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw Self.unusable("folder cannot be read")
    }
    return names
  }

  private static let lockName = ".lock"

  /// Keeps every other process out while `body` reads and writes.
  public func withLock<Value>(
    _ body: () throws(ClientError) -> Value
  ) throws(ClientError) -> Value {
    let descriptor = open(path(of: Self.lockName), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.unusable("lock cannot be opened") }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw Self.unusable("lock cannot be taken") }
    }
    return try body()
  }

  private func synchronize() throws(ClientError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unusable("folder cannot be opened") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw Self.unusable("folder cannot be made durable") }
    try afterStep?(.folderSynchronized)
  }

  private static func unusable(_ what: String) -> ClientError {
    ClientError(ClientError.stateUnusable, "client state: \(what)")
  }
}
