/// Decides whether a token of type 0x0002 is genuine, by public keys alone (RFC 9578, section 6.4). Whether it was
/// spent before is another question: ask the store of spent tokens after this.
public struct TokenVerifier: Sendable {
  private let keys: [[UInt8]: IssuerPublicKey]

  public init(keys: [IssuerPublicKey]) {
    self.keys = Dictionary(keys.map { ($0.tokenKeyID, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// - Throws: `token-type-unsupported` for a token of another type, `token-key-unknown`, `token-challenge-mismatch`,
  ///   `token-authenticator-invalid`.
  public func verify(_ token: Token, challenge: TokenChallenge) throws(PrivacyPassError) {
    try verify(token, challengeDigest: challenge.digest)
  }

  func verify(_ token: Token, challengeDigest: [UInt8]) throws(PrivacyPassError) {
    try token.tokenType.require(.blindRSA2048)
    guard let key = keys[token.tokenKeyID] else {
      throw PrivacyPassError(PrivacyPassError.keyUnknown, "token names an issuer key that is not among the known ones")
    }
    guard token.challengeDigest == challengeDigest else {
      throw PrivacyPassError(PrivacyPassError.challengeMismatch, "token answers another challenge")
    }
    guard key.verifiesAuthenticator(of: token) else {
      throw PrivacyPassError(PrivacyPassError.authenticatorInvalid, "authenticator of the token does not verify")
    }
  }
}

/// Verifies tokens of several issuer days, each with its own keys and its own challenge: a token is good for the day
/// under whose key it was issued, and tells which day that is.
public struct DailyTokenVerifier: Sendable {
  /// What one issuer day accepts.
  public struct IssuerDay: Sendable {
    public let issuerDay: UInt64
    /// One key per plan.
    public let keys: [IssuerPublicKey]
    public let challenge: TokenChallenge

    public init(issuerDay: UInt64, keys: [IssuerPublicKey], challenge: TokenChallenge) {
      self.issuerDay = issuerDay
      self.keys = keys
      self.challenge = challenge
    }
  }

  private let days: [[UInt8]: (issuerDay: UInt64, challengeDigest: [UInt8])]
  private let verifier: TokenVerifier

  /// - Parameter days: those whose tokens are good now; a key belongs to the first day that names it.
  public init(days: [IssuerDay]) {
    let entries = days.flatMap { day in
      let digest = day.challenge.digest
      return day.keys.map { ($0.tokenKeyID, (issuerDay: day.issuerDay, challengeDigest: digest)) }
    }
    self.days = Dictionary(entries, uniquingKeysWith: { first, _ in first })
    verifier = TokenVerifier(keys: days.flatMap(\.keys))
  }

  /// - Returns: the issuer day of the token, under which it is to be spent.
  /// - Throws: `token-type-unsupported` for a token of another type than 0x0002, `token-key-unknown`,
  ///   `token-challenge-mismatch`, `token-authenticator-invalid`.
  public func verify(_ token: Token) throws(PrivacyPassError) -> UInt64 {
    try token.tokenType.require(.blindRSA2048)
    guard let day = days[token.tokenKeyID] else {
      throw PrivacyPassError(PrivacyPassError.keyUnknown, "token names an issuer key that is not good now")
    }
    try verifier.verify(token, challengeDigest: day.challengeDigest)
    return day.issuerDay
  }
}
