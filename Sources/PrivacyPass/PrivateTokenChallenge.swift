/// One challenge of the `PrivateToken` scheme in a `WWW-Authenticate` field (RFC 9577, section 2.1).
///
/// Servers write it for strangers' clients. Parsing ignores other schemes and unknown parameters, and keeps challenges
/// of any token type as they are, so that a reader picks those it knows and ignores the rest.
public struct PrivateTokenChallenge: Sendable, Equatable {
  static let scheme = "PrivateToken"

  /// The encoded `TokenChallenge`, of whatever type.
  public let challenge: [UInt8]
  /// The issuer's encoded public key, where the server names it.
  public let tokenKey: [UInt8]?
  /// How long the challenge is good, in whole seconds.
  public let maximumAge: Duration?

  public init(challenge: [UInt8], tokenKey: [UInt8]?, maximumAge: Duration? = nil) {
    self.challenge = challenge
    self.tokenKey = tokenKey
    self.maximumAge = maximumAge
  }

  /// The first two bytes of the challenge; nil where it has fewer.
  public var tokenType: TokenType? {
    guard challenge.count >= 2 else { return nil }
    return TokenType(rawValue: UInt16(challenge[0]) << 8 | UInt16(challenge[1]))
  }
}

extension PrivateTokenChallenge {
  /// All `PrivateToken` challenges of a field value, in no order of preference other than theirs.
  ///
  /// - Parameter fieldValue: untrusted text; several field lines are joined by commas.
  /// - Throws: `token-field-malformed`.
  public static func parseAll(fieldValue: String) throws(PrivacyPassError) -> [PrivateTokenChallenge] {
    var challenges: [PrivateTokenChallenge] = []
    for entry in try entries(fieldValue: fieldValue) { challenges.append(try PrivateTokenChallenge(entry)) }
    return challenges
  }

  /// Those challenges of a field value that can be read; one that cannot is ignored, and no other with it (RFC 9577,
  /// section 2.1.3).
  ///
  /// - Throws: `token-field-malformed` where the field itself cannot be taken apart.
  static func readable(fieldValue: String) throws(PrivacyPassError) -> [PrivateTokenChallenge] {
    try entries(fieldValue: fieldValue).compactMap { try? PrivateTokenChallenge($0) }
  }

  private static func entries(fieldValue: String) throws(PrivacyPassError) -> [AuthenticationField.Entry] {
    try AuthenticationField.parse(fieldValue).filter { $0.scheme == scheme.lowercased() }
  }

  private init(_ entry: AuthenticationField.Entry) throws(PrivacyPassError) {
    guard let challenge = try Self.decoded("challenge", of: entry) else {
      throw PrivacyPassError(PrivacyPassError.fieldMalformed, "a PrivateToken challenge has no parameter challenge")
    }
    self.init(
      challenge: challenge, tokenKey: try Self.decoded("token-key", of: entry),
      maximumAge: try Self.maximumAge(of: entry))
  }

  /// The field value for this challenge alone; several are joined by commas.
  public var fieldValue: String {
    var value = "\(Self.scheme) challenge=\"\(Base64URL.encode(challenge))\""
    if let tokenKey { value += ", token-key=\"\(Base64URL.encode(tokenKey))\"" }
    if let maximumAge { value += ", max-age=\"\(maximumAge.components.seconds)\"" }
    return value
  }

  fileprivate static func decoded(
    _ name: String, of entry: AuthenticationField.Entry
  ) throws(PrivacyPassError) -> [UInt8]? {
    guard let value = entry.parameters[name] else { return nil }
    guard let bytes = Base64URL.decode(value) else {
      throw PrivacyPassError(PrivacyPassError.fieldMalformed, "parameter \(name) is not base64url with padding")
    }
    return bytes
  }

  private static func maximumAge(of entry: AuthenticationField.Entry) throws(PrivacyPassError) -> Duration? {
    guard let value = entry.parameters["max-age"] else { return nil }
    guard value.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let seconds = UInt32(String(decoding: value, as: UTF8.self))
    else { throw PrivacyPassError(PrivacyPassError.fieldMalformed, "parameter max-age is not a number of seconds") }
    return .seconds(Int64(seconds))
  }
}

/// The `Authorization` field that redeems a token (RFC 9577, section 2.2).
public enum PrivateTokenAuthorization {
  public static func fieldValue(for token: Token) -> String {
    "\(PrivateTokenChallenge.scheme) token=\"\(Base64URL.encode(token.encoded))\""
  }

  /// The token of a field value. Unknown parameters are ignored.
  ///
  /// - Throws: `token-field-malformed`, also for another scheme or several; `token-malformed`,
  ///   `token-type-unsupported` for what the field carries.
  public static func token(fieldValue: String) throws(PrivacyPassError) -> Token {
    let entries = try AuthenticationField.parse(fieldValue)
    guard entries.count == 1, entries[0].scheme == PrivateTokenChallenge.scheme.lowercased(),
      let bytes = try PrivateTokenChallenge.decoded("token", of: entries[0])
    else {
      throw PrivacyPassError(PrivacyPassError.fieldMalformed, "authorization is not one PrivateToken with a token")
    }
    return try Token(decoding: bytes)
  }
}
