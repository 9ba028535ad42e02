import CloisterClient
import ErrorCodes
import Foundation
import Synchronization
import TestDeployment
import Testing

/// What every storage of a client's state promises, on each that there is.
@Suite("State storages")
struct StateStorageTests {
  enum Kind: CaseIterable {
    case folder
    case memory
  }

  private static func withStorage(_ kind: Kind, _ body: (any StateStorage) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    switch kind {
    case .folder: try body(try FolderStorage(opening: path))
    case .memory: try body(MemoryStorage())
    }
  }

  @Test("what was written is read, replaced and erased; what is not there is nil", arguments: Kind.allCases)
  func files(_ kind: Kind) throws {
    try Self.withStorage(kind) { storage in
      #expect(try storage.read("a", byteLimit: 10) == nil)
      try storage.write("a", [1, 2, 3])
      try storage.write("a", [4])
      try storage.write("b", [])
      #expect(try storage.read("a", byteLimit: 10) == [4])
      #expect(try storage.read("b", byteLimit: 0) == [])
      #expect(try storage.names() == ["a", "b"])
      try storage.erase("a")
      try storage.erase("a")
      #expect(try storage.read("a", byteLimit: 10) == nil)
      #expect(try storage.names() == ["b"])
    }
  }

  @Test(
    "what was put is read at once and stays when it is settled; to settle what is gone is no error",
    arguments: Kind.allCases)
  func put(_ kind: Kind) throws {
    try Self.withStorage(kind) { storage in
      try storage.put("a", [1, 2, 3])
      try storage.put("a", [4])
      #expect(try storage.read("a", byteLimit: 10) == [4])
      try storage.settle("a")
      #expect(try storage.read("a", byteLimit: 10) == [4])
      #expect(try storage.names() == ["a"])
      try storage.erase("a")
      try storage.settle("a")
      #expect(try storage.read("a", byteLimit: 10) == nil)
    }
  }

  @Test("more than the limit is refused, the limit itself is not", arguments: Kind.allCases)
  func limit(_ kind: Kind) throws {
    try Self.withStorage(kind) { storage in
      try storage.write("a", [1, 2, 3])
      #expect(try storage.read("a", byteLimit: 3) == [1, 2, 3])
      #expect(code { _ = try storage.read("a", byteLimit: 2) } == ClientError.stateUnusable)
    }
  }

  @Test("a folder below is the same one each time, and no other", arguments: Kind.allCases)
  func subfolders(_ kind: Kind) throws {
    try Self.withStorage(kind) { storage in
      try storage.subfolder("one").write("a", [1])
      #expect(try storage.subfolder("one").read("a", byteLimit: 10) == [1])
      #expect(try storage.subfolder("two").read("a", byteLimit: 10) == nil)
      #expect(try storage.read("a", byteLimit: 10) == nil)
      #expect(try storage.subfolder("one").path.hasSuffix("/one"))
    }
  }

  @Test("one user at a time changes a folder under its lock, also where a change fails", arguments: Kind.allCases)
  func lock(_ kind: Kind) async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let storage: any StateStorage = kind == .folder ? try FolderStorage(opening: path) : MemoryStorage()
    try storage.write("count", [0])
    #expect(
      code {
        try storage.withLock { () throws(ClientError) in throw ClientError(ClientError.stateDamaged, "") }
      } == ClientError.stateDamaged)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<10 {
            try storage.withLock { () throws(ClientError) in
              let count = try storage.read("count", byteLimit: 1)?.first ?? 0
              try storage.write("count", [count + 1])
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try storage.read("count", byteLimit: 1) == [80])
  }

  @Test("a state in a storage that holds something else, or another version, is refused")
  func foreign() throws {
    let foreign = MemoryStorage()
    try foreign.write("letter", [1])
    #expect(code { _ = try ClientState(storage: foreign) } == ClientError.stateForeign)
    let other = MemoryStorage()
    try other.write("version", Array("9\n".utf8))
    #expect(code { _ = try ClientState(storage: other) } == ClientError.stateVersion)
  }

  @Test("a state in memory forgets a token once it is claimed, and another client of the storage sees that")
  func wallet() async throws {
    let harness = try ClientHarness()
    let storage = MemoryStorage()
    let time = harness.fixture.time(in: ClientHarness.epoch)
    let states = try [ClientState(storage: storage), ClientState(storage: storage)]
    try states[0].policies.trust(try TrustedPolicy(published: harness.fixture.signedPolicy()))
    try states[0].keepAccountKey("account-key")
    try states[0].consent.change { $0.grant("summarize") }
    let clients = states.map {
      CloisterClient(
        state: $0, exchange: harness.client.parties, issuerExchange: harness.client.parties, clock: ClientClock { time }
      )
    }
    #expect(try await clients[0].drawTokens().availableCount == 2)
    let export = ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8))
    for client in clients { _ = try await client.summarize(export) }
    #expect(Set(harness.client.parties.authorizations).count == 2)
    #expect(try states[1].wallet.tokenCounts().isEmpty)
    #expect(try states[1].receipts.all().count == 2)
    await #expect(throws: ClientError(ClientError.walletEmpty, "")) { _ = try await clients[1].summarize(export) }
  }
}
