import CConfinement
import Crypto
import Glibc

/// A file in memory that nobody can change any more: read once from a disk that may answer differently the next time,
/// then hashed and used from here.
public final class SealedFile: Sendable {
  /// Open until the value goes, and closed on exec unless handed on.
  public let descriptor: Int32
  public let byteCount: Int

  /// Copies what a path gives, reading each byte once.
  /// - Parameters:
  ///   - name: shown in `/proc`; no secret.
  ///   - byteLimit: the most bytes that are taken.
  /// - Throws: `confinement-not-sealed`.
  public convenience init(
    copying path: String, name: String, isExecutable: Bool = false, byteLimit: Int
  ) throws(ConfinementError) {
    let source = open(path, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw ConfinementError(ConfinementError.notSealed, "\(name) cannot be opened") }
    defer { close(source) }
    try self.init(name: name, isExecutable: isExecutable, byteLimit: byteLimit) { buffer in
      Glibc.read(source, buffer.baseAddress, buffer.count)
    }
  }

  /// - Parameter read: fills the buffer; the count of bytes, 0 at the end, less on failure.
  package init(
    name: String, isExecutable: Bool, byteLimit: Int, read: (UnsafeMutableRawBufferPointer) -> Int
  ) throws(ConfinementError) {
    let refusal = ConfinementError(ConfinementError.notSealed, "\(name) cannot be copied into sealed memory")
    let file = cloister_memory_file(name, isExecutable)
    guard file >= 0 else { throw refusal }
    guard let byteCount = Self.copy(to: file, byteLimit: byteLimit, read), cloister_seal(file) == 0 else {
      close(file)
      throw refusal
    }
    (descriptor, self.byteCount) = (file, byteCount)
  }

  /// Takes over a descriptor that was inherited.
  /// - Throws: `confinement-not-sealed` where the file could still be changed.
  public init(inheriting descriptor: Int32) throws(ConfinementError) {
    var status = stat()
    guard cloister_is_sealed(descriptor) == 1, fstat(descriptor, &status) == 0,
      fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
    else { throw ConfinementError(ConfinementError.notSealed, "an inherited file is not sealed") }
    (self.descriptor, byteCount) = (descriptor, Int(status.st_size))
  }

  deinit { close(descriptor) }

  private static func copy(to file: Int32, byteLimit: Int, _ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int? {
    withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 16) { buffer in
      var total = 0
      while true {
        let count = read(buffer)
        guard count >= 0, total + count <= byteLimit else { return nil }
        if count == 0 { return total }
        var written = 0
        while written < count {
          let step = write(file, buffer.baseAddress?.advanced(by: written), count - written)
          guard step > 0 else { return nil }
          written += step
        }
        total += count
      }
    }
  }

  /// The content, for as long as the closure runs: the memory itself, not a copy.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let memory = byteCount == 0 ? MAP_FAILED : mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let memory, memory != MAP_FAILED else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    defer { munmap(memory, byteCount) }
    return try body(UnsafeRawBufferPointer(start: memory, count: byteCount))
  }

  public var bytes: [UInt8] { withBytes { Array($0) } }

  /// SHA-256, 32 bytes.
  public var digest: [UInt8] {
    withBytes { bytes in
      var hash = SHA256()
      hash.update(bufferPointer: bytes)
      return Array(hash.finalize())
    }
  }

  /// Whether the very process runs from this file.
  public var isOwnExecutable: Bool {
    var file = stat()
    var own = stat()
    return fstat(descriptor, &file) == 0 && stat("/proc/self/exe", &own) == 0 && file.st_ino == own.st_ino
      && file.st_dev == own.st_dev
  }
}
