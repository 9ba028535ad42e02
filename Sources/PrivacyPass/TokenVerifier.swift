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
    try token.tokenType.require(.blindRSA2048)
    guard let key = keys[token.tokenKeyID] else {
      throw PrivacyPassError(PrivacyPassError.keyUnknown, "token names an issuer key that is not among the known ones")
    }
    try key.verify(token, challengeDigest: challenge.digest)
  }
}

extension IssuerPublicKey {
  /// - Parameter token: of type 0x0002, which names this key.
  /// - Throws: `token-challenge-mismatch`, `token-authenticator-invalid`.
  fileprivate func verify(_ token: Token, challengeDigest: [UInt8]) throws(PrivacyPassError) {
    guard token.challengeDigest == challengeDigest else {
      throw PrivacyPassError(PrivacyPassError.challengeMismatch, "token answers another challenge")
    }
    guard verifiesAuthenticator(of: token) else {
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

  private struct Entry {
    let key: IssuerPublicKey
    let issuerDay: UInt64
    let challengeDigest: [UInt8]
  }

  /// A few keys of two or three days: looking through them takes less than hashing an identifier.
  private let entries: [Entry]

  /// - Parameter days: those whose tokens are good now; a key belongs to the first day that names it.
  public init(days: [IssuerDay]) {
    entries = days.flatMap { day in
      let challengeDigest = day.challenge.digest
      return day.keys.map { Entry(key: $0, issuerDay: day.issuerDay, challengeDigest: challengeDigest) }
    }
  }

  /// - Returns: the issuer day of the token, under which it is to be spent.
  /// - Throws: `token-type-unsupported` for a token of another type than 0x0002, `token-key-unknown`,
  ///   `token-challenge-mismatch`, `token-authenticator-invalid`.
  public func verify(_ token: Token) throws(PrivacyPassError) -> UInt64 {
    try token.tokenType.require(.blindRSA2048)
    guard let entry = entries.first(where: { $0.key.tokenKeyID == token.tokenKeyID }) else {
      throw PrivacyPassError(PrivacyPassError.keyUnknown, "token names an issuer key that is not good now")
    }
    try entry.key.verify(token, challengeDigest: entry.challengeDigest)
    return entry.issuerDay
  }
}
