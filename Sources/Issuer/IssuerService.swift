public import Foundation
public import PrivacyPass

/// Issues blind tokens to accounts (RFC 9578; here also the attester of the account, RFC 9576).
///
/// It learns which account draws tokens, when, from which address. It never sees a finished token, and nothing of a
/// request that spends one.
public actor IssuerService {
  nonisolated let configuration: IssuerConfiguration
  private nonisolated let ledger: DrawLedger
  private nonisolated let now: @Sendable () -> Date
  private let keyStore: IssuerKeyStore
  private var issuers: [UInt64: [String: TokenIssuer]] = [:]
  private var currentDay: UInt64?

  /// Opens keys and counts, and makes today's keys where there are none: some 0.1 s for each plan.
  ///
  /// - Parameter now: the clock; tests give their own.
  /// - Throws: `issuer-state-unavailable`; `issuer-key-unknown` before t0.
  public init(
    configuration: IssuerConfiguration, now: @escaping @Sendable () -> Date = { Date() }
  ) async throws(IssuerError) {
    self.configuration = configuration
    self.now = now
    keyStore = try IssuerKeyStore(folder: configuration.stateFolder + "/keys")
    ledger = try DrawLedger(path: configuration.stateFolder + "/draws.sqlite")
    _ = try issuers(ofDay: try await enterDay())
  }

  /// Signs one blinded message for an account, and counts it.
  ///
  /// - Parameter encodedRequest: a `TokenRequest` as received.
  /// - Throws: `issuer-account-unknown`, `issuer-request-malformed`, `issuer-key-unknown`, `issuer-quota-exceeded`,
  ///   `issuer-state-unavailable`.
  public nonisolated func issue(
    _ encodedRequest: [UInt8], account: AccountList.Account
  ) async throws(IssuerError) -> TokenResponse {
    let request: TokenRequest
    do { request = try TokenRequest(decoding: encodedRequest) } catch { throw Self.refused(error) }
    let (day, issuer) = try await issuer(for: request, plan: account.plan)
    try await ledger.count(account: account.name, day: day, limit: configuration.dailyQuota)
    // Outside the actor: a signature takes 0.4 ms, and several may be under way.
    do { return try issuer.issue(request) } catch { throw Self.refused(error) }
  }

  /// The account of a key.
  ///
  /// - Throws: `issuer-account-unknown`.
  public nonisolated func account(for key: AccountKey?) throws(IssuerError) -> AccountList.Account {
    guard let key, let account = configuration.accounts.account(for: key) else {
      throw IssuerError(IssuerError.accountUnknown, "no account has this key")
    }
    return account
  }

  /// The public keys of a day: today's, tomorrow's, which are made then, or yesterday's.
  ///
  /// - Throws: `issuer-key-unknown` for any other day; `issuer-state-unavailable`.
  public func planKeys(ofDay day: UInt64) async throws(IssuerError) -> PlanKeys {
    let today = try await enterDay()
    guard day <= today &+ 1, day &+ 1 >= today else { throw Self.keyUnknown("issuer day is not about now") }
    let keys = try issuers(ofDay: day, isMade: day >= today)
    guard !keys.isEmpty else { throw Self.keyUnknown("issuer day has no keys any more") }
    do {
      return try PlanKeys(keys.map { PlanKeys.PlanKey(plan: $0.key, key: $0.value.publicKey) })
    } catch {
      throw IssuerError(IssuerError.stateUnavailable, "two plans of an issuer day have one key")
    }
  }

  /// The issuer's directory for strangers: today's keys, then tomorrow's where they are made.
  ///
  /// - Throws: `issuer-key-unknown` before t0; `issuer-state-unavailable`.
  public func directory(issuerRequestURI: String) async throws(IssuerError) -> IssuerDirectory {
    let today = try await enterDay()
    var tokenKeys: [IssuerDirectory.TokenKey] = []
    for day in [today, today + 1] {
      let keys = try issuers(ofDay: day, isMade: day == today)
      for plan in keys.keys.sorted() {
        guard let issuer = keys[plan] else { continue }
        tokenKeys.append(.init(issuer.publicKey, notBefore: configuration.calendar.beginning(ofIssuerDay: day)))
      }
    }
    return IssuerDirectory(issuerRequestURI: issuerRequestURI, tokenKeys: tokenKeys)
  }

  private func issuer(
    for request: TokenRequest, plan: String
  ) async throws(IssuerError) -> (day: UInt64, issuer: TokenIssuer) {
    let today = try await enterDay()
    for day in configuration.calendar.issuingDays(at: now()) {
      guard let issuer = try issuers(ofDay: day, isMade: day == today)[plan] else { continue }
      if issuer.publicKey.truncatedTokenKeyID == request.truncatedTokenKeyID { return (day, issuer) }
    }
    throw Self.keyUnknown("request names no key of the account's plan that issues now")
  }

  /// Erases what is over when a new day began.
  private func enterDay() async throws(IssuerError) -> UInt64 {
    guard let today = configuration.calendar.issuerDay(at: now()) else {
      throw Self.keyUnknown("the time lies before the first epoch")
    }
    guard today != currentDay else { return today }
    let firstKept = today > 0 ? today - 1 : 0
    issuers = issuers.filter { $0.key >= firstKept }
    keyStore.drop(daysBefore: firstKept)
    try await ledger.drop(daysBefore: firstKept)
    currentDay = today
    return today
  }

  /// The keys of a day from memory, from the disk, or, where `isMade`, made now.
  private func issuers(ofDay day: UInt64, isMade: Bool = true) throws(IssuerError) -> [String: TokenIssuer] {
    var keys = issuers[day] ?? [:]
    for plan in configuration.accounts.plans where keys[plan] == nil {
      if let stored = try keyStore.load(day: day, plan: plan) {
        keys[plan] = stored
      } else if isMade {
        // A request names a key by one byte only, so those that issue at about one time differ in it.
        var used = Set(keys.values.map(\.publicKey.truncatedTokenKeyID))
        for neighbour in [day > 0 ? day - 1 : 1, day + 1] {
          used.formUnion(try issuers(ofDay: neighbour, isMade: false).values.map(\.publicKey.truncatedTokenKeyID))
        }
        keys[plan] = try keyStore.make(day: day, plan: plan, avoiding: used)
      }
    }
    issuers[day] = keys
    return keys
  }

  private static func keyUnknown(_ message: String) -> IssuerError { IssuerError(IssuerError.keyUnknown, message) }

  private static func refused(_ error: PrivacyPassError) -> IssuerError {
    IssuerError(
      error.code == PrivacyPassError.keyUnknown ? IssuerError.keyUnknown : IssuerError.requestMalformed, error.message)
  }
}
