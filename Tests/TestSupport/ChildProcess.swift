import Foundation

/// A child process that holds nothing of this one but its standard input, output and error: a copy of a socket of a test
/// beside it would keep that connection open after the test closed it. Its input and output are one socket that no
/// other child holds, so that its end means something. Waiting happens on threads of its own, outside Swift's pool.
public struct ChildProcess: Sendable {
  public struct CannotRun: Error {}

  /// Where its standard error goes.
  public enum ErrorOutput: Sendable {
    case inherited, discarded
    /// Between what it says on standard output.
    case joined
    /// To `readErrors`.
    case separate
  }

  public let identifier: Int32
  private let channel: Int32
  private let errorChannel: Int32?

  public init(_ executable: String, _ arguments: [String], errors: ErrorOutput = .inherited) throws {
    let (own, others) = try Self.socketPair()
    let errorEnds = errors == .separate ? try Self.socketPair() : nil
    defer {
      close(others)
      if let errorEnds { close(errorEnds.others) }
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, others, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, others, STDOUT_FILENO)
    switch errors {
    case .inherited: break
    case .discarded: posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    case .joined: posix_spawn_file_actions_adddup2(&actions, others, STDERR_FILENO)
    case .separate: posix_spawn_file_actions_adddup2(&actions, errorEnds?.others ?? -1, STDERR_FILENO)
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var identifier: Int32 = 0
    guard let closeFrom = Self.closeFrom, closeFrom(&actions, STDERR_FILENO + 1) == 0,
      posix_spawn(&identifier, executable, &actions, nil, &words, environ) == 0
    else {
      close(own)
      if let errorEnds { close(errorEnds.own) }
      throw CannotRun()
    }
    self.identifier = identifier
    channel = own
    errorChannel = errorEnds?.own
  }

  /// Has the child close every descriptor from a number on. A declaration of glibc (2.34) that Swift does not import.
  private static let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
    unsafeBitCast(
      $0, to: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32).self)
  }

  private static func socketPair() throws -> (own: Int32, others: Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw CannotRun() }
    return (ends[0], ends[1])
  }

  public func write(_ text: String) {
    let bytes = Array(text.utf8)
    // A child that is gone makes this an error, not a signal.
    _ = send(channel, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// The child reads to the end of its input.
  public func endInput() { shutdown(channel, Int32(SHUT_WR)) }

  /// What it says next on standard output; empty at the end.
  public func read(upToCount count: Int = 65_536) async -> [UInt8] { await Self.read(channel, count) }

  /// What it says next on a separate standard error; empty at the end.
  public func readErrors() async -> [UInt8] {
    guard let errorChannel else { return [] }
    return await Self.read(errorChannel, 65_536)
  }

  private static func read(_ descriptor: Int32, _ count: Int) async -> [UInt8] {
    await blocking {
      var bytes = [UInt8](repeating: 0, count: count)
      var received = Foundation.read(descriptor, &bytes, count)
      while received == -1, errno == EINTR { received = Foundation.read(descriptor, &bytes, count) }
      return Array(bytes.prefix(max(received, 0)))
    }
  }

  public func readLine() async -> String {
    var line: [UInt8] = []
    while let byte = await read(upToCount: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
    return String(decoding: line, as: UTF8.self)
  }

  /// It ended before the line that it should say.
  public struct EndedEarly: Error { public let said: String }

  /// Reads lines up to the first that begins so.
  /// - Returns: what follows in that line, and all lines that were read.
  public func readLine(beginning start: String) async throws -> (rest: String, said: [String]) {
    var said: [String] = []
    while said.last?.hasPrefix(start) != true {
      said.append(await readLine())
      guard said.last != "" else { throw EndedEarly(said: said.joined(separator: "\n")) }
    }
    return (String((said.last ?? "").dropFirst(start.count)), said)
  }

  public func readToEnd() async -> [UInt8] {
    var all: [UInt8] = []
    while case let more = await read(), !more.isEmpty { all += more }
    return all
  }

  public var isRunning: Bool {
    var information = siginfo_t()
    let outcome = waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT)
    return outcome == 0 && information.si_signo == 0
  }

  /// SIGTERM.
  public func terminate() { Foundation.kill(identifier, SIGTERM) }

  /// SIGKILL.
  public func kill() { Foundation.kill(identifier, SIGKILL) }

  /// Ends its input and waits for its end. Call it once, last.
  /// - Returns: its exit status, or the number of the signal that ended it, negative.
  @discardableResult
  public func wait() async -> Int32 {
    await Self.blocking { waitNow() }
  }

  /// As `wait`, on the calling thread: for a child that is about to be gone.
  @discardableResult
  public func waitNow() -> Int32 {
    endInput()
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
    close(channel)
    if let errorChannel { close(errorChannel) }
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : -signal
  }

  private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
  }
}
