import Foundation

/// A child process whose input and output are a socket that no other child holds, so that its end means something.
/// Waiting happens on threads of its own, outside Swift's pool.
public struct ChildProcess: Sendable {
  public struct CannotRun: Error {}

  private let identifier: Int32
  private let channel: Int32

  public init(_ executable: String, _ arguments: [String]) throws {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw CannotRun() }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var identifier: Int32 = 0
    let result = posix_spawn(&identifier, executable, &actions, nil, &words, environ)
    close(ends[1])
    guard result == 0 else {
      close(ends[0])
      throw CannotRun()
    }
    self.identifier = identifier
    channel = ends[0]
  }

  public func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Foundation.write(channel, bytes, bytes.count)
  }

  /// What it says next; empty at the end.
  public func read(upToCount count: Int = 65_536) async -> [UInt8] {
    await Self.blocking {
      var bytes = [UInt8](repeating: 0, count: count)
      let received = Foundation.read(channel, &bytes, count)
      return Array(bytes.prefix(max(received, 0)))
    }
  }

  public func readLine() async -> String {
    var line: [UInt8] = []
    while let byte = await read(upToCount: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
    return String(decoding: line, as: UTF8.self)
  }

  public func readToEnd() async -> [UInt8] {
    var all: [UInt8] = []
    while case let more = await read(), !more.isEmpty { all += more }
    return all
  }

  public func kill() { Foundation.kill(identifier, SIGKILL) }

  /// Closes its input and waits for its end. Call it once, last.
  public func wait() async {
    shutdown(channel, Int32(SHUT_WR))
    await Self.blocking {
      var status: Int32 = 0
      while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
    }
    close(channel)
  }

  private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
  }
}
