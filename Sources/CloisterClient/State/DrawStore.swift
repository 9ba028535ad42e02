import StrictJSON

/// How many tokens of which issuer day were drawn, and the account key that draws them.
struct DrawStore: Sendable {
  let folder: StateFolder

  private static let drawsName = "draws.json"
  private static let accountName = "account.key"

  /// Takes what is left of the day's fixed number.
  func reserve(day: UInt64, total: UInt64) throws(ClientError) -> UInt64 {
    try folder.withLock { () throws(ClientError) in
      let reserved = try count(day: day)
      guard reserved < total else { return 0 }
      try store(total, day: day)
      return total - reserved
    }
  }

  /// Gives back what was reserved and not drawn.
  func giveBack(_ unused: UInt64, day: UInt64) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      let reserved = try count(day: day)
      try store(reserved - min(unused, reserved), day: day)
    }
  }

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

  /// The account key that the person was given by the operator. Secret.
  /// - Throws: `account-missing`.
  func accountKey() throws(ClientError) -> String {
    guard let bytes = try folder.read(Self.accountName, byteLimit: 1024),
      let text = String(validating: bytes, as: UTF8.self), !text.isEmpty
    else {
      throw ClientError(ClientError.accountMissing, "no account key yet: cloister tokens draw --account-key FILE")
    }
    return text
  }

  /// - Throws: `account-missing` for a key that is empty, too long or not printable ASCII.
  func keepAccountKey(_ key: String) throws(ClientError) {
    guard (1...512).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw ClientError(ClientError.accountMissing, "account key is not 1 to 512 printable ASCII characters")
    }
    try folder.write(Self.accountName, Array(key.utf8))
  }
}
