import Foundation
import GRDB
import SpentTokens
import Testing

@Suite("The SQLite store of spent tokens")
struct SQLiteSpentTokensTests {
  @Test("the file is in WAL mode with synchronous = FULL")
  func durability() async throws {
    try await withStoreFile { path async throws in
      let store = try SQLiteSpentTokens(path: path)
      // SQLite's numbers: 0 OFF, 1 NORMAL, 2 FULL, 3 EXTRA.
      #expect(try await store.durabilitySettings() == ["journal_mode": "wal", "synchronous": "2"])
    }
  }

  @Test("what was spent is spent after reopening, and what was dropped stays dropped")
  func reopening() async throws {
    try await withStoreFile { path async throws in
      let first = try SQLiteSpentTokens(path: path)
      try await first.hold(issuerDays: 1...2)
      #expect(try await first.spend(tokenDigest: digest(7), issuerDay: 2))
      try await first.hold(issuerDays: 2...3)
      try await first.close()
      let second = try SQLiteSpentTokens(path: path)
      #expect(try await !second.spend(tokenDigest: digest(7), issuerDay: 2))
      try await second.hold(issuerDays: 1...2)
      await #expect(throws: refusal(SpentTokenError.dayClosed)) {
        try await second.spend(tokenDigest: digest(7), issuerDay: 1)
      }
    }
  }

  @Test("after a gateway was killed, everything it acknowledged is spent, and the rest is spent once")
  func killed() async throws {
    try await withStoreFile { path async throws in
      let store = try SQLiteSpentTokens(path: path)
      try await store.hold(issuerDays: 1...1)
      let count: UInt64 = 1_000_000
      let gateway = try RedeemerProcess(.sqlite, path, issuerDay: 1, count: count)
      let acknowledged = await gateway.acknowledgedUntilKilled(afterByteCount: 4_000)
      #expect(acknowledged.count > 500 && acknowledged.count < count)
      for number in acknowledged { #expect(try await !store.spend(tokenDigest: digest(number), issuerDay: 1)) }
      for number in 0..<((acknowledged.max() ?? 0) + 64) {
        _ = try await store.spend(tokenDigest: digest(number), issuerDay: 1)
        #expect(try await !store.spend(tokenDigest: digest(number), issuerDay: 1))
      }
    }
  }

  @Test("two gateway processes on one file redeem each token once")
  func twoProcesses() async throws {
    try await withStoreFile { path async throws in
      try await SQLiteSpentTokens(path: path).hold(issuerDays: 1...1)
      let gateways = try (0..<2).map { _ in try RedeemerProcess(.sqlite, path, issuerDay: 1, count: 3_000) }
      let acknowledged = await gateways[0].acknowledged() + gateways[1].acknowledged()
      #expect(acknowledged.sorted() == Array(0..<3_000))
    }
  }

  @Test("while another process holds the file, tokens are refused after the bound, then spent again")
  func slow() async throws {
    try await withStoreFile { path async throws in
      let store = try SQLiteSpentTokens(path: path, answerLimit: .milliseconds(200))
      try await store.hold(issuerDays: 1...1)
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      let other = try DatabaseQueue(path: path, configuration: configuration)
      try await other.writeWithoutTransaction { database in
        try database.execute(sql: "BEGIN IMMEDIATE")
      }
      let start = ContinuousClock.now
      await #expect(throws: refusal(SpentTokenError.slow)) {
        try await store.spend(tokenDigest: digest(1), issuerDay: 1)
      }
      #expect(ContinuousClock.now - start >= .milliseconds(190))
      try await other.writeWithoutTransaction { database in try database.execute(sql: "ROLLBACK") }
      #expect(try await store.spend(tokenDigest: digest(1), issuerDay: 1))
    }
  }

  @Test("a closed, missing or foreign file is unavailable, and no token passes")
  func unavailable() async throws {
    try await withStoreFile { path async throws in
      let store = try SQLiteSpentTokens(path: path)
      try await store.close()
      await #expect(throws: refusal(SpentTokenError.unavailable)) {
        try await store.spend(tokenDigest: digest(1), issuerDay: 1)
      }
      await #expect(throws: refusal(SpentTokenError.unavailable)) { try await store.hold(issuerDays: 1...1) }
      #expect(throws: refusal(SpentTokenError.unavailable)) {
        try SQLiteSpentTokens(path: path + "/missing/spent.sqlite")
      }
      let foreign = path + ".foreign"
      try Data(repeating: 0x61, count: 8192).write(to: URL(fileURLWithPath: foreign))
      #expect(throws: refusal(SpentTokenError.unavailable)) { try SQLiteSpentTokens(path: foreign) }
    }
  }

  @Test("only its owner can read the file")
  func permissions() async throws {
    try await withStoreFile { path async throws in
      let store = try SQLiteSpentTokens(path: path)
      try await store.hold(issuerDays: 1...1)
      #expect(try await store.spend(tokenDigest: digest(1), issuerDay: 1))
      for suffix in ["", "-wal", "-shm"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + suffix)
        #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
      }
    }
  }

  @Test("a table holds digests alone, in their own order, and a dropped day is overwritten")
  func contents() async throws {
    try await withStoreFile { path async throws in
      let store = try SQLiteSpentTokens(path: path)
      try await store.hold(issuerDays: 1...1)
      for number in [5, 3, 9, 1] as [UInt64] {
        #expect(try await store.spend(tokenDigest: digest(number), issuerDay: 1))
      }
      let reader = try DatabaseQueue(path: path)
      let rows = try await reader.read { database in
        let columns = try database.columns(in: "spent_1").map(\.name)
        return (columns, try Data.fetchAll(database, sql: "SELECT digest FROM spent_1").map { Array($0) })
      }
      #expect(rows.0 == ["digest"])
      #expect(rows.1 == ([1, 3, 5, 9] as [UInt64]).map { digest($0) })
      #expect(throws: DatabaseError.self) {
        try reader.read { database in try Row.fetchAll(database, sql: "SELECT rowid FROM spent_1") }
      }
      try reader.close()
      try await store.hold(issuerDays: 3...3)
      for suffix in ["", "-wal"] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path + suffix))
        #expect(bytes.range(of: Data(digest(9))) == nil, "\(suffix)")
      }
    }
  }
}
