import Glibc
import Synchronization

/// Standard output and standard error as a command finds them: they may be closed, on a full disk, or read by nobody.
final class StandardStream: Sendable {
  static let output = StandardStream(STDOUT_FILENO)
  static let errors = StandardStream(STDERR_FILENO)

  /// The system's number of the first failure.
  private let failure = Mutex<Int32?>(nil)
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Why something could not be written; nil where all was.
  var failureNumber: Int32? { failure.withLock { $0 } }

  /// Writes it whole. Nothing is written behind a failure, so that no text misses its middle.
  @discardableResult func write(_ text: String) -> Bool {
    failure.withLock { failure in
      guard failure == nil else { return false }
      failure = failureNumber(writing: Array(text.utf8))
      return failure == nil
    }
  }

  private func failureNumber(writing bytes: [UInt8]) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Whoever started this may have left a pipe that does not wait.
        var awaited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&awaited, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}
