/// Spent tokens in an SQLite file, which several processes of one machine may share.
///
/// One table per issuer day, with SHA-256 of each token as its only column and no row numbers, so that the tables tell
/// no order. What `spend` answered is on the disk.
public struct SQLiteSpentTokens: SpentTokenStore {
  /// How long a writer waits for another process's transaction, and a redeemer for the writer.
  public static let defaultAnswerLimit: Duration = .seconds(2)

  private let writer: SpentTokenWriter<SQLiteDatabase>

  /// Opens the store, or makes an empty one, readable by its owner alone.
  ///
  /// - Parameter answerLimit: after it a redeemer is refused; the longest wait is twice as long.
  /// - Throws: `token-store-unavailable` where the file cannot be opened or is no such store;
  ///   `token-store-not-durable` where SQLite does not take the settings.
  public init(path: String, answerLimit: Duration = Self.defaultAnswerLimit) throws(SpentTokenError) {
    let database = try SQLiteDatabase(path: path, busyLimit: answerLimit)
    let settings = try database.durabilitySettings()
    guard settings == SQLiteDatabase.durable else {
      throw SpentTokenError(SpentTokenError.notDurable, "SQLite is not in WAL mode with synchronous = FULL")
    }
    writer = SpentTokenWriter(database, label: "spent tokens (SQLite)", waitLimit: answerLimit)
  }

  public func spend(tokenDigest: [UInt8], issuerDay: UInt64) async throws(SpentTokenError) -> Bool {
    try await writer.spend(tokenDigest: tokenDigest, issuerDay: issuerDay)
  }

  public func hold(issuerDays: ClosedRange<UInt64>, servedThrough servedDay: UInt64?) async throws(SpentTokenError) {
    let wanted = IssuerDays(issuerDays)
    try await writer.perform { database throws(SpentTokenError) in try database.hold(wanted, servedThrough: servedDay) }
  }

  /// `journal_mode` and `synchronous`, as SQLite says them.
  package func durabilitySettings() async throws(SpentTokenError) -> [String: String] {
    try await writer.perform { database throws(SpentTokenError) in try database.durabilitySettings() }
  }

  /// Closes the file after what is being written; every later call throws `token-store-unavailable`.
  public func close() async throws(SpentTokenError) {
    try await writer.perform { database throws(SpentTokenError) in try database.close() }
  }
}
