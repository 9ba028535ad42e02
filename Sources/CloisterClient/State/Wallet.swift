import Glibc
package import PrivacyPass
import WireFormat

/// Unspent tokens, one file each. A token is a secret and leaves the disk before it leaves the machine.
public struct Wallet: Sendable {
  let folder: StateFolder

  private static let suffix = ".token"

  /// How many tokens an issuer day has left.
  /// - Throws: `state-unusable`.
  public func tokenCounts() throws(ClientError) -> [UInt64: Int] {
    var counts: [UInt64: Int] = [:]
    for name in try folder.names() {
      if let day = Self.issuerDay(ofFile: name) { counts[day, default: 0] += 1 }
    }
    return counts
  }

  /// How many tokens are good on an issuer day: that day's and those of the day before.
  /// - Throws: `state-unusable`.
  public func tokenCount(goodOn issuerDay: UInt64) throws(ClientError) -> Int {
    try tokenCounts().reduce(0) { $0 + (Self.isGood($1.key, on: issuerDay) ? $1.value : 0) }
  }

  package func keep(_ token: Token, issuerDay: UInt64) throws(ClientError) {
    let name = Self.dayText(issuerDay) + "-" + (0..<16).map { _ in UInt8.random(in: 0...255) }.hexadecimal
    try folder.write(name + Self.suffix, token.encoded)
  }

  /// Removes tokens that no gateway takes any more, and what a crash left half claimed.
  func eraseExpired(before issuerDay: UInt64) throws(ClientError) {
    for name in try folder.names() {
      guard let day = Self.issuerDay(ofFile: name) else {
        if name.hasPrefix(Self.claimedPrefix) { try folder.erase(name) }
        continue
      }
      if day + 1 < issuerDay { try folder.erase(name) }
    }
  }

  private static let claimedPrefix = "claimed-"

  /// Takes the oldest token that is still good: from here on it is erased, whether it is sent or not.
  ///
  /// The rename gives it to one process alone; then the file is gone before this returns, so that a crash can lose a
  /// token but never send one twice.
  /// - Throws: `wallet-empty`, `state-unusable`.
  package func claim(goodOn issuerDay: UInt64) throws(ClientError) -> ClaimedToken {
    for name in try folder.names() {
      guard let day = Self.issuerDay(ofFile: name), Self.isGood(day, on: issuerDay) else { continue }
      let claimed = Self.claimedPrefix + name
      guard try folder.rename(name, to: claimed) else { continue }
      let bytes = try folder.read(claimed, byteLimit: 4096)
      try folder.erase(claimed)
      if let bytes, let token = try? Token(decoding: bytes) { return ClaimedToken(token: token) }
    }
    throw ClientError(ClientError.walletEmpty, "no token is left: cloister tokens draw")
  }

  private static func isGood(_ day: UInt64, on issuerDay: UInt64) -> Bool {
    day == issuerDay || (issuerDay > 0 && day == issuerDay - 1)
  }

  /// Twenty digits, so that names sort by day.
  private static func dayText(_ day: UInt64) -> String {
    let digits = String(day)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }

  private static func issuerDay(ofFile name: String) -> UInt64? {
    guard name.hasSuffix(suffix), name.utf8.count > 21 else { return nil }
    return UInt64(name.prefix(20))
  }
}

/// One token on its way out: it exists in memory alone and can be presented once.
package struct ClaimedToken: ~Copyable {
  private let token: Token

  fileprivate init(token: Token) { self.token = token }

  /// The `authorization` field that spends it (RFC 9577, section 2.2).
  package consuming func authorization() -> String { PrivateTokenAuthorization.fieldValue(for: token) }
}
