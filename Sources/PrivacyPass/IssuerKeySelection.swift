import Crypto

extension IssuerDirectory.TokenKey {
  /// SHA-256 of the encoded key, for the types 0x0001 and 0x0002.
  public var tokenKeyID: [UInt8] { Array(SHA256.hash(data: encodedKey)) }

  /// The last byte of `tokenKeyID`.
  public var truncatedTokenKeyID: UInt8 { tokenKeyID[TokenType.keyIDByteCount - 1] }

  public init(_ key: VOPRFPublicKey, notBefore: UInt64? = nil) {
    self.init(tokenType: .voprfP384, encodedKey: key.encoded, notBefore: notBefore)
  }
}

extension IssuerDirectory {
  /// The key with which a client asks for tokens: the first of the type that may be used already
  /// (RFC 9578, section 4). Nil where there is none; keys of other types, known or not, are passed over.
  ///
  /// - Parameter time: seconds since 1970.
  public func preferredKey(ofType tokenType: TokenType, at time: UInt64) -> TokenKey? {
    keys(ofType: tokenType).first { ($0.notBefore ?? 0) <= time }
  }

  /// The keys with which an origin verifies tokens, the preferred one first: all, because clients' clocks differ.
  public func keys(ofType tokenType: TokenType) -> [TokenKey] { tokenKeys.filter { $0.tokenType == tokenType } }

  /// - Throws: `token-key-collision` where two keys of one type have the same truncated identifier, so that requests
  ///   would not tell them apart. An issuer checks this before it publishes.
  public func requireDistinctTruncatedKeyIDs() throws(PrivacyPassError) {
    let references = tokenKeys.map {
      [UInt8($0.tokenType.rawValue >> 8), UInt8($0.tokenType.rawValue & 0xFF)] + [$0.truncatedTokenKeyID]
    }
    guard Set(references).count == references.count else {
      throw PrivacyPassError(
        PrivacyPassError.keyCollision, "two issuer keys of one token type have the same truncated identifier")
    }
  }
}

/// The keys of an issuer over time, each with the window in which it issues, and the directory that follows from them.
///
/// The RFC's directory says from when a key is good, and not until when: a key that is over is left out.
public struct IssuerKeySchedule: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public let tokenType: TokenType
    /// The public key in the encoding of its token type.
    public let encodedKey: [UInt8]
    /// In seconds since 1970, without its upper bound.
    public let validity: Range<UInt64>

    public init(tokenType: TokenType, encodedKey: [UInt8], validity: Range<UInt64>) {
      self.tokenType = tokenType
      self.encodedKey = encodedKey
      self.validity = validity
    }

    var tokenKey: IssuerDirectory.TokenKey {
      IssuerDirectory.TokenKey(tokenType: tokenType, encodedKey: encodedKey, notBefore: validity.lowerBound)
    }
  }

  /// The one that begins last first; those that begin together in the order they were given in.
  public let entries: [Entry]

  /// - Throws: `token-key-collision` where two keys of one type whose windows overlap have the same truncated identifier.
  public init(_ entries: [Entry]) throws(PrivacyPassError) {
    self.entries = entries.enumerated().sorted {
      ($1.element.validity.lowerBound, $0.offset) < ($0.element.validity.lowerBound, $1.offset)
    }.map(\.element)
    for (index, entry) in entries.enumerated() {
      for other in entries[..<index]
      where other.tokenType == entry.tokenType && other.validity.overlaps(entry.validity)
        && other.tokenKey.truncatedTokenKeyID == entry.tokenKey.truncatedTokenKeyID
      {
        throw PrivacyPassError(
          PrivacyPassError.keyCollision, "two issuer keys that are valid together have the same truncated identifier")
      }
    }
  }

  /// The keys that issue at a time, the one that began last first.
  ///
  /// - Parameter time: seconds since 1970.
  public func issuing(at time: UInt64) -> [Entry] { entries.filter { $0.validity.contains(time) } }

  /// What is published at a time: the keys that issue and those to come, which clients may not use yet. By the RFC's
  /// rule each client then takes the one that began last.
  ///
  /// - Parameter time: seconds since 1970.
  public func directory(issuerRequestURI: String, at time: UInt64) -> IssuerDirectory {
    IssuerDirectory(
      issuerRequestURI: issuerRequestURI,
      tokenKeys: entries.filter { $0.validity.upperBound > time && !$0.validity.isEmpty }.map(\.tokenKey))
  }
}
