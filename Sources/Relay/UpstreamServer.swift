package import PartyHosting

/// A server that a relay dials, read from its URL: `http://` for HTTP/1.1 in clear, `h2c://` for HTTP/2 in clear by
/// prior knowledge, `https://` for TLS 1.3 with HTTP/2 or HTTP/1.1, as the server chooses.
package struct UpstreamServer: Sendable, Equatable {
  package enum Kind: String, Sendable { case http, h2c, https }

  package let kind: Kind
  /// A name, or a numeric address without brackets.
  package let host: String
  package let port: Int
  /// As it stands in the `Host` field.
  package let authority: String

  /// - Throws: `configuration-invalid`.
  package init(parsing url: String) throws(HostingError) {
    func refused(_ message: String) -> HostingError { HostingError(HostingError.configurationInvalid, message) }
    let halves = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 3, halves[1].isEmpty, halves[0].hasSuffix(":"),
      let kind = Kind(rawValue: String(halves[0].dropLast()))
    else { throw refused("a server is not written http://, h2c:// or https:// HOST:PORT") }
    let authority = halves[2]
    guard !authority.isEmpty, authority.utf8.allSatisfy(Self.isPlain) else {
      throw refused("a server's URL is more than scheme, host and port")
    }
    self.kind = kind
    self.authority = authority
    var host = authority[...]
    var port = kind == .https ? 443 : 80
    if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
      guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else {
        throw refused("a server's port is not a number from 1 to 65535")
      }
      host = authority[..<colon]
      port = Int(number)
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw refused("a server has no host") }
    self.host = String(host)
    self.port = port
  }

  /// Whether the host is a numeric address, which has no name in TLS. Digits of IPv6 are letters too.
  var hasAddress: Bool { host.contains(":") || host.allSatisfy { "0123456789.".contains($0) } }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"),
      UInt8(ascii: "["), UInt8(ascii: "]"):
      return true
    default: return false
    }
  }
}
