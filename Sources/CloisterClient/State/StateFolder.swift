import Foundation
import Glibc

/// One folder of files that several processes share without trusting luck: a file is replaced by rename, claimed by
/// rename, and removed for good.
struct StateFolder: Sendable {
  let path: String

  /// Opens the folder, making it with mode 0700 where it is missing.
  init(opening path: String) throws(ClientError) {
    self.path = path
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.unusable("folder cannot be made") }
  }

  private init(unchecked path: String) { self.path = path }

  func subfolder(_ name: String) throws(ClientError) -> StateFolder {
    try StateFolder(opening: path + "/" + name)
  }

  private func path(of name: String) -> String { path + "/" + name }

  /// Nil where the file is missing.
  func read(_ name: String, byteLimit: Int = 8 << 20) throws(ClientError) -> [UInt8]? {
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
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.unusable("file cannot be read to its end") }
      offset += count
    }
    return bytes
  }

  /// Replaces a file in one step: readers see the old bytes or the new ones, also after a crash.
  func write(_ name: String, _ bytes: [UInt8]) throws(ClientError) {
    let temporary = path(of: ".\(name).\(getpid()).\(UInt64.random(in: 0...UInt64.max))")
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.unusable("file cannot be made") }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      offset += count
    }
    let isComplete = offset == bytes.count && fsync(descriptor) == 0
    guard close(descriptor) == 0, isComplete, Glibc.rename(temporary, path(of: name)) == 0 else {
      unlink(temporary)
      throw Self.unusable("file cannot be written")
    }
    try synchronize()
  }

  /// False where the file is not there (any more): of two processes one gets it.
  func rename(_ name: String, to newName: String) throws(ClientError) -> Bool {
    if Glibc.rename(path(of: name), path(of: newName)) == 0 { return true }
    guard errno == ENOENT else { throw Self.unusable("file cannot be renamed") }
    return false
  }

  /// Removes a file and makes that last, also over a crash. A missing file is no error.
  func erase(_ name: String) throws(ClientError) {
    guard unlink(path(of: name)) == 0 || errno == ENOENT else { throw Self.unusable("file cannot be removed") }
    try synchronize()
  }

  /// Names of files, sorted, without those that start with a dot.
  func names() throws(ClientError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw Self.unusable("folder cannot be read")
    }
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Keeps every other process out while `body` reads and writes.
  func withLock<Value>(
    _ name: String = ".lock", _ body: () throws(ClientError) -> Value
  ) throws(ClientError) -> Value {
    let descriptor = open(path(of: name), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
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
  }

  private static func unusable(_ what: String) -> ClientError {
    ClientError(ClientError.stateUnusable, "client state: \(what)")
  }
}
