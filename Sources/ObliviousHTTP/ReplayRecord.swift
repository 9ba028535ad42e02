import Crypto

public import struct Foundation.Date

/// The requests that a gateway opened lately, by encapsulated key, so that none is answered twice (RFC 9458, section
/// 6.5). Bounded: when it is full it refuses, because what it cannot remember it could not refuse later.
///
/// It lives in memory: after a restart, requests of the window before come through once more unless `forgottenBefore`
/// says that they were forgotten. Its time comes from a clock that does not jump ahead: what a wrong time made it forget
/// could be replayed once the clock is right again.
///
///     switch replays.admit(opened.encapsulatedKey, date: request.headerFields["date"], at: now) {
///     case .admitted: break
///     case .refused(let refusal): return refusal.response(at: now)
///     }
public struct ReplayRecord: Sendable {
  public enum Verdict: Sendable, Equatable {
    /// Seen for the first time, and remembered.
    case admitted
    case refused(ReplayRefusal)
  }

  public let window: DateWindow
  /// The most requests that are remembered, of one window's length.
  public let capacity: Int
  private let forgottenBefore: Date?
  /// SHA-256 of encapsulated keys, which no two requests share: those since `start`, and those of the period before.
  /// A period is as long as a request must be remembered, so each stays for that long at least.
  private var current: Set<SHA256Digest> = []
  private var previous: Set<SHA256Digest> = []
  private var start: Date?

  /// - Parameters:
  ///   - capacity: at least 1. One request takes some 100 bytes, and up to twice as many are held.
  ///   - forgottenBefore: the time of a start without memory: dates that a request from before it could carry are
  ///     refused. Nil where no request was answered before with the same key.
  public init(window: DateWindow = DateWindow(), capacity: Int, forgottenBefore: Date? = nil) {
    precondition(capacity > 0, "a replay record holds at least one request")
    self.window = window
    self.capacity = capacity
    self.forgottenBefore = forgottenBefore
  }

  /// Decides about one request that was opened, and remembers it where it is admitted.
  ///
  /// - Parameters:
  ///   - encapsulatedKey: of the request; unique to it.
  ///   - date: the value of the `Date` field inside the encapsulation, nil where it has none.
  public mutating func admit(_ encapsulatedKey: [UInt8], date: String?, at now: Date) -> Verdict {
    guard window.accepts(date, at: now), !isForgotten(date, at: now) else { return .refused(.dateNotAcceptable) }
    advance(to: now)
    let digest = SHA256.hash(data: encapsulatedKey)
    guard !current.contains(digest), !previous.contains(digest) else { return .refused(.replayed) }
    guard current.count < capacity else { return .refused(.full) }
    current.insert(digest)
    return .admitted
  }

  /// How many requests are remembered.
  public var count: Int { current.count + previous.count }

  private func isForgotten(_ field: String?, at now: Date) -> Bool {
    guard let forgottenBefore, let field, let date = HTTPDate.parse(field, now: now) else { return false }
    return date <= forgottenBefore.addingTimeInterval(window.tolerance.seconds)
  }

  /// Time that goes back forgets nothing.
  private mutating func advance(to now: Date) {
    let begun = start ?? now
    let elapsed = now.timeIntervalSince(begun)
    let length = window.recordDuration.seconds
    if elapsed >= length {
      previous = elapsed < 2 * length ? current : []
      current = []
      start = now
    } else {
      start = begun
    }
  }
}
