import Crypto
import WireFormat

/// What a token answers to (RFC 9577, section 2.1.1): who issues it, for whom, and in which context.
///
///     token_type (16) | issuer_name<1..2^16-1> | redemption_context<0..32> | origin_info<0..2^16-1>
///
/// The redemption context has 0 or 32 bytes. Decoding says nothing about who wrote a challenge. Cloister's client
/// never uses a received one: it builds the one allowed challenge itself, by `cloister(issuerName:originInfo:issuerDay:)`.
public struct TokenChallenge: Sendable, Equatable {
  /// Bytes of a redemption context that is not empty.
  public static let redemptionContextByteCount = 32

  public let tokenType: TokenType
  /// ASCII host name of the issuer, never empty.
  public let issuerName: [UInt8]
  public let redemptionContext: [UInt8]
  /// ASCII host names of the origins, separated by commas; empty where tokens are good for every origin.
  public let originInfo: [UInt8]

  /// - Throws: `token-challenge-malformed` where a field has a length that its format does not allow.
  public init(
    tokenType: TokenType = .blindRSA2048, issuerName: [UInt8], redemptionContext: [UInt8], originInfo: [UInt8]
  ) throws(PrivacyPassError) {
    guard (1...Int(UInt16.max)).contains(issuerName.count) else {
      throw Self.malformed("issuer name has \(issuerName.count) bytes, expected 1 to 65535")
    }
    guard redemptionContext.isEmpty || redemptionContext.count == Self.redemptionContextByteCount else {
      throw Self.malformed("redemption context has \(redemptionContext.count) bytes, expected 0 or 32")
    }
    guard originInfo.count <= Int(UInt16.max) else {
      throw Self.malformed("origin info has \(originInfo.count) bytes, at most 65535 are allowed")
    }
    self.tokenType = tokenType
    self.issuerName = issuerName
    self.redemptionContext = redemptionContext
    self.originInfo = originInfo
  }

  private static func malformed(_ message: String) -> PrivacyPassError {
    PrivacyPassError(PrivacyPassError.challengeMalformed, message)
  }
}

extension TokenChallenge {
  /// - Throws: `token-challenge-malformed`.
  public init(decoding bytes: ArraySlice<UInt8>) throws(PrivacyPassError) {
    let fields = try PrivacyPassError.decoding(bytes, orThrow: PrivacyPassError.challengeMalformed) {
      cursor throws(WireError) in
      (
        type: try cursor.readInteger(UInt16.self, field: "token type"),
        issuer: try cursor.readPrefixedBytes(UInt16.self, field: "issuer name"),
        context: try cursor.readPrefixedBytes(
          UInt8.self, limit: Self.redemptionContextByteCount, field: "redemption context"),
        origin: try cursor.readPrefixedBytes(UInt16.self, field: "origin info")
      )
    }
    try self.init(
      tokenType: TokenType(rawValue: fields.type), issuerName: Array(fields.issuer),
      redemptionContext: Array(fields.context), originInfo: Array(fields.origin))
  }

  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) { try self.init(decoding: bytes[...]) }

  public var encoded: [UInt8] {
    var writer = WireWriter(reservingCapacity: 7 + issuerName.count + redemptionContext.count + originInfo.count)
    writer.writeInteger(tokenType.rawValue)
    writer.writePrefixed(UInt16.self, issuerName)
    writer.writePrefixed(UInt8.self, redemptionContext)
    writer.writePrefixed(UInt16.self, originInfo)
    return writer.bytes
  }

  /// SHA-256 of the encoded challenge, 32 bytes: what a token carries of it.
  public var digest: [UInt8] { Array(SHA256.hash(data: encoded)) }
}

extension TokenChallenge {
  private static let issuerDayLabel = "cloister issuer day v1"

  /// The one challenge of an issuer day, the same for every client and origin that agree on these names.
  ///
  /// Its redemption context is SHA-256 of the ASCII label `cloister issuer day v1` and the day as 8 big-endian bytes.
  ///
  /// - Parameters:
  ///   - issuerName: host name of the token issuer.
  ///   - originInfo: host name of the gateway's operator, which redeems.
  ///   - issuerDay: index of the day of token keys, counted from the policy's t0.
  /// - Throws: `token-challenge-malformed` for an empty or oversized name.
  public static func cloister(
    issuerName: String, originInfo: String, issuerDay: UInt64
  ) throws(PrivacyPassError) -> TokenChallenge {
    var context = WireWriter()
    context.write(issuerDayLabel.utf8)
    context.writeInteger(issuerDay)
    return try TokenChallenge(
      issuerName: Array(issuerName.utf8), redemptionContext: Array(SHA256.hash(data: context.bytes)),
      originInfo: Array(originInfo.utf8))
  }
}
