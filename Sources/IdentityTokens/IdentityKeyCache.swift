import Foundation
import HTTPMessages
import StrictJSON

/// The keys of one provider: fetched when they are first needed, when they are due, and when a token names a key that is
/// not among them, though never more often than `minimumInterval`. A provider that does not answer is lived without
/// until the keys reach `maximumAge`.
///
/// The requests carry nothing: no account, no token, no field.
actor IdentityKeyCache {
  /// Seconds after which the keys are fetched again.
  static let refreshAge: TimeInterval = 900
  /// Seconds after which keys that could not be fetched again are no longer believed: a provider that withdrew a key
  /// must win over one who keeps it from being reached.
  static let maximumAge: TimeInterval = 86_400
  /// Seconds between two attempts, whatever their outcome: tokens with invented key IDs cost one fetch a minute.
  static let minimumInterval: TimeInterval = 60
  /// The largest discovery document, in bytes.
  static let discoveryByteLimit = 64 << 10

  private let provider: IdentityProvider
  private let exchange: any HTTPExchange
  private let now: @Sendable () -> Date
  private var keySet: (keys: IdentityKeySet, fetched: Date)?
  private var lastAttempt: Date?
  private var fetching: Task<Void, Never>?

  init(provider: IdentityProvider, exchange: any HTTPExchange, now: @escaping @Sendable () -> Date) {
    self.provider = provider
    self.exchange = exchange
    self.now = now
  }

  /// The keys to verify a token with that names `keyID`.
  ///
  /// - Throws: `identity-provider-unavailable`.
  func keys(for keyID: String?) async throws(IdentityTokenError) -> IdentityKeySet {
    if isDue(keyID) { await fetchOnce() }
    guard let keySet, isWithin(Self.maximumAge, keySet.fetched) else {
      throw IdentityKeySet.unusable("keys of the identity provider cannot be fetched")
    }
    return keySet.keys
  }

  private func isDue(_ keyID: String?) -> Bool {
    guard let keySet, isWithin(Self.refreshAge, keySet.fetched) else { return true }
    return !keySet.keys.knows(keyID: keyID)
  }

  /// A time in the future is not within any age: a clock that was set back must not keep keys for ever.
  private func isWithin(_ seconds: TimeInterval, _ time: Date) -> Bool {
    (0..<seconds).contains(now().timeIntervalSince(time))
  }

  /// Joins the fetch under way, or starts one where the last is long enough ago.
  private func fetchOnce() async {
    if let fetching { return await fetching.value }
    if let lastAttempt, isWithin(Self.minimumInterval, lastAttempt) { return }
    lastAttempt = now()
    // A task of its own: several requests wait for it, and none of them may end it for the others.
    let task = Task { await fetch() }
    fetching = task
    await task.value
  }

  private func fetch() async {
    let time = now()
    if let keys = try? await fetchKeys() { keySet = (keys, time) }
    fetching = nil
  }

  private func fetchKeys() async throws -> IdentityKeySet {
    let url: ProviderURL
    if let keySet = provider.keySet { url = keySet } else { url = try await discoverKeySet() }
    let bytes = try await get(url, limit: IdentityKeySet.byteLimit)
    return try await IdentityKeySet(decoding: bytes, algorithms: provider.algorithms)
  }

  /// The `jwks_uri` of the discovery document, whose issuer must be the configured one (OpenID Connect Discovery 1.0,
  /// section 4.3).
  private func discoverKeySet() async throws -> ProviderURL {
    let bytes = try await get(provider.discovery, limit: Self.discoveryByteLimit)
    guard case .object(let members) = try JSONValue(parsing: bytes, byteLimit: Self.discoveryByteLimit),
      members["issuer"] == .string(provider.issuer), case .string(let text)? = members["jwks_uri"],
      let url = ProviderURL(text, allowsQuery: true)
    else { throw IdentityKeySet.unusable("discovery document is of another issuer or names no key set") }
    return url
  }

  private func get(_ url: ProviderURL, limit: Int) async throws -> [UInt8] {
    let answer = try await exchange.send(
      WholeRequest(method: "GET", path: url.requestTarget), to: url.server, bodyLimit: limit)
    guard answer.status == 200 else {
      throw IdentityKeySet.unusable("identity provider answered with status \(answer.status)")
    }
    return answer.body
  }
}
