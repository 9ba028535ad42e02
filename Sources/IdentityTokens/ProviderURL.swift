import Foundation

/// A URL that keys of an identity provider are fetched from, split as an `HTTPExchange` takes it: https, or plain HTTP
/// to a loopback address, where nobody is in between. No user or fragment, and a query only where it is allowed.
struct ProviderURL: Sendable, Equatable {
  /// Scheme and authority.
  let server: String
  /// Begins with a slash, or is empty.
  let path: String
  let query: String?

  /// - Parameter allowsQuery: false for an issuer, which has none (OpenID Connect Core 1.0, section 2).
  init?(_ text: String, allowsQuery: Bool = false) {
    guard text.utf8.count <= IdentityProvider.textByteLimit, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
      parts.user == nil, parts.password == nil, allowsQuery || parts.query == nil, parts.fragment == nil
    else { return nil }
    let isLoopback = host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
    guard parts.scheme == "https" || (parts.scheme == "http" && isLoopback) else { return nil }
    server = "\(parts.scheme ?? "")://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    path = parts.percentEncodedPath
    query = parts.percentEncodedQuery
  }

  private init(server: String, path: String) {
    self.server = server
    self.path = path
    query = nil
  }

  /// What a request names (RFC 9112, section 3.2.1).
  var requestTarget: String { (path.isEmpty ? "/" : path) + (query.map { "?\($0)" } ?? "") }

  /// The URL with a path behind its own, whose last slash is dropped (OpenID Connect Discovery 1.0, section 4).
  func appending(_ suffix: String) -> ProviderURL {
    ProviderURL(server: server, path: (path.hasSuffix("/") ? String(path.dropLast()) : path) + suffix)
  }
}
