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

  /// To be called before anything is opened: a file or connection that took the number of a closed stream would be
  /// written what is meant for the person. Standard input and errors become empty ones. What cannot be written to
  /// standard output is still noticed, since its place is taken for reading alone.
  static func holdPlaces() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest number that is free is this one.
      _ = open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
