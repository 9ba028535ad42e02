/// A numeric IPv4 address and a port, written `127.0.0.4:8080`; port 0 asks the system for a free one.
public struct ListenAddress: Sendable, Equatable {
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
    let host = String(text[..<colon])
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    guard octets.count == 4, octets.allSatisfy({ UInt8($0) != nil }) else {
      throw HostingError(HostingError.configurationInvalid, "host of a listen address is not a numeric IPv4 address")
    }
    self.init(host: host, port: Int(port))
  }

  public var isLoopback: Bool { host.hasPrefix("127.") }
}
