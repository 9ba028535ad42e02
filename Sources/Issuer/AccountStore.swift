import Foundation
import GRDB

/// The accounts of an issuer in one SQLite file: for an account of a local key its name, plan and key hash; for one of an
/// identity provider nothing but a pseudonym, and only once it was revoked. Beside them, or in a database that issuers
/// share, how many tokens each account drew of each issuer day. No time, no address, nothing of any token. Several
/// processes may use the file at once.
///
/// An attacker who can change it can open accounts and raise quotas; one who can read it learns names, plans and counts,
/// and neither a key nor a subject.
public struct AccountStore: Sendable {
  /// How long a writer waits for another process's transaction, in seconds.
  private static let busyTimeout: TimeInterval = 5

  let queue: DatabaseQueue
  package let draws: any DrawCountStore

  /// Opens the store, or makes an empty one, readable by its owner alone.
  ///
  /// - Parameters:
  ///   - path: an SQLite file in a folder that exists.
  ///   - draws: where draws are counted, if not in that file.
  /// - Throws: `issuer-state-unavailable`.
  public init(path: String, draws: (any DrawCountStore)? = nil) throws(IssuerError) {
    do {
      if !FileManager.default.fileExists(atPath: path) {
        _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
      }
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(Self.busyTimeout)
      configuration.label = "accounts"
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.inDatabase { database in
        // After the journal mode, which sets it to NORMAL: no count may be lost that a token was given for.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        // What is erased is overwritten, not only unlinked.
        try database.execute(sql: "PRAGMA secure_delete = ON")
      }
      try queue.write { database in
        try database.execute(sql: Self.schema)
        if draws == nil { try database.execute(sql: SQLiteDrawCounts.schema) }
      }
      self.draws = draws ?? SQLiteDrawCounts(queue: queue)
    } catch {
      throw Self.unavailable
    }
  }

  private static let schema = """
    CREATE TABLE IF NOT EXISTS accounts (
      identifier TEXT PRIMARY KEY NOT NULL, name TEXT UNIQUE, plan TEXT, key_hash TEXT,
      is_revoked INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    """

  /// One account of a local key.
  public struct Account: Sendable, Equatable {
    public let identifier: String
    public let name: String
    public let plan: String
    public let isRevoked: Bool
  }

  /// Adds an account of a local key, good at once, also for a running issuer.
  ///
  /// - Throws: `issuer-configuration-invalid` for a name of other characters, `issuer-account-exists`,
  ///   `issuer-state-unavailable`.
  public func add(
    name: String, plan: String, key: AccountKey, hashing: KeyHash.Parameters = .standard
  ) async throws(IssuerError) {
    guard IssuerName.isValid(name) else { throw IssuerName.invalid("account") }
    guard IssuerName.isValid(plan) else { throw IssuerName.invalid("plan") }
    let hash = try KeyHash(of: key, parameters: hashing).encoded
    let isAdded = try await write { database in
      try database.execute(
        sql: "INSERT OR IGNORE INTO accounts (identifier, name, plan, key_hash) VALUES (?, ?, ?, ?)",
        arguments: [key.identifier, name, plan, hash])
      return database.changesCount == 1
    }
    guard isAdded else { throw IssuerError(IssuerError.accountExists, "an account has that name already") }
  }

  /// All accounts of local keys, by name.
  ///
  /// - Throws: `issuer-state-unavailable`.
  public func list() async throws(IssuerError) -> [Account] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT identifier, name, plan, is_revoked FROM accounts WHERE key_hash IS NOT NULL ORDER BY name"
      ).map { Account(identifier: $0[0], name: $0[1], plan: $0[2], isRevoked: $0[3]) }
    }
  }

  /// Ends an account; its row and counts stay until they are erased.
  ///
  /// - Throws: `issuer-account-missing`, `issuer-state-unavailable`.
  public func revoke(_ account: AccountReference) async throws(IssuerError) {
    let isChanged = try await write { database in
      switch account {
      case .name(let name):
        try database.execute(sql: "UPDATE accounts SET is_revoked = 1 WHERE name = ?", arguments: [name])
      case .pseudonym(let pseudonym):
        try database.execute(
          sql: """
            INSERT INTO accounts (identifier, is_revoked) VALUES (?, 1)
            ON CONFLICT (identifier) DO UPDATE SET is_revoked = 1
            """, arguments: [pseudonym])
      }
      return database.changesCount == 1
    }
    guard isChanged else { throw Self.missing }
  }

  /// The row that a key's identifier names, and its hash in text.
  package func keyAccount(identifier: String) async throws(IssuerError) -> (account: Account, hash: String)? {
    try await read { database in
      try Row.fetchOne(
        database.cachedStatement(
          sql: """
            SELECT identifier, name, plan, is_revoked, key_hash FROM accounts
            WHERE identifier = ? AND key_hash IS NOT NULL
            """), arguments: [identifier]
      ).map { (Account(identifier: $0[0], name: $0[1], plan: $0[2], isRevoked: $0[3]), $0[4]) }
    }
  }

  /// Puts a hash with today's parameters in place of one that was just verified, unless it was replaced meanwhile.
  func replaceHash(of identifier: String, from old: String, with new: String) async throws(IssuerError) {
    try await write { database in
      try database.execute(
        sql: "UPDATE accounts SET key_hash = ? WHERE identifier = ? AND key_hash = ?",
        arguments: [new, identifier, old])
    }
  }

  /// SQLite's `synchronous`, for the test that reads it.
  package func synchronousLevel() async throws(IssuerError) -> Int? {
    try await read { database in try Int.fetchOne(database, sql: "PRAGMA synchronous") }
  }

  func isRevoked(identifier: String) async throws(IssuerError) -> Bool {
    try await read { database in
      try Bool.fetchOne(
        database.cachedStatement(sql: "SELECT is_revoked FROM accounts WHERE identifier = ?"), arguments: [identifier]
      ) ?? false
    }
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(IssuerError) -> Value {
    do { return try await queue.read(body) } catch { throw Self.unavailable }
  }

  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(IssuerError) -> Value {
    do { return try await queue.write(body) } catch { throw Self.unavailable }
  }

  static let unavailable = IssuerError(
    IssuerError.stateUnavailable, "accounts and counts cannot be read or written")
  static let missing = IssuerError(IssuerError.accountMissing, "no account is stored under that name")
}

/// How the operator names an account.
public enum AccountReference: Sendable, Equatable {
  /// One of a local key.
  case name(String)
  /// One of an identity provider: what `SubjectPseudonyms` makes of issuer and subject.
  case pseudonym(String)
}
