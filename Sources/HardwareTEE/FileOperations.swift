import Glibc

/// The calls to the kernel of which an attester is made, so that a test can stand in for the kernel: files of
/// configfs answer, which files of a plain folder do not.
package struct FileOperations: Sendable {
  package enum Access: Sendable { case read, write }

  /// A call that failed, by its error number.
  package struct Failure: Error, Equatable {
    package let number: CInt

    package init(_ number: CInt) { self.number = number }
  }

  package var makeDirectory: @Sendable (_ path: String) throws(Failure) -> Void
  package var removeDirectory: @Sendable (_ path: String) throws(Failure) -> Void
  package var open: @Sendable (_ path: String, Access) throws(Failure) -> CInt
  /// At most `byteCount` bytes; none at the end.
  package var read: @Sendable (_ descriptor: CInt, _ byteCount: Int) throws(Failure) -> [UInt8]
  /// How many bytes were taken.
  package var write: @Sendable (_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) throws(Failure) -> Int
  package var close: @Sendable (_ descriptor: CInt) -> Void

  package init(
    makeDirectory: @escaping @Sendable (String) throws(Failure) -> Void,
    removeDirectory: @escaping @Sendable (String) throws(Failure) -> Void,
    open: @escaping @Sendable (String, Access) throws(Failure) -> CInt,
    read: @escaping @Sendable (CInt, Int) throws(Failure) -> [UInt8],
    write: @escaping @Sendable (CInt, ArraySlice<UInt8>) throws(Failure) -> Int,
    close: @escaping @Sendable (CInt) -> Void
  ) {
    self.makeDirectory = makeDirectory
    self.removeDirectory = removeDirectory
    self.open = open
    self.read = read
    self.write = write
    self.close = close
  }

  package static let live = FileOperations(
    makeDirectory: { path throws(Failure) in _ = try check { mkdir(path, 0o700) } },
    removeDirectory: { path throws(Failure) in _ = try check { rmdir(path) } },
    open: { path, access throws(Failure) in
      try check { Glibc.open(path, (access == .read ? O_RDONLY : O_WRONLY) | O_CLOEXEC) }
    },
    read: { descriptor, byteCount throws(Failure) in
      var buffer = [UInt8](repeating: 0, count: byteCount)
      let count = try check { buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) } }
      return Array(buffer.prefix(count))
    },
    write: { descriptor, bytes throws(Failure) in
      try check { bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } }
    },
    close: { _ = Glibc.close($0) })

  /// The result of a system call, which is made again while signals interrupt it.
  static func check<Result: BinaryInteger>(_ call: () -> Result) throws(Failure) -> Result {
    while true {
      let result = call()
      if result >= 0 { return result }
      let number = errno
      if number != EINTR { throw Failure(number) }
    }
  }
}

extension FileOperations {
  private static let chunkByteCount = 16 << 10

  /// The whole file, however small the pieces in which it comes; nil where there is none.
  ///
  /// - Throws: `tee-report-too-large` above the limit; the codes of `HardwareTEEError(_:_:)`.
  func contents(_ path: String, limit: Int, field: StaticString) throws(HardwareTEEError) -> [UInt8]? {
    do throws(Failure) {
      let descriptor = try open(path, .read)
      defer { close(descriptor) }
      var contents: [UInt8] = []
      while contents.count <= limit {
        let piece = try read(descriptor, min(Self.chunkByteCount, limit + 1 - contents.count))
        if piece.isEmpty { return contents }
        contents += piece
      }
    } catch {
      if error.number == ENOENT { return nil }
      throw HardwareTEEError(error, field)
    }
    throw HardwareTEEError(HardwareTEEError.reportTooLarge, "\(field) has more than \(limit) bytes")
  }

  /// Writes all bytes in one open file. configfs takes them when the file is closed, and tells of no failure there.
  func write(_ bytes: [UInt8], to path: String, field: StaticString) throws(HardwareTEEError) {
    do throws(Failure) {
      let descriptor = try open(path, .write)
      defer { close(descriptor) }
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = try write(descriptor, rest)
        guard (1...rest.count).contains(count) else { throw Failure(EIO) }
        rest = rest.dropFirst(count)
      }
    } catch {
      throw HardwareTEEError(error, field)
    }
  }
}

extension HardwareTEEError {
  /// What an error number of the kernel means here.
  init(_ failure: FileOperations.Failure, _ what: StaticString) {
    let code =
      switch failure.number {
      // ENXIO is what configfs-tsm says while no provider has registered.
      case ENOENT, ENODEV, ENXIO: Self.providerMissing
      case EACCES, EPERM, EROFS: Self.permission
      default: Self.deviceFailed
      }
    self.init(code, "\(what): error number \(failure.number)")
  }
}
