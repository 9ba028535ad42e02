import WireFormat

/// What a client sends to the issuer (RFC 9578, section 6.1). It says nothing about the token that comes of it.
///
///     token_type (16) = 0x0002 | truncated_token_key_id (8) | blinded_msg (2048)
public struct TokenRequest: Sendable, Equatable {
  public static let mediaType = "application/private-token-request"
  public static let byteCount = 3 + TokenType.authenticatorByteCount

  /// The last byte of the token key ID.
  public let truncatedTokenKeyID: UInt8
  public let blindedMessage: [UInt8]

  init(truncatedTokenKeyID: UInt8, blindedMessage: [UInt8]) {
    self.truncatedTokenKeyID = truncatedTokenKeyID
    self.blindedMessage = blindedMessage
  }

  /// - Throws: `token-request-malformed`; `token-type-unsupported` for another type, whatever follows it.
  public init(decoding bytes: ArraySlice<UInt8>) throws(PrivacyPassError) {
    var cursor = WireCursor(bytes)
    guard let rawType = try? cursor.readInteger(UInt16.self, field: "token type") else {
      throw PrivacyPassError(
        PrivacyPassError.requestMalformed, "token request has \(bytes.count) bytes, expected \(Self.byteCount)")
    }
    try TokenType(rawValue: rawType).requireSupported()
    self = try PrivacyPassError.decoding(cursor.remainder, orThrow: PrivacyPassError.requestMalformed) {
      cursor throws(WireError) in
      TokenRequest(
        truncatedTokenKeyID: try cursor.readInteger(UInt8.self, field: "truncated token key ID"),
        blindedMessage: Array(try cursor.readBytes(TokenType.authenticatorByteCount, field: "blinded message")))
    }
  }

  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) { try self.init(decoding: bytes[...]) }

  public var encoded: [UInt8] {
    var writer = WireWriter(reservingCapacity: Self.byteCount)
    writer.writeInteger(TokenType.blindRSA2048.rawValue)
    writer.writeInteger(truncatedTokenKeyID)
    writer.write(blindedMessage)
    return writer.bytes
  }
}

/// What the issuer answers (RFC 9578, section 6.2).
///
///     blind_sig (2048)
public struct TokenResponse: Sendable, Equatable {
  public static let mediaType = "application/private-token-response"
  public static let byteCount = TokenType.authenticatorByteCount

  public let blindSignature: [UInt8]

  init(blindSignature: [UInt8]) { self.blindSignature = blindSignature }

  /// - Throws: `token-response-malformed`.
  public init(decoding bytes: ArraySlice<UInt8>) throws(PrivacyPassError) {
    guard bytes.count == Self.byteCount else {
      throw PrivacyPassError(
        PrivacyPassError.responseMalformed, "token response has \(bytes.count) bytes, expected \(Self.byteCount)")
    }
    blindSignature = Array(bytes)
  }

  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) { try self.init(decoding: bytes[...]) }

  public var encoded: [UInt8] { blindSignature }
}
