import ErrorCodes
import Foundation
import PostgreSQLSpentTokens
import SpentTokens
import TemporaryPostgreSQL
import Testing

/// The stores that the contract is run on, each with what two gateways would configure to share it.
enum StoreKind: String, CaseIterable, Sendable {
  case inMemory, sqlite, postgresql

  /// Runs `body` with several stores over one fresh record, as gateways of one operator.
  func withStores(_ count: Int = 2, _ body: ([any SpentTokenStore]) async throws -> Void) async throws {
    switch self {
    case .inMemory:
      let store = InMemorySpentTokens()
      try await body(Array(repeating: store, count: count))
    case .sqlite:
      try await withStoreFile { path in try await body((0..<count).map { _ in try SQLiteSpentTokens(path: path) }) }
    case .postgresql:
      let parameters = try TemporaryPostgreSQL.current.freshSchema()
      var stores: [PostgreSQLSpentTokens] = []
      for _ in 0..<count { stores.append(try await PostgreSQLSpentTokens(parameters: parameters)) }
      try await body(stores)
    }
  }

  /// Runs `body` with a store, and with what makes the next one after the whole record was lost.
  func withLoss(
    _ body: (any SpentTokenStore, _ lost: () async throws -> any SpentTokenStore) async throws -> Void
  ) async throws {
    switch self {
    case .inMemory: try await body(InMemorySpentTokens()) { InMemorySpentTokens() }
    case .sqlite:
      try await withStoreFile { path in
        let store = try SQLiteSpentTokens(path: path)
        try await body(store) {
          try await store.close()
          try FileManager.default.removeItem(atPath: path)
          return try SQLiteSpentTokens(path: path)
        }
      }
    case .postgresql:
      let server = try TemporaryPostgreSQL.current
      try await body(try await PostgreSQLSpentTokens(parameters: server.freshSchema())) {
        try await PostgreSQLSpentTokens(parameters: server.freshSchema())
      }
    }
  }

  func withStore(_ body: (any SpentTokenStore) async throws -> Void) async throws {
    try await withStores(1) { stores in try await body(stores[0]) }
  }
}

/// Digests of test tokens, by number; as `spent-tokens-redeemer` makes them.
func digest(_ number: UInt64) -> [UInt8] {
  let bytes = withUnsafeBytes(of: number.bigEndian) { Array($0) }
  return bytes + bytes + bytes + bytes
}

/// An error as `#expect(throws:)` compares it, by its code alone.
func refusal(_ code: ErrorCode) -> SpentTokenError { SpentTokenError(code, "") }

/// A path for a store in a folder of its own, which is removed afterwards.
func withStoreFile(_ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("spent-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder.appendingPathComponent("spent.sqlite").path)
}
