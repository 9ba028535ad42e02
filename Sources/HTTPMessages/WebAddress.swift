import Foundation

/// A URL of http or https in the two parts that an exchange takes.
public struct WebAddress: Sendable, Equatable {
  /// Scheme and authority, such as `https://log.example`.
  public let server: String
  /// Without a slash at its end; empty for the root.
  public let path: String

  /// Nil for any other scheme, and for a URL with a query or fragment.
  public init?(_ url: String) {
    guard let parts = URLComponents(string: url), parts.scheme == "http" || parts.scheme == "https", parts.host != nil,
      parts.query == nil, parts.fragment == nil, let end = url.range(of: "://")?.upperBound
    else { return nil }
    let start = url[end...].firstIndex(of: "/") ?? url.endIndex
    server = String(url[..<start])
    path = url[start...].hasSuffix("/") ? String(url[start...].dropLast()) : String(url[start...])
  }
}
