import Foundation
import IdentityTokens

/// Whose request this is, by `Authorization: Bearer` (RFC 6750, section 2.1): an account key, or the token of an
/// identity provider, told apart by the dots of the latter.
struct AccountAuthenticator: Sendable {
  /// An account that may draw now.
  struct DrawingAccount: Sendable, Equatable {
    /// Its key in the table of counts.
    let identifier: String
    let plan: ServicePlan
    /// For observations: a local account's name, or the beginning of a pseudonym.
    let label: String
  }

  private static let labelDigitCount = 16

  let configuration: IssuerConfiguration
  let accounts: AccountStore
  let keys: KeyAuthenticator
  /// Nil where the operator configured no identity provider.
  let identityTokens: IdentityTokenVerifier?
  let pseudonyms: SubjectPseudonyms?

  /// - Parameter authorization: the value of the request's field.
  /// - Throws: `issuer-account-unknown`, `issuer-account-revoked`, `issuer-plan-unknown`, `issuer-attempts-exceeded`,
  ///   `issuer-busy`, `issuer-state-unavailable`, and the codes of `IdentityTokenError`.
  func account(authorization: String?) async throws(IssuerError) -> DrawingAccount {
    let parts = (authorization ?? "").split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Self.unknown }
    if parts[1].contains("."), let identityTokens, let pseudonyms {
      return try await account(of: parts[1], identityTokens, pseudonyms)
    }
    guard let key = AccountKey(hexadecimal: parts[1]) else { throw Self.unknown }
    return try await account(of: key)
  }

  private func account(of key: AccountKey) async throws(IssuerError) -> DrawingAccount {
    guard let (account, hash) = try await accounts.keyAccount(identifier: key.identifier) else { throw Self.unknown }
    if let newHash = try await keys.verify(key, storedHash: hash) {
      try await accounts.replaceHash(of: key.identifier, from: hash, with: newHash.encoded)
    }
    guard !account.isRevoked else { throw Self.revoked }
    return DrawingAccount(
      identifier: account.identifier, plan: try plan(named: account.plan), label: account.name)
  }

  private func account(
    of token: Substring, _ verifier: IdentityTokenVerifier, _ pseudonyms: SubjectPseudonyms
  ) async throws(IssuerError) -> DrawingAccount {
    let identity: VerifiedIdentity
    do { identity = try await verifier.verify(token) } catch { throw IssuerError(error.code, error.message) }
    let pseudonym = pseudonyms.pseudonym(issuer: identity.issuer, subject: identity.subject)
    guard !(try await accounts.isRevoked(identifier: pseudonym)) else { throw Self.revoked }
    return DrawingAccount(
      identifier: pseudonym, plan: try plan(named: identity.plan),
      label: String(pseudonym.prefix(Self.labelDigitCount)))
  }

  private func plan(named name: String) throws(IssuerError) -> ServicePlan {
    guard let plan = configuration.plan(named: name) else {
      throw IssuerError(IssuerError.planUnknown, "plan of the account is none of the issuer's")
    }
    return plan
  }

  private static let unknown = IssuerError(IssuerError.accountUnknown, "no account has this key")
  private static let revoked = IssuerError(IssuerError.accountRevoked, "account was revoked")
}
