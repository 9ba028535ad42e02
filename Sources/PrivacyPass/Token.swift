import Crypto
import WireFormat

/// A token (RFC 9577, section 2.2; RFC 9578, sections 5.3 and 6.3).
///
///     token_type (16) | nonce (256) | challenge_digest (256) | token_key_id (256) | authenticator (Nk * 8)
///
/// The authenticator has 48 bytes in type 0x0001 and 256 in type 0x0002; no other type is read.
///
/// Whoever holds it can spend it, so it is a secret until it is spent: no log or error takes it. Decoding says nothing
/// about its authenticator: a `TokenVerifier` does, or for type 0x0001 the `VOPRFTokenIssuer`.
public struct Token: Sendable {
  public static let nonceByteCount = 32
  /// Bytes of a token of type 0x0002, the longest.
  public static let byteCount = Token.inputByteCount + TokenTypeSizes.blindRSA2048.authenticator
  static let inputByteCount = 2 + nonceByteCount + SHA256.byteCount + TokenType.keyIDByteCount

  public let tokenType: TokenType
  public let nonce: [UInt8]
  public let challengeDigest: [UInt8]
  /// SHA-256 of the issuer's public key in the encoding of the token type.
  public let tokenKeyID: [UInt8]
  /// An RSASSA-PSS signature of everything before it, or the VOPRF's output for it.
  public let authenticator: [UInt8]
  /// All of it, kept because a gateway verifies it and remembers its digest.
  public let encoded: [UInt8]

  /// - Throws: `token-malformed`; `token-type-unsupported` for another type, whatever follows it.
  public init(decoding bytes: ArraySlice<UInt8>) throws(PrivacyPassError) {
    var cursor = WireCursor(bytes)
    guard let rawType = try? cursor.readInteger(UInt16.self, field: "token type") else {
      throw PrivacyPassError(
        PrivacyPassError.tokenMalformed, "token has \(bytes.count) bytes, expected \(Self.byteCount)")
    }
    let tokenType = TokenType(rawValue: rawType)
    let sizes = try tokenType.sizes()
    self = try PrivacyPassError.decoding(cursor.remainder, orThrow: PrivacyPassError.tokenMalformed) {
      cursor throws(WireError) in
      Token(
        tokenType: tokenType, nonce: Array(try cursor.readBytes(Self.nonceByteCount, field: "nonce")),
        challengeDigest: Array(try cursor.readBytes(SHA256.byteCount, field: "challenge digest")),
        tokenKeyID: Array(try cursor.readBytes(TokenType.keyIDByteCount, field: "token key ID")),
        authenticator: Array(try cursor.readBytes(sizes.authenticator, field: "authenticator")))
    }
  }

  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) { try self.init(decoding: bytes[...]) }

  init(
    tokenType: TokenType, nonce: [UInt8], challengeDigest: [UInt8], tokenKeyID: [UInt8], authenticator: [UInt8]
  ) {
    self.tokenType = tokenType
    self.nonce = nonce
    self.challengeDigest = challengeDigest
    self.tokenKeyID = tokenKeyID
    self.authenticator = authenticator
    let input = Self.input(
      tokenType: tokenType, nonce: nonce, challengeDigest: challengeDigest, tokenKeyID: tokenKeyID)
    encoded = input + authenticator
  }

  /// SHA-256 of the encoded token: how a spent token is remembered.
  public var digest: [UInt8] {
    var hash = SHA256()
    // The function for any kind of data takes longer to get at the bytes than to hash them.
    encoded.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return Array(hash.finalize())
  }

  /// What the authenticator is made of (`token_input`).
  var authenticatorInput: ArraySlice<UInt8> { encoded.dropLast(authenticator.count) }

  static func input(
    tokenType: TokenType, nonce: [UInt8], challengeDigest: [UInt8], tokenKeyID: [UInt8]
  ) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: inputByteCount)
    writer.writeInteger(tokenType.rawValue)
    writer.write(nonce)
    writer.write(challengeDigest)
    writer.write(tokenKeyID)
    return writer.bytes
  }
}

extension SHA256 {
  static var byteCount: Int { Digest.byteCount }
}
