import Foundation

/// A port of loopback on which nobody listens, and which nobody else is given meanwhile. A server that asks for this very
/// port, with `SO_REUSEADDR`, gets it.
public final class ReservedPort {
  private let descriptor: CInt
  public let number: UInt16

  struct Unavailable: Error {}

  public init() throws {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var isReused: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    number = UInt16(bigEndian: address.sin_port)
    // Where this throws, `deinit` runs and closes it.
    guard isBound else { throw Unavailable() }
  }

  deinit { close(descriptor) }
}
