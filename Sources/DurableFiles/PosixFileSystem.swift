#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The system's own files, below a folder.
public struct PosixFileSystem: DurableFileSystem {
  private let root: String

  /// - Parameter root: the folder; made, with those above it, where it is missing.
  public init(root: String) throws(FileFailure) {
    self.root = root
    try Self.makeFolders(root)
  }

  private func path(_ name: String) -> String { name.isEmpty ? root : root + "/" + name }

  public func read(_ name: String) throws(FileFailure) -> [UInt8]? {
    let descriptor = open(path(name), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw Self.failure("open")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0 { bytes.reserveCapacity(Int(status.st_size)) }
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes { SystemCall.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure("read") }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }

  public func makeFolder(_ name: String) throws(FileFailure) {
    guard mkdir(path(name), 0o700) == 0 || errno == EEXIST else { throw Self.failure("make folder") }
  }

  public func write(_ name: String, _ bytes: [UInt8], mode: FileMode) throws(FileFailure) {
    let bits: mode_t = mode == .owner ? 0o600 : 0o644
    try writing(name, O_TRUNC, bytes) { fchmod($0, bits) == 0 }
  }

  public func append(_ name: String, _ bytes: [UInt8]) throws(FileFailure) {
    try writing(name, O_APPEND, bytes) { _ in true }
  }

  /// Writes and synchronizes through one descriptor, which alone is sure to be told of a failure.
  private func writing(
    _ name: String, _ flag: CInt, _ bytes: [UInt8], prepare: (CInt) -> Bool
  ) throws(FileFailure) {
    let descriptor = open(path(name), O_WRONLY | O_CREAT | O_CLOEXEC | flag, 0o600)
    guard descriptor >= 0 else { throw Self.failure("open") }
    guard prepare(descriptor), Self.write(bytes, to: descriptor), SystemCall.synchronizeData(descriptor) == 0 else {
      let failure = Self.failure("write")
      close(descriptor)
      throw failure
    }
    guard close(descriptor) == 0 else { throw Self.failure("close") }
  }

  /// Writes all bytes at the descriptor's position; false with `errno` where that failed.
  package static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        SystemCall.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      offset += count
    }
    return true
  }

  public func synchronizeFolder(_ name: String) throws(FileFailure) { try Self.synchronizeFolder(path(name)) }

  private static func synchronizeFolder(_ path: String) throws(FileFailure) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("synchronize folder") }
  }

  public func rename(_ name: String, to newName: String) throws(FileFailure) {
    guard SystemCall.rename(path(name), path(newName)) == 0 else { throw Self.failure("rename") }
  }

  public func removeFolder(_ name: String) throws(FileFailure) {
    guard let folder = opendir(path(name)) else {
      if errno == ENOENT { return }
      throw Self.failure("open folder")
    }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let file = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard file != ".", file != ".." else { continue }
      guard unlink(path(name) + "/" + file) == 0 else { throw Self.failure("remove") }
    }
    guard rmdir(path(name)) == 0 else { throw Self.failure("remove folder") }
  }

  /// Makes a folder and those above it. The folder's name lasts, also where a process before this one made it and
  /// ended; those above it last where they are made here.
  private static func makeFolders(_ path: String) throws(FileFailure) {
    let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    if mkdir(path, 0o700) != 0, errno == ENOENT, parent != path {
      try makeFolders(parent)
      guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("make folder") }
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw failure("make folder") }
    try synchronizeFolder(parent)
  }

  private static func failure(_ operation: String) -> FileFailure { FileFailure(operation, number: errno) }
}
