/// The control data of a request (RFC 9292, section 3.4).
public struct RequestControlData: Sendable, Equatable {
  public var method: String
  /// Empty, as the path is, only for `CONNECT`.
  public var scheme: String
  /// May be empty: a request may leave it to the `host` field.
  public var authority: String
  public var path: String

  public init(method: String, scheme: String, authority: String, path: String) {
    self.method = method
    self.scheme = scheme
    self.authority = authority
    self.path = path
  }

  /// The rules of HTTP/2 for the pseudo-fields of these names (RFC 9113, section 8.3.1 and, for `CONNECT`, 8.5).
  /// - Throws: `bhttp-invalid-control-data`.
  public func validate() throws(BinaryHTTPError) {
    guard !method.isEmpty, method.utf8.allSatisfy(Characters.isToken) else {
      throw Self.invalid("method is empty or no token")
    }
    guard authority.utf8.allSatisfy(Characters.isVisible), path.utf8.allSatisfy(Characters.isVisible) else {
      throw Self.invalid("authority or path has a byte that is a control, a space or not ASCII")
    }
    if method == "CONNECT", scheme.isEmpty, path.isEmpty {
      guard !authority.isEmpty else { throw Self.invalid("authority of a CONNECT request is empty") }
      return
    }
    guard Characters.isScheme(scheme) else { throw Self.invalid("scheme is empty or no scheme") }
    if isHTTP { try validateHTTPTarget() }
  }

  /// The `host` field names the authority, or none is there (RFC 9113, section 8.3.1; RFC 9110, section 7.2).
  func validateHost(_ headerFields: FieldSection) throws(BinaryHTTPError) {
    var hosts = headerFields.fields.lazy.filter { $0.name == "host" }.makeIterator()
    guard let host = hosts.next() else { return }
    guard hosts.next() == nil else {
      throw BinaryHTTPError(BinaryHTTPError.invalidField, "request has more than one host field")
    }
    guard authority.isEmpty || normalized(host.value) == normalized(authority) else {
      throw BinaryHTTPError(BinaryHTTPError.invalidField, "host field names another authority than the control data")
    }
  }

  private var isHTTP: Bool {
    if scheme == "https" || scheme == "http" { return true }
    return ["http", "https"].contains(scheme.lowercased())
  }

  private func validateHTTPTarget() throws(BinaryHTTPError) {
    guard !authority.utf8.contains(UInt8(ascii: "@")) else { throw Self.invalid("authority has user information") }
    guard path.utf8.first == UInt8(ascii: "/") || (method == "OPTIONS" && path == "*") else {
      throw Self.invalid("path does not start with a slash")
    }
  }

  /// In lower case, without the port that the scheme implies.
  private func normalized(_ authority: String) -> String {
    let lowered = authority.lowercased()
    let port = scheme.lowercased() == "https" ? ":443" : ":80"
    return isHTTP && lowered.hasSuffix(port) ? String(lowered.dropLast(port.count)) : lowered
  }

  private static func invalid(_ message: String) -> BinaryHTTPError {
    BinaryHTTPError(BinaryHTTPError.invalidControlData, message)
  }
}
