/// A token type of the registry that RFC 9578, section 8.2.1, set up.
public struct TokenType: RawRepresentable, Sendable, Hashable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Blind RSA with 2048 bits: publicly verifiable tokens of RFC 9578, section 6.
  public static let blindRSA2048 = TokenType(rawValue: 0x0002)

  /// Bytes of a key identifier (`Nid`) and of an authenticator (`Nk`) of type 0x0002.
  static let keyIDByteCount = 32
  static let authenticatorByteCount = 256

  func requireSupported() throws(PrivacyPassError) {
    guard self == .blindRSA2048 else {
      throw PrivacyPassError(PrivacyPassError.typeUnsupported, "token type is \(rawValue), expected 2")
    }
  }
}
