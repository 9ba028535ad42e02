import Foundation

/// A port of loopback that takes a connection when it is told to, and knows whether anybody tried.
final class ListeningSocket: Sendable {
  struct CannotListen: Error {}

  private let descriptor: Int32
  /// Scheme and authority.
  let server: String

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    inet_pton(AF_INET, "127.0.0.1", &name.sin_addr)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &name) { [descriptor] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    guard result else { throw CannotListen() }
    server = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
  }

  deinit { close(descriptor) }

  /// Whether somebody connected, whom nobody took yet.
  var hasConnection: Bool { Self.isReadable(descriptor, milliseconds: 0) }

  /// Takes the next connection, reads the first line of what comes and hangs up. Empty where nobody comes for long.
  func firstLine() async -> String {
    await withCheckedContinuation { [descriptor] continuation in
      DispatchQueue.global().async { continuation.resume(returning: Self.firstLine(descriptor)) }
    }
  }

  private static func firstLine(_ descriptor: Int32) -> String {
    guard isReadable(descriptor, milliseconds: 30_000) else { return "" }
    let connection = accept(descriptor, nil, nil)
    defer { close(connection) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = read(connection, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(count, 0)).prefix { $0 != 0x0D }, as: UTF8.self)
  }

  private static func isReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var events = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&events, 1, milliseconds) > 0
  }
}
