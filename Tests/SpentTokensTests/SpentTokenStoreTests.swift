import Foundation
import SpentTokens
import Testing

/// One contract, run on every store.
@Suite("Stores of spent tokens")
struct SpentTokenStoreTests {
  enum Kind: String, CaseIterable, Sendable { case inMemory, sqlite }

  private func withStore(_ kind: Kind, _ body: (any SpentTokenStore) async throws -> Void) async throws {
    switch kind {
    case .inMemory: try await body(InMemorySpentTokens())
    case .sqlite: try await withStoreFile { path in try await body(SQLiteSpentTokens(path: path)) }
    }
  }

  private func digest(_ fill: UInt8) -> [UInt8] { [UInt8](repeating: fill, count: 32) }

  @Test("a token is spent once", arguments: Kind.allCases)
  func once(kind: Kind) async throws {
    try await withStore(kind) { store async throws in
      #expect(try await store.spend(tokenDigest: digest(1), issuerDay: 4))
      #expect(try await !store.spend(tokenDigest: digest(1), issuerDay: 4))
      #expect(try await store.spend(tokenDigest: digest(2), issuerDay: 4))
      #expect(try await !store.spend(tokenDigest: digest(1), issuerDay: 4))
    }
  }

  @Test("of many concurrent redeemers of one token exactly one wins", arguments: Kind.allCases)
  func concurrent(kind: Kind) async throws {
    try await withStore(kind) { store async throws in
      for token in 0..<8 as Range<UInt8> {
        let digest = digest(token)
        let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
          for _ in 0..<8 { group.addTask { try await store.spend(tokenDigest: digest, issuerDay: 1) } }
          return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
      }
    }
  }

  @Test("a dropped day spends nothing any more, and later days are kept", arguments: Kind.allCases)
  func dropping(kind: Kind) async throws {
    try await withStore(kind) { store async throws in
      for day in 3...5 as ClosedRange<UInt64> { #expect(try await store.spend(tokenDigest: digest(1), issuerDay: day)) }
      try await store.drop(daysBefore: 5)
      #expect(try await !store.spend(tokenDigest: digest(1), issuerDay: 4))
      #expect(try await !store.spend(tokenDigest: digest(2), issuerDay: 3))
      #expect(try await !store.spend(tokenDigest: digest(1), issuerDay: 5))
      #expect(try await store.spend(tokenDigest: digest(2), issuerDay: 5))
      try await store.drop(daysBefore: 2)
      #expect(try await !store.spend(tokenDigest: digest(2), issuerDay: 4))
    }
  }

  @Test("the smallest and the largest day are days like others", arguments: Kind.allCases)
  func boundaryDays(kind: Kind) async throws {
    try await withStore(kind) { store async throws in
      for day in [0, UInt64(Int64.max), UInt64(Int64.max) + 1, .max] {
        #expect(try await store.spend(tokenDigest: digest(1), issuerDay: day))
        #expect(try await !store.spend(tokenDigest: digest(1), issuerDay: day))
      }
      try await store.drop(daysBefore: .max)
      #expect(try await !store.spend(tokenDigest: digest(2), issuerDay: .max - 1))
      #expect(try await store.spend(tokenDigest: digest(2), issuerDay: .max))
    }
  }
}

@Suite("The SQLite store of spent tokens")
struct SQLiteSpentTokensTests {
  private let digest = [UInt8](repeating: 7, count: 32)

  @Test("what was spent is spent after reopening, and what was dropped stays dropped")
  func reopening() async throws {
    try await withStoreFile { path async throws in
      let first = try SQLiteSpentTokens(path: path)
      #expect(try await first.spend(tokenDigest: digest, issuerDay: 2))
      try await first.drop(daysBefore: 2)
      try first.close()
      let second = try SQLiteSpentTokens(path: path)
      #expect(try await !second.spend(tokenDigest: digest, issuerDay: 2))
      #expect(try await !second.spend(tokenDigest: digest, issuerDay: 1))
    }
  }

  @Test("two gateways on one file redeem a token once")
  func twoGateways() async throws {
    try await withStoreFile { path async throws in
      let stores = [try SQLiteSpentTokens(path: path), try SQLiteSpentTokens(path: path)]
      for token in 0..<8 as Range<UInt8> {
        let digest = [UInt8](repeating: token, count: 32)
        let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
          for store in stores { group.addTask { try await store.spend(tokenDigest: digest, issuerDay: 1) } }
          return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
      }
    }
  }

  @Test("a closed, missing or foreign file is unavailable, and no token passes")
  func unavailable() async throws {
    try await withStoreFile { path async throws in
      let store = try SQLiteSpentTokens(path: path)
      try store.close()
      await #expect(throws: SpentTokenError(SpentTokenError.unavailable, "")) {
        try await store.spend(tokenDigest: digest, issuerDay: 1)
      }
      await #expect(throws: SpentTokenError(SpentTokenError.unavailable, "")) { try await store.drop(daysBefore: 1) }
      #expect(throws: SpentTokenError(SpentTokenError.unavailable, "")) {
        try SQLiteSpentTokens(path: path + "/missing/spent.sqlite")
      }
      let foreign = path + ".foreign"
      try Data(repeating: 0x61, count: 8192).write(to: URL(fileURLWithPath: foreign))
      #expect(throws: SpentTokenError(SpentTokenError.unavailable, "")) { try SQLiteSpentTokens(path: foreign) }
    }
  }

  @Test("only its owner can read the file")
  func permissions() async throws {
    try await withStoreFile { path async throws in
      let store = try SQLiteSpentTokens(path: path)
      #expect(try await store.spend(tokenDigest: digest, issuerDay: 1))
      for suffix in ["", "-wal", "-shm"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + suffix)
        #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
      }
    }
  }
}

/// A path for a store in a folder of its own, which is removed afterwards.
private func withStoreFile(_ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("spent-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder.appendingPathComponent("spent.sqlite").path)
}
