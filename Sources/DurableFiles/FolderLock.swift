#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Keeps other processes out of a folder while it lives; the system ends it with the process.
public final class FolderLock: Sendable {
  private let descriptor: CInt

  /// - Throws: a failure where another process holds the folder, or the lock cannot be made.
  public init(folder: String) throws(FileFailure) {
    descriptor = open(folder + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileFailure("open lock", number: errno) }
    // Where this throws, `deinit` runs and closes it.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw FileFailure("lock", number: errno) }
  }

  deinit { close(descriptor) }
}
