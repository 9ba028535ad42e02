package import Foundation
package import PrivacyPass
import StrictJSON
package import Trust

/// How many tokens of which issuer day were drawn, what the issuer said of the crowd, and the account key.
package struct DrawStore: Sendable {
  let folder: StateFolder

  private static let drawsName = "draws.json"
  private static let crowdName = "crowd.json"
  private static let minutesName = "draw-minutes.json"
  private static let accountName = "account.key"

  /// Takes what is left of the day's fixed number.
  package func reserve(day: UInt64, total: UInt64) throws(ClientError) -> UInt64 {
    try folder.withLock { () throws(ClientError) in
      let reserved = try count(day: day)
      guard reserved < total else { return 0 }
      try store(total, day: day)
      return total - reserved
    }
  }

  /// Gives back what was reserved and not drawn.
  package func giveBack(_ unused: UInt64, day: UInt64) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      let reserved = try count(day: day)
      try store(reserved - min(unused, reserved), day: day)
    }
  }

  package func wasDrawn(day: UInt64) throws(ClientError) -> Bool { try count(day: day) > 0 }

  private func count(day: UInt64) throws(ClientError) -> UInt64 {
    guard let bytes = try folder.read(Self.drawsName, byteLimit: 4096) else { return 0 }
    do {
      var object = try JSONObject(parsing: bytes, name: "draws")
      let (storedDay, count) = (try object.count("day"), try object.count("count"))
      try object.finish()
      return storedDay == day ? count : 0
    } catch {
      throw ClientError(ClientError.stateDamaged, "record of draws is not of its schema")
    }
  }

  private func store(_ count: UInt64, day: UInt64) throws(ClientError) {
    let json: JSONValue = ["day": .integer(Int64(clamping: day)), "count": .integer(Int64(clamping: count))]
    try folder.write(Self.drawsName, json.canonicalBytes)
  }

  /// What the issuer said of the crowd at the last draw at which it said anything.
  package func crowdClaim() throws(ClientError) -> CrowdClaim? {
    guard let bytes = try folder.read(Self.crowdName, byteLimit: 4096) else { return nil }
    do {
      var object = try JSONObject(parsing: bytes, name: "crowd")
      let claim = CrowdClaim(issuerDay: try object.count("day"), countedAccounts: try object.count("accounts"))
      try object.finish()
      return claim
    } catch {
      throw ClientError(ClientError.stateDamaged, "record of the crowd is not of its schema")
    }
  }

  package func keep(_ claim: CrowdClaim) throws(ClientError) {
    let json: JSONValue = [
      "day": .integer(Int64(clamping: claim.issuerDay)), "accounts": .integer(Int64(clamping: claim.accountCount)),
    ]
    try folder.write(Self.crowdName, json.canonicalBytes)
  }

  /// The minutes of the draws, as any process that shares this state chose them; the next day's is chosen here at the
  /// latest.
  /// - Parameter isOn: whether any task is.
  /// - Throws: `state-damaged`, `state-unusable`, `epoch-before-first`.
  package func schedule(
    _ epochs: EpochSchedule, at now: Date, isOn: Bool, using generator: inout some RandomNumberGenerator
  ) throws(ClientError) -> DrawSchedule {
    try folder.withLock { () throws(ClientError) in
      var schedule = DrawSchedule(epochs: epochs, minutes: try minutes())
      let isChanged: Bool
      do throws(TrustError) {
        isChanged = try schedule.choose(at: now, isOn: isOn, using: &generator)
      } catch {
        throw ClientError(error)
      }
      if isChanged { try store(schedule.minutes) }
      return schedule
    }
  }

  private func minutes() throws(ClientError) -> [UInt64: Int] {
    guard let bytes = try folder.read(Self.minutesName, byteLimit: 4096) else { return [:] }
    do {
      var minutes: [UInt64: Int] = [:]
      var object = try JSONObject(parsing: bytes, name: "draw minutes")
      for element in try object.array("minutes") {
        var entry = try JSONObject(element, name: "draw minute")
        minutes[try entry.count("day")] = Int(clamping: try entry.count("minute"))
        try entry.finish()
      }
      try object.finish()
      return minutes
    } catch {
      throw ClientError(ClientError.stateDamaged, "minutes of draws are not of their schema")
    }
  }

  private func store(_ minutes: [UInt64: Int]) throws(ClientError) {
    let entries = minutes.sorted { $0.key < $1.key }.map { day, minute -> JSONValue in
      ["day": .integer(Int64(clamping: day)), "minute": .integer(Int64(minute))]
    }
    try folder.write(Self.minutesName, JSONValue.object(["minutes": .array(entries)]).canonicalBytes)
  }

  /// The account key that the person was given by the operator. Secret.
  /// - Throws: `account-missing`.
  func accountKey() throws(ClientError) -> String {
    guard let bytes = try folder.read(Self.accountName, byteLimit: AccountBearer.byteLimit),
      let text = String(validating: bytes, as: UTF8.self), !text.isEmpty
    else {
      throw ClientError(ClientError.accountMissing, "no account key yet")
    }
    return text
  }

  /// - Throws: `account-missing` for a key that is empty, too long or not printable ASCII.
  func keepAccountKey(_ key: String) throws(ClientError) {
    guard AccountBearer.isWellFormed(key) else {
      throw ClientError(
        ClientError.accountMissing, "account key is not 1 to \(AccountBearer.byteLimit) printable ASCII characters")
    }
    try folder.write(Self.accountName, Array(key.utf8))
  }
}
