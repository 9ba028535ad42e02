/// A host name with an optional port, as token challenges name issuers and origins (RFC 9577, section 2.1.1.1): the
/// authority of RFC 3986, section 3.2, in ASCII and without user information. The port is 443 where none is named.
///
/// Two names are equal where they differ in case alone.
public struct ServerName: Sendable, Hashable {
  static let impliedPort: UInt16 = 443

  /// In lower case; an IPv6 address with its brackets.
  public let host: String
  public let port: UInt16

  /// - Throws: `token-server-name-malformed`.
  public init(_ text: some Collection<UInt8>) throws(PrivacyPassError) {
    let bytes = Array(text)
    let hostEnd: Int
    if bytes.first == UInt8(ascii: "[") {
      guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")), bracket > 1,
        bytes[1..<bracket].allSatisfy(Self.isAddressCharacter)
      else { throw Self.malformed() }
      hostEnd = bracket + 1
    } else {
      hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
      guard hostEnd > 0, bytes[..<hostEnd].allSatisfy(Self.isHostCharacter) else { throw Self.malformed() }
    }
    host = String(decoding: bytes[..<hostEnd], as: UTF8.self).lowercased()
    port = try Self.port(bytes[hostEnd...])
  }

  private static func port(_ suffix: ArraySlice<UInt8>) throws(PrivacyPassError) -> UInt16 {
    guard let colon = suffix.first else { return impliedPort }
    let digits = suffix.dropFirst()
    // RFC 3986 allows a colon with nothing after it.
    if colon == UInt8(ascii: ":"), digits.isEmpty { return impliedPort }
    guard colon == UInt8(ascii: ":"), digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(String(decoding: digits, as: UTF8.self))
    else { throw malformed() }
    return port
  }

  private static func malformed() -> PrivacyPassError {
    PrivacyPassError(PrivacyPassError.serverNameMalformed, "server name is no host with an optional port")
  }

  /// `reg-name`: unreserved, sub-delims and percent-encodings, but no comma, which separates names in a challenge.
  private static func isHostCharacter(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "-._~!$&'()*+;=%".utf8.contains(byte)
  }

  private static func isAddressCharacter(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || ":.".utf8.contains(byte) }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}

extension TokenChallenge {
  /// The most origins of one challenge that are read.
  public static let originLimit = 256

  /// - Throws: `token-server-name-malformed`.
  public func issuerServerName() throws(PrivacyPassError) -> ServerName { try ServerName(issuerName) }

  /// The origins for which tokens of this challenge are good; none where they are good for every one.
  ///
  /// - Throws: `token-server-name-malformed`, also for an empty name between commas or white space.
  public func originServerNames() throws(PrivacyPassError) -> [ServerName] {
    guard !originInfo.isEmpty else { return [] }
    let texts = originInfo.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard texts.count <= Self.originLimit else {
      throw PrivacyPassError(
        PrivacyPassError.serverNameMalformed,
        "challenge names \(texts.count) origins, at most \(Self.originLimit) are allowed")
    }
    var names: [ServerName] = []
    for text in texts { names.append(try ServerName(text)) }
    return names
  }

  /// What a client checks before it answers a challenge that it received (RFC 9577, section 2.1.3).
  ///
  /// - Parameter origin: the server that sent the challenge.
  /// - Throws: `token-server-name-malformed`; `token-challenge-mismatch` where the challenge does not name the server.
  public func requireOrigin(_ origin: ServerName) throws(PrivacyPassError) {
    _ = try issuerServerName()
    let names = try originServerNames()
    guard names.isEmpty || names.contains(origin) else {
      throw PrivacyPassError(PrivacyPassError.challengeMismatch, "challenge names other origins than its sender")
    }
  }
}
