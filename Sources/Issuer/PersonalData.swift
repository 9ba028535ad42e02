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
    let row = try await row(of: account)
    guard let identifier = Self.identifier(of: account, row) else { throw Self.missing }
    let counts = try await draws.counts(ofAccount: identifier)
    guard row != nil || !counts.isEmpty else { throw Self.missing }
    return .object(
      Self.members(of: row).merging([
        "account": .string(identifier),
        "draws": .array(
          counts.map {
            [
              "day": .integer(Int64(clamping: $0.day)), "plan": .string($0.plan),
              "count": .integer(Int64($0.tokenCount)),
            ]
          }),
      ]) { $1 })
  }

  /// Erases an account and its counts, overwritten on the disk as far as SQLite reaches. Its key opens nothing from then
  /// on. Somebody whom an identity provider vouches for may come again, and starts that day afresh; whom the operator
  /// wants to keep out, it revokes.
  ///
  /// - Throws: `issuer-account-missing`, `issuer-state-unavailable`.
  public func erase(_ account: AccountReference) async throws(IssuerError) {
    guard let identifier = Self.identifier(of: account, try await row(of: account)) else { throw Self.missing }
    let hadDrawn = try await draws.erase(account: identifier)
    let hadRow = try await write { database in
      try database.execute(sql: "DELETE FROM accounts WHERE identifier = ?", arguments: [identifier])
      return database.changesCount > 0
    }
    guard hadDrawn || hadRow else { throw Self.missing }
    // For a draw that came between the two.
    _ = try await draws.erase(account: identifier)
    do {
      // The write-ahead log still holds the pages as they were.
      try await queue.writeWithoutTransaction { database in _ = try database.checkpoint(.truncate) }
    } catch {
      throw Self.unavailable
    }
  }

  /// A row of the table of accounts.
  private struct Stored {
    let identifier: String
    let name: String?
    let plan: String?
    let isRevoked: Bool
    let keyHash: String?
  }

  private func row(of account: AccountReference) async throws(IssuerError) -> Stored? {
    try await read { database in
      let columns = "SELECT identifier, name, plan, is_revoked, key_hash FROM accounts"
      let row =
        switch account {
        case .name(let name): try Row.fetchOne(database, sql: columns + " WHERE name = ?", arguments: [name])
        case .pseudonym(let pseudonym):
          try Row.fetchOne(database, sql: columns + " WHERE identifier = ?", arguments: [pseudonym])
        }
      return row.map { Stored(identifier: $0[0], name: $0[1], plan: $0[2], isRevoked: $0[3], keyHash: $0[4]) }
    }
  }

  private static func identifier(of account: AccountReference, _ row: Stored?) -> String? {
    switch account {
    case .name: row?.identifier
    case .pseudonym(let pseudonym): pseudonym
    }
  }

  private static func members(of row: Stored?) -> [String: JSONValue] {
    guard let row else { return [:] }
    var members: [String: JSONValue] = ["revoked": .boolean(row.isRevoked)]
    if let name = row.name { members["name"] = .string(name) }
    if let plan = row.plan { members["plan"] = .string(plan) }
    if let hash = row.keyHash {
      members["keyHash"] = .string(hash.split(separator: "$").prefix(2).joined(separator: ", "))
    }
    return members
  }
}
