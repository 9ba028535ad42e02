/// The client's side of issuance (RFC 9578, sections 5.1, 5.3, 6.1 and 6.3), between its request and the issuer's
/// response.
///
/// It holds the nonce and the blind, which no one else may learn, and can be finalized once.
public struct PendingToken: ~Copyable {
  /// What goes to the issuer.
  public let request: TokenRequest
  private let blinded: BlindedToken

  /// Draws a fresh nonce and a fresh blind.
  ///
  /// - Throws: `token-type-unsupported` for a challenge of another type than the key's; `token-issuer-key-malformed`
  ///   where the key cannot blind.
  public init(challenge: TokenChallenge, key: IssuerPublicKey) throws(PrivacyPassError) {
    (request, blinded) = try BlindedToken.make(challenge: challenge, key: key)
  }

  public init(challenge: TokenChallenge, key: VOPRFPublicKey) throws(PrivacyPassError) {
    (request, blinded) = try BlindedToken.make(challenge: challenge, key: key)
  }

  /// - Throws: `token-invalid-issuance` where the response does not unblind to a token that verifies. Nothing of it is
  ///   kept then: sending such a token would tell the issuer who sends it.
  public consuming func finalize(_ response: TokenResponse) throws(PrivacyPassError) -> Token {
    try blinded.finalize(response)
  }
}
