public import StrictJSON

/// What an issuer publishes for strangers' clients and origins (RFC 9578, section 4). Cloister's own client takes every
/// key from the epoch's bundle instead.
///
/// Members that the RFC does not name are allowed, and ignored, but for one of ours: `plan` of a token key.
public struct IssuerDirectory: Sendable, Equatable {
  public static let path = "/.well-known/private-token-issuer-directory"
  public static let mediaType = "application/private-token-issuer-directory"

  /// The largest directory, in bytes, and the most keys that are read.
  public static let byteLimit = 256 << 10
  public static let keyLimit = 256

  public struct TokenKey: Sendable, Equatable {
    public let tokenType: TokenType
    /// The public key in the encoding of its token type.
    public let encodedKey: [UInt8]
    /// When clients may begin to use it, in seconds since 1970.
    public let notBefore: UInt64?
    /// The plan of service whose accounts the key issues to; nil where the issuer names none.
    public let plan: String?

    public init(tokenType: TokenType, encodedKey: [UInt8], notBefore: UInt64? = nil, plan: String? = nil) {
      self.tokenType = tokenType
      self.encodedKey = encodedKey
      self.notBefore = notBefore
      self.plan = plan
    }

    public init(_ key: IssuerPublicKey, notBefore: UInt64? = nil, plan: String? = nil) {
      self.init(tokenType: .blindRSA2048, encodedKey: key.subjectPublicKeyInfo, notBefore: notBefore, plan: plan)
    }
  }

  /// Where token requests go: a URI, absolute or relative to the directory's own.
  public let issuerRequestURI: String
  /// In the issuer's order of preference.
  public let tokenKeys: [TokenKey]

  public init(issuerRequestURI: String, tokenKeys: [TokenKey]) {
    self.issuerRequestURI = issuerRequestURI
    self.tokenKeys = tokenKeys
  }
}

extension IssuerDirectory {
  /// - Throws: `token-directory-malformed`.
  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) {
    do throws(JSONError) {
      var object = try JSONObject(parsing: bytes, name: "issuer directory", byteLimit: Self.byteLimit)
      issuerRequestURI = try object.string("issuer-request-uri")
      let elements = try object.array("token-keys")
      guard elements.count <= Self.keyLimit else {
        throw JSONError(
          JSONError.wrongType, "token-keys has \(elements.count) keys, at most \(Self.keyLimit) are allowed")
      }
      var keys: [TokenKey] = []
      for element in elements { keys.append(try TokenKey(element)) }
      tokenKeys = keys
    } catch {
      throw PrivacyPassError(PrivacyPassError.directoryMalformed, error.message)
    }
  }

  public var json: JSONValue {
    .object([
      "issuer-request-uri": .string(issuerRequestURI),
      "token-keys": .array(tokenKeys.map(\.json)),
    ])
  }
}

extension IssuerDirectory.TokenKey {
  fileprivate init(_ value: JSONValue) throws(JSONError) {
    var object = try JSONObject(value, name: "token key")
    guard let rawType = UInt16(exactly: try object.integer("token-type")) else {
      throw JSONError(JSONError.wrongType, "member token-type of token key is above 16 bits")
    }
    guard let encodedKey = Base64URL.decode(try object.string("token-key").utf8) else {
      throw JSONError(JSONError.wrongType, "member token-key of token key is not base64url")
    }
    // Absent is legal, so it is asked for only where the object has it.
    let hasNotBefore = object.remainingNames.contains("not-before")
    let notBefore = hasNotBefore ? try object.count("not-before") : nil
    // Another issuer's member of this name may be anything.
    let plan = object.remainingNames.contains("plan") ? try? object.string("plan") : nil
    self.init(tokenType: TokenType(rawValue: rawType), encodedKey: encodedKey, notBefore: notBefore, plan: plan)
  }

  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "token-type": .integer(Int64(tokenType.rawValue)),
      "token-key": .string(Base64URL.encode(encodedKey)),
    ]
    if let notBefore = notBefore.flatMap(Int64.init(exactly:)) { members["not-before"] = .integer(notBefore) }
    if let plan { members["plan"] = .string(plan) }
    return .object(members)
  }
}
