import ErrorCodes
import WireFormat

/// What a client sends to the issuer (RFC 9578, sections 5.1 and 6.1). It says nothing about the token that comes of it.
///
///     token_type (16) | truncated_token_key_id (8) | blinded_msg (Ne * 8, or Nk * 8)
///
/// The blinded message has 49 bytes in type 0x0001 and 256 in type 0x0002. Decoding does not look into it: the issuer
/// does.
public struct TokenRequest: Sendable, Equatable {
  public static let mediaType = "application/private-token-request"
  /// Bytes of a request of type 0x0002, the longest.
  public static let byteCount = 3 + TokenTypeSizes.blindRSA2048.blindedMessage

  public let tokenType: TokenType
  /// The last byte of the token key ID.
  public let truncatedTokenKeyID: UInt8
  public let blindedMessage: [UInt8]

  init(tokenType: TokenType, truncatedTokenKeyID: UInt8, blindedMessage: [UInt8]) {
    self.tokenType = tokenType
    self.truncatedTokenKeyID = truncatedTokenKeyID
    self.blindedMessage = blindedMessage
  }

  /// - Throws: `token-request-malformed`; `token-type-unsupported` for another type, whatever follows it.
  public init(decoding bytes: ArraySlice<UInt8>) throws(PrivacyPassError) {
    var cursor = WireCursor(bytes)
    self = try TokenRequest(parsing: &cursor, orThrow: PrivacyPassError.requestMalformed)
    guard cursor.isAtEnd else {
      throw PrivacyPassError(
        PrivacyPassError.requestMalformed, "token request is followed by \(cursor.remainingByteCount) bytes")
    }
  }

  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) { try self.init(decoding: bytes[...]) }

  public var encoded: [UInt8] {
    var writer = WireWriter(reservingCapacity: 3 + blindedMessage.count)
    write(into: &writer)
    return writer.bytes
  }

  func write(into writer: inout WireWriter) {
    writer.writeInteger(tokenType.rawValue)
    writer.writeInteger(truncatedTokenKeyID)
    writer.write(blindedMessage)
  }
}

extension TokenRequest {
  /// Reads one request and no more.
  ///
  /// - Throws: `code`; `token-type-unsupported`.
  init(parsing cursor: inout WireCursor, orThrow code: ErrorCode) throws(PrivacyPassError) {
    do throws(WireError) {
      tokenType = TokenType(rawValue: try cursor.readInteger(UInt16.self, field: "token type"))
    } catch {
      throw PrivacyPassError(code, error.message)
    }
    let sizes = try tokenType.sizes()
    do throws(WireError) {
      truncatedTokenKeyID = try cursor.readInteger(UInt8.self, field: "truncated token key ID")
      blindedMessage = Array(try cursor.readBytes(sizes.blindedMessage, field: "blinded message"))
    } catch {
      throw PrivacyPassError(code, error.message)
    }
  }
}

/// What the issuer answers (RFC 9578, sections 5.2 and 6.2). Its type is that of the request.
///
///     type 0x0001: evaluate_msg (Ne * 8) | evaluate_proof (2 * Ns * 8), 145 bytes
///     type 0x0002: blind_sig (Nk * 8), 256 bytes
public struct TokenResponse: Sendable, Equatable {
  public static let mediaType = "application/private-token-response"
  /// Bytes of a response of type 0x0002, the longest.
  public static let byteCount = TokenTypeSizes.blindRSA2048.response

  public let tokenType: TokenType
  public let encoded: [UInt8]

  init(tokenType: TokenType, encoded: [UInt8]) {
    self.tokenType = tokenType
    self.encoded = encoded
  }

  /// - Parameter tokenType: the type of the request that is answered.
  /// - Throws: `token-response-malformed`; `token-type-unsupported`.
  public init(decoding bytes: ArraySlice<UInt8>, tokenType: TokenType = .blindRSA2048) throws(PrivacyPassError) {
    let expected = try tokenType.sizes().response
    guard bytes.count == expected else {
      throw PrivacyPassError(
        PrivacyPassError.responseMalformed, "token response has \(bytes.count) bytes, expected \(expected)")
    }
    self.init(tokenType: tokenType, encoded: Array(bytes))
  }

  public init(decoding bytes: [UInt8], tokenType: TokenType = .blindRSA2048) throws(PrivacyPassError) {
    try self.init(decoding: bytes[...], tokenType: tokenType)
  }
}
