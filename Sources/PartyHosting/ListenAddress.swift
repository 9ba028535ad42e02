import NIOCore

/// A numeric address and a port, written `127.0.0.4:8080`, or `[::1]:8080` for IPv6; port 0 asks the system for a free one.
/// `[::]` takes IPv4 too, as far as the system does.
public struct ListenAddress: Sendable, Equatable {
  /// An IPv6 address without its brackets.
  public let host: String
  public let port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  public init(parsing text: String) throws(HostingError) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw HostingError(HostingError.configurationInvalid, "a listen address is not written HOST:PORT")
    }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard Self.isIPv6(host) else {
        throw HostingError(HostingError.configurationInvalid, "host of a listen address is not a numeric IPv6 address")
      }
    } else {
      let octets = host.split(separator: ".", omittingEmptySubsequences: false)
      guard octets.count == 4, octets.allSatisfy({ UInt8($0) != nil }) else {
        throw HostingError(HostingError.configurationInvalid, "host of a listen address is not a numeric IPv4 address")
      }
    }
    self.init(host: host, port: Int(port))
  }

  /// As it is written.
  public var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether only this machine reaches it. An IPv4 address within IPv6 is taken for one that others reach.
  public var isLoopback: Bool {
    guard host.contains(":") else { return host.hasPrefix("127.") }
    guard let address = try? SocketAddress(ipAddress: host, port: 0) else { return false }
    return address == (try? SocketAddress(ipAddress: "::1", port: 0))
  }

  /// Without a zone, which only this machine could read.
  private static func isIPv6(_ host: String) -> Bool {
    guard case .v6? = try? SocketAddress(ipAddress: host, port: 0) else { return false }
    return !host.contains("%")
  }
}
