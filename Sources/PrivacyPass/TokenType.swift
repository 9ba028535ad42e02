/// A token type of the registry that RFC 9578, section 8.2.1, set up.
public struct TokenType: RawRepresentable, Sendable, Hashable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// VOPRF over P-384 with SHA-384: privately verifiable tokens of RFC 9578, section 5.
  public static let voprfP384 = TokenType(rawValue: 0x0001)
  /// Blind RSA with 2048 bits: publicly verifiable tokens of RFC 9578, section 6.
  public static let blindRSA2048 = TokenType(rawValue: 0x0002)

  /// Bytes of a key identifier (`Nid`), the same for both types.
  static let keyIDByteCount = 32

  /// The sizes of this type's structures.
  ///
  /// - Throws: `token-type-unsupported` for a type that this library does not issue.
  func sizes() throws(PrivacyPassError) -> TokenTypeSizes {
    switch self {
    case .voprfP384: .voprfP384
    case .blindRSA2048: .blindRSA2048
    default: throw PrivacyPassError(PrivacyPassError.typeUnsupported, "token type is \(rawValue), expected 1 or 2")
    }
  }

  /// - Throws: `token-type-unsupported` where it is another one.
  func require(_ expected: TokenType) throws(PrivacyPassError) {
    guard self == expected else {
      throw PrivacyPassError(
        PrivacyPassError.typeUnsupported, "token type is \(rawValue), expected \(expected.rawValue)")
    }
  }
}

/// What differs between the structures of the token types, in bytes.
struct TokenTypeSizes: Sendable {
  /// An element (`Ne`) or a number below the modulus (`Nk`): what a token request carries.
  let blindedMessage: Int
  /// An element and its proof (`Ne + 2 * Ns`), or a blind signature (`Nk`).
  let response: Int
  let authenticator: Int

  static let voprfP384 = TokenTypeSizes(
    blindedMessage: VOPRFPublicKey.elementByteCount,
    response: VOPRFPublicKey.elementByteCount + 2 * VOPRFPublicKey.scalarByteCount, authenticator: 48)
  static let blindRSA2048 = TokenTypeSizes(blindedMessage: 256, response: 256, authenticator: 256)
}
