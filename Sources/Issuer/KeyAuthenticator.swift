import Crypto
import Foundation
import Synchronization

/// Decides whether an account key is right, with scrypt, and bounded, so that nobody buys the issuer's time cheaply:
///
/// - one hash at a time, and at most `waitingLimit` that wait for it;
/// - `failureLimit` wrong secrets for one account within `failureSeconds`;
/// - a key that was right is known for `cacheSeconds` by an HMAC under a key of this process, in memory alone.
///
/// A revoked or changed account is not hidden by the cache: the caller reads its row each time, and a cached key is
/// bound to the hash it was verified against.
final class KeyAuthenticator: Sendable {
  static let cacheSeconds: TimeInterval = 300
  static let cacheLimit = 10_000
  static let failureSeconds: TimeInterval = 60
  static let failureLimit = 5
  static let waitingLimit = 32

  /// Hashes one after the other.
  private actor Hasher {
    func verifies(_ key: AccountKey, _ hash: KeyHash) throws(IssuerError) -> Bool { try hash.verifies(key) }

    func hash(_ key: AccountKey, _ parameters: KeyHash.Parameters) throws(IssuerError) -> KeyHash {
      try KeyHash(of: key, parameters: parameters)
    }
  }

  private struct State {
    var known: [Data: Date] = [:]
    var failures: [String: (since: Date, count: Int)] = [:]
    var waitingCount = 0
  }

  private let parameters: KeyHash.Parameters
  private let now: @Sendable () -> Date
  private let hasher = Hasher()
  private let tagKey = SymmetricKey(size: .bits256)
  private let state = Mutex(State())

  init(parameters: KeyHash.Parameters, now: @escaping @Sendable () -> Date) {
    self.parameters = parameters
    self.now = now
  }

  /// - Parameter hash: the stored hash, in text.
  /// - Returns: a hash to store instead, where the stored one has other parameters than today's.
  /// - Throws: `issuer-account-unknown` for a wrong secret, `issuer-attempts-exceeded`, `issuer-busy`,
  ///   `issuer-state-unavailable`.
  func verify(_ key: AccountKey, storedHash text: String) async throws(IssuerError) -> KeyHash? {
    let tag = tag(of: key, text)
    guard !isKnown(tag) else { return nil }
    guard let hash = KeyHash(parsing: text) else {
      throw IssuerError(IssuerError.stateUnavailable, "stored hash of an account key is none")
    }
    try enter(key.identifier)
    defer { state.withLock { $0.waitingCount -= 1 } }
    guard try await hasher.verifies(key, hash) else {
      throw IssuerError(IssuerError.accountUnknown, "no account has this key")
    }
    succeed(key.identifier, tag)
    return hash.parameters == parameters ? nil : try await hasher.hash(key, parameters)
  }

  private func tag(of key: AccountKey, _ hash: String) -> Data {
    Data(HMAC<SHA256>.authenticationCode(for: Data((key.hexadecimal + hash).utf8), using: tagKey))
  }

  private func isKnown(_ tag: Data) -> Bool {
    let now = now()
    return state.withLock { $0.known[tag].map { Self.isWithin(Self.cacheSeconds, of: $0, now) } ?? false }
  }

  /// Takes a place in the queue, and counts the attempt as failed until it succeeds, so that attempts at once count too.
  private func enter(_ identifier: String) throws(IssuerError) {
    let now = now()
    let refusal: IssuerError? = state.withLock { state in
      guard state.waitingCount < Self.waitingLimit else {
        return IssuerError(IssuerError.busy, "\(Self.waitingLimit) account keys are waiting to be verified")
      }
      var failures = state.failures[identifier] ?? (now, 0)
      if !Self.isWithin(Self.failureSeconds, of: failures.since, now) { failures = (now, 0) }
      guard failures.count < Self.failureLimit else {
        return IssuerError(IssuerError.attemptsExceeded, "\(failures.count) wrong keys for one account")
      }
      failures.count += 1
      state.failures[identifier] = failures
      state.waitingCount += 1
      return nil
    }
    if let refusal { throw refusal }
  }

  private func succeed(_ identifier: String, _ tag: Data) {
    let now = now()
    state.withLock { state in
      state.failures[identifier]?.count -= 1
      state.failures = state.failures.filter {
        $0.value.count > 0 && Self.isWithin(Self.failureSeconds, of: $0.value.since, now)
      }
      if state.known.count >= Self.cacheLimit {
        state.known = state.known.filter { Self.isWithin(Self.cacheSeconds, of: $0.value, now) }
      }
      if state.known.count < Self.cacheLimit { state.known[tag] = now }
    }
  }

  /// A time in the future is not within: a clock that was set back must not keep anything longer.
  private static func isWithin(_ seconds: TimeInterval, of time: Date, _ now: Date) -> Bool {
    (0..<seconds).contains(now.timeIntervalSince(time))
  }
}
