import GRDB
public import StrictJSON

/// What a person may ask an operator for: everything stored about an account, and its erasure.
extension AccountStore {
  /// Everything that is stored about an account, except the key's hash, of which only the parameters are shown: it is a
  /// credential, and says nothing about the person.
  ///
  ///     {"account": "<identifier>", "name": "ada", "plan": "standard", "revoked": false,
  ///      "keyHash": "scrypt, ln=15,r=8,p=1", "draws": [{"day": 5, "plan": "standard", "count": 50}]}
  ///
  /// - Throws: `issuer-account-missing`, `issuer-state-unavailable`.
  public func export(_ account: AccountReference) async throws(IssuerError) -> JSONValue {
    let data: JSONValue? = try await read { database in
      let row = try Self.row(of: account, in: database)
      guard let identifier = Self.identifier(of: account, row) else { return nil }
      let draws = try Row.fetchAll(
        database, sql: "SELECT day, plan, count FROM draws WHERE account = ? ORDER BY day, plan",
        arguments: [identifier])
      guard row != nil || !draws.isEmpty else { return nil }
      return .object(
        Self.members(of: row).merging([
          "account": .string(identifier),
          "draws": .array(
            draws.map { ["day": .integer($0[0]), "plan": .string($0[1]), "count": .integer($0[2])] }),
        ]) { $1 })
    }
    guard let data else { throw Self.missing }
    return data
  }

  /// Erases an account and its counts, overwritten on the disk as far as SQLite reaches. Its key opens nothing from then
  /// on. Somebody whom an identity provider vouches for may come again, and starts that day afresh; whom the operator
  /// wants to keep out, it revokes.
  ///
  /// - Throws: `issuer-account-missing`, `issuer-state-unavailable`.
  public func erase(_ account: AccountReference) async throws(IssuerError) {
    let isErased = try await write { database in
      guard let identifier = Self.identifier(of: account, try Self.row(of: account, in: database)) else {
        return false
      }
      try database.execute(sql: "DELETE FROM draws WHERE account = ?", arguments: [identifier])
      let drawCount = database.changesCount
      try database.execute(sql: "DELETE FROM accounts WHERE identifier = ?", arguments: [identifier])
      return drawCount + database.changesCount > 0
    }
    guard isErased else { throw Self.missing }
    do {
      // The write-ahead log still holds the pages as they were.
      try await queue.writeWithoutTransaction { database in _ = try database.checkpoint(.truncate) }
    } catch {
      throw Self.unavailable
    }
  }

  private static func row(of account: AccountReference, in database: Database) throws -> Row? {
    let columns = "SELECT identifier, name, plan, is_revoked, key_hash FROM accounts"
    return switch account {
    case .name(let name): try Row.fetchOne(database, sql: columns + " WHERE name = ?", arguments: [name])
    case .pseudonym(let pseudonym):
      try Row.fetchOne(database, sql: columns + " WHERE identifier = ?", arguments: [pseudonym])
    }
  }

  private static func identifier(of account: AccountReference, _ row: Row?) -> String? {
    switch account {
    case .name: row.map { $0[0] }
    case .pseudonym(let pseudonym): pseudonym
    }
  }

  private static func members(of row: Row?) -> [String: JSONValue] {
    guard let row else { return [:] }
    var members: [String: JSONValue] = ["revoked": .boolean(row[3])]
    if let name: String = row[1] { members["name"] = .string(name) }
    if let plan: String = row[2] { members["plan"] = .string(plan) }
    if let hash: String = row[4] {
      members["keyHash"] = .string(hash.split(separator: "$").prefix(2).joined(separator: ", "))
    }
    return members
  }
}
