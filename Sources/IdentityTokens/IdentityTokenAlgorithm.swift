/// The signature algorithms of JWS (RFC 7518, section 3.1; RFC 8037) that a provider may be allowed. `none` and the
/// HMAC family are not among them, so no configuration can allow them.
public enum IdentityTokenAlgorithm: String, Sendable, Hashable, CaseIterable {
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  case eddsa = "EdDSA"

  /// `kty` of the keys that it is for (RFC 7518, section 6.1).
  var keyType: String {
    switch self {
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: "RSA"
    case .es256, .es384, .es512: "EC"
    case .eddsa: "OKP"
    }
  }

  /// `crv` of the keys that it is for; nil where they have none.
  var curve: String? {
    switch self {
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: nil
    case .es256: "P-256"
    case .es384: "P-384"
    case .es512: "P-521"
    case .eddsa: "Ed25519"
    }
  }
}
