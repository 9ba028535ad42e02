public import Foundation
public import IdentityTokens
public import PrivacyPass

/// Issues blind tokens to accounts (RFC 9578; here also the attester of the account, RFC 9576).
///
/// It learns which account draws tokens, when, from which address, and keeps how many of which day. It never sees a
/// finished token, and nothing of a request that spends one.
public actor IssuerService {
  nonisolated let configuration: IssuerConfiguration
  nonisolated let accounts: AccountStore
  nonisolated let authenticator: AccountAuthenticator
  nonisolated let now: @Sendable () -> Date
  private let keyStore: IssuerKeyStore
  private var issuers: [UInt64: [String: TokenIssuer]] = [:]
  private var currentDay: UInt64?
  /// Accounts by plan that drew tokens of the newest day that is over.
  private var crowd: (day: UInt64, accountCounts: [String: UInt64])?

  /// Opens keys and counts, and makes today's keys where there are none: some 0.1 s for each plan.
  ///
  /// - Parameters:
  ///   - draws: where draws are counted, if not beside the accounts: a database that issuers of several machines share.
  ///   - identityTokens: verifies tokens of identity providers; nil where local keys alone open accounts.
  ///   - now: the clock; tests give their own.
  /// - Throws: `issuer-state-unavailable`; `issuer-key-unknown` before t0; `issuer-configuration-invalid` where an
  ///   identity provider leads to a plan that the issuer has not.
  public init(
    configuration: IssuerConfiguration, draws: (any DrawCountStore)? = nil,
    identityTokens: IdentityTokenVerifier? = nil, now: @escaping @Sendable () -> Date = { Date() }
  ) async throws(IssuerError) {
    self.configuration = configuration
    self.now = now
    if let identityTokens, !identityTokens.plans.isSubset(of: configuration.plans.map(\.name)) {
      throw IssuerError(
        IssuerError.configurationInvalid, "an identity provider leads to a plan that is not among the plans")
    }
    keyStore = try IssuerKeyStore(folder: configuration.stateFolder + "/keys")
    accounts = try AccountStore(
      path: IssuerConfiguration.accountsPath(stateFolder: configuration.stateFolder), draws: draws)
    authenticator = AccountAuthenticator(
      configuration: configuration, accounts: accounts,
      keys: KeyAuthenticator(parameters: configuration.keyHashing, now: now), identityTokens: identityTokens,
      pseudonyms: identityTokens == nil ? nil : try SubjectPseudonyms(stateFolder: configuration.stateFolder))
    _ = try issuers(ofDay: try await enterDay())
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

  /// The issuer's directory for strangers: today's keys, then tomorrow's where they are made, each with its plan.
  ///
  /// - Parameter plan: the only one whose keys are named. A client that knows the RFC alone takes the first key of a
  ///   directory, so it needs that of its own plan.
  /// - Throws: `issuer-key-unknown` before t0; `issuer-state-unavailable`.
  public func directory(
    issuerRequestURI: String, ofPlan plan: String? = nil
  ) async throws(IssuerError) -> IssuerDirectory {
    let today = try await enterDay()
    var tokenKeys: [IssuerDirectory.TokenKey] = []
    for day in [today, today + 1] {
      let keys = try issuers(ofDay: day, isMade: day == today)
      let notBefore = configuration.calendar.beginning(ofIssuerDay: day)
      for (name, issuer) in keys.sorted(by: { $0.key < $1.key }) where plan == nil || plan == name {
        tokenKeys.append(.init(issuer.publicKey, notBefore: notBefore, plan: name))
      }
    }
    return IssuerDirectory(issuerRequestURI: issuerRequestURI, tokenKeys: tokenKeys)
  }

  /// How long a directory that is answered now may be kept, in seconds: until the next day's key is preferred, and at
  /// most `directoryAgeLimit` (RFC 9578, section 4).
  nonisolated func directoryAge() -> UInt64 {
    let calendar = configuration.calendar
    guard let day = calendar.issuerDay(at: now()), let next = calendar.beginning(ofIssuerDay: day + 1) else { return 0 }
    return min(Self.directoryAgeLimit, UInt64(max(0, Double(next) - now().timeIntervalSince1970)))
  }

  private static let directoryAgeLimit: UInt64 = 3_600

  /// What a person of a plan is told of the crowd: yesterday's; today goes on. Counted once a day, at its first draw,
  /// so that who draws in the minutes of grace may be missing. Nil on the first day, and where it cannot be counted.
  func crowdClaim(ofPlan plan: String) async -> CrowdClaim? {
    guard let today = configuration.calendar.issuerDay(at: now()), today > 0 else { return nil }
    if crowd?.day != today - 1 {
      guard let counts = try? await accounts.draws.accountCounts(ofDay: today - 1) else { return nil }
      crowd = (today - 1, counts)
    }
    return crowd.map { CrowdClaim(issuerDay: $0.day, countedAccounts: $0.accountCounts[plan] ?? 0) }
  }

  /// For each request the day and the key that it names, among those of a plan that issue now.
  ///
  /// - Throws: `issuer-key-unknown` where one of the requests names none; `issuer-state-unavailable`.
  func keys(
    for requests: [TokenRequest], plan: ServicePlan
  ) async throws(IssuerError) -> [(day: UInt64, issuer: TokenIssuer)] {
    let today = try await enterDay()
    var issuing: [(day: UInt64, issuer: TokenIssuer)] = []
    for day in configuration.calendar.issuingDays(at: now()) {
      guard let issuer = try issuers(ofDay: day, isMade: day == today)[plan.name] else { continue }
      issuing.append((day, issuer))
    }
    var keys: [(day: UInt64, issuer: TokenIssuer)] = []
    for request in requests {
      guard request.tokenType == .blindRSA2048,
        let key = issuing.first(where: { $0.issuer.publicKey.truncatedTokenKeyID == request.truncatedTokenKeyID })
      else { throw Self.keyUnknown("request names no key of the account's plan that issues now") }
      keys.append(key)
    }
    return keys
  }

  /// Erases what is over when a new day began.
  private func enterDay() async throws(IssuerError) -> UInt64 {
    guard let today = configuration.calendar.issuerDay(at: now()) else {
      throw Self.keyUnknown("the time lies before the first epoch")
    }
    guard today != currentDay else { return today }
    let firstKept = today > 0 ? today - 1 : 0
    issuers = issuers.filter { $0.key >= firstKept }
    try keyStore.drop(daysBefore: firstKept)
    try await accounts.draws.drop(daysBefore: firstKept)
    currentDay = today
    return today
  }

  /// The keys of a day from memory, from the disk, or, where `isMade`, made now.
  private func issuers(ofDay day: UInt64, isMade: Bool = true) throws(IssuerError) -> [String: TokenIssuer] {
    let known = issuers[day] ?? [:]
    let isComplete = configuration.plans.allSatisfy { known[$0.name] != nil }
    guard !isComplete else { return known }
    var keys = try stored(known, ofDay: day)
    if isMade, keys.count < configuration.plans.count {
      keys = try keyStore.locked { () throws(IssuerError) in try completed(try stored(keys, ofDay: day), ofDay: day) }
    }
    issuers[day] = keys
    return keys
  }

  /// With those on the disk that another issuer made.
  private func stored(
    _ known: [String: TokenIssuer], ofDay day: UInt64
  ) throws(IssuerError) -> [String: TokenIssuer] {
    var keys = known
    for plan in configuration.plans.map(\.name) where keys[plan] == nil {
      keys[plan] = try keyStore.load(day: day, plan: plan)
    }
    return keys
  }

  /// With keys made for the plans that have none. The caller holds the folder's lock.
  private func completed(
    _ known: [String: TokenIssuer], ofDay day: UInt64
  ) throws(IssuerError) -> [String: TokenIssuer] {
    var keys = known
    for plan in configuration.plans.map(\.name) where keys[plan] == nil {
      // A request names a key by one byte only, so those that issue at about one time differ in it.
      var used = Set(keys.values.map(\.publicKey.truncatedTokenKeyID))
      for neighbour in [day > 0 ? day - 1 : 1, day + 1] {
        used.formUnion(try issuers(ofDay: neighbour, isMade: false).values.map(\.publicKey.truncatedTokenKeyID))
      }
      keys[plan] = try keyStore.make(day: day, plan: plan, avoiding: used)
    }
    return keys
  }

  static func keyUnknown(_ message: String) -> IssuerError { IssuerError(IssuerError.keyUnknown, message) }
}
