#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Calls of the system whose names a file system's own methods have, or that a system of Apple's has under another name.
package enum SystemCall {
  package static func read(_ descriptor: CInt, _ buffer: UnsafeMutableRawPointer?, _ byteCount: Int) -> Int {
    #if canImport(Darwin)
      Darwin.read(descriptor, buffer, byteCount)
    #elseif canImport(Musl)
      Musl.read(descriptor, buffer, byteCount)
    #else
      Glibc.read(descriptor, buffer, byteCount)
    #endif
  }

  package static func write(_ descriptor: CInt, _ buffer: UnsafeRawPointer?, _ byteCount: Int) -> Int {
    #if canImport(Darwin)
      Darwin.write(descriptor, buffer, byteCount)
    #elseif canImport(Musl)
      Musl.write(descriptor, buffer, byteCount)
    #else
      Glibc.write(descriptor, buffer, byteCount)
    #endif
  }

  package static func rename(_ path: String, _ newPath: String) -> CInt {
    #if canImport(Darwin)
      Darwin.rename(path, newPath)
    #elseif canImport(Musl)
      Musl.rename(path, newPath)
    #else
      Glibc.rename(path, newPath)
    #endif
  }

  /// Returns once the file's bytes last: on Apple's systems `fsync` alone leaves them in the drive's memory.
  package static func synchronizeData(_ descriptor: CInt) -> CInt {
    #if canImport(Darwin)
      fcntl(descriptor, F_FULLFSYNC)
    #else
      fdatasync(descriptor)
    #endif
  }
}
