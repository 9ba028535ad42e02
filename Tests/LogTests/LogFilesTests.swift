import DurableFiles
import Foundation
import Log
import Testing
import TransparencyLog

@Suite("log files")
struct LogFilesTests {
  private let fixture: LogFixture

  init() throws { fixture = try LogFixture() }

  private func path(_ name: String) -> String { fixture.folder + "/" + name }

  private func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

  private func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
  }

  @Test("the folder holds tiles, entry bundles and checkpoint as tlog-tiles lays them out")
  func layout() async throws {
    let log = try fixture.open()
    for value in 0..<3 as Range<UInt8> { _ = try await log.append([value, value]) }
    let tile = try Tile(level: 0, index: 0, width: 3)
    let tree = MerkleTree(leafHashes: try tile.hashes(parsing: read("tile/0/000.p/3")))
    let checkpoint = try fixture.verifier().verify(read("checkpoint")).checkpoint
    #expect(checkpoint.rootHash == tree.root)
    let bundle = try EntryBundle(parsing: read("tile/entries/000.p/3"))
    #expect(bundle.entries == [[0, 0], [1, 1], [2, 2]])
    let attributes = try FileManager.default.attributesOfItem(atPath: path("key"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("full tiles take the place of partial ones, and 300 entries reopen")
  func fullTiles() async throws {
    let log = try fixture.open()
    fixture.exchange.setMissing(LogFixture.servers(0, 1, 2, 3))
    for value in 0..<300 { _ = try? await log.append([UInt8(value & 0xFF), UInt8(value >> 8)]) }
    fixture.exchange.setMissing([])
    #expect(try fixture.verifier().verify(await log.refresh()).checkpoint.treeSize == 300)
    #expect(try read("tile/0/000").count == 8_192)
    #expect(try read("tile/1/000.p/1").count == 32)
    #expect(!FileManager.default.fileExists(atPath: path("tile/0/000.p")))
    #expect(!FileManager.default.fileExists(atPath: path("tile/entries/000.p")))
    let reopened = try fixture.open()
    #expect(await reopened.health == nil)
    let partial = try Tile(level: 0, index: 0, width: 17)
    let bytes = try #require(await reopened.entries(under: partial))
    #expect(try EntryBundle(parsing: bytes).entries.count == 17)
    #expect(await reopened.hashes(of: partial)?.count == 17 * 32)
    #expect(try await reopened.append([255, 9]).index == 300)
  }

  @Test("a log that lost what its witnesses hold publishes nothing")
  func lostTree() async throws {
    let log = try fixture.open()
    _ = try await log.append([1])
    let (tree, checkpoint) = (try read("tree"), try read("checkpoint"))
    _ = try await log.append([2])
    try write("tree", tree)
    try write("checkpoint", checkpoint)
    let reopened = try fixture.open()
    await #expect(throws: witnessQuorum) { try await reopened.append([3]) }
    await #expect(throws: witnessQuorum) { try await reopened.refresh() }
  }

  @Test(
    "files that contradict each other do not open",
    arguments: [
      "tree", "checkpoint", "tile/0/000.p/2", "tile/entries/000.p/2", "key",
    ])
  func corruption(name: String) async throws {
    let log = try fixture.open()
    _ = try await log.append([1])
    _ = try await log.append([2])
    var bytes = try read(name)
    bytes[bytes.count - 2] ^= 0x01
    if name == "key" { bytes[0] = 0 }
    try write(name, bytes)
    #expect(throws: stateUnusable) {
      if name == "key" { _ = try LogKeyFile.read(state: fixture.state, origin: LogFixture.origin) }
      _ = try fixture.open()
    }
    try FileManager.default.removeItem(atPath: path(name))
    guard name != "key", name != "checkpoint" else { return }
    #expect(throws: stateUnusable) { try fixture.open() }
  }

  @Test("one process at a time holds the folder")
  func lock() throws {
    let lock = try LogKeyFile.lock(state: fixture.state)
    #expect(throws: stateUnusable) { try LogKeyFile.lock(state: fixture.state) }
    withExtendedLifetime(lock) {}
    #expect(throws: stateUnusable) { try LogKeyFile.lock(state: fixture.state + "/missing") }
  }

  @Test("a lock that is refused closes no descriptor but its own")
  func refusedLockClosesItsOwn() async throws {
    let lock = try FolderLock(folder: fixture.state)
    let refusals = 50_000
    async let refused = Task.detached { [state = fixture.state] in
      (0..<refusals).count { _ in (try? FolderLock(folder: state)) == nil }
    }.value
    let lost = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          (0..<20_000).count { _ in
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            sched_yield()
            return close(descriptor) != 0
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(await refused == refusals)
    #expect(lost == 0)
    withExtendedLifetime(lock) {}
  }

  @Test("a log's key is made once and stays")
  func key() throws {
    let again = try LogKeyFile.createOrRead(state: fixture.state, origin: LogFixture.origin)
    #expect(again.verifierKey == fixture.key.verifierKey)
    #expect(try LogKeyFile.read(state: fixture.state, origin: "log.example/other")?.verifierKey == nil)
    #expect(throws: LogError(TransparencyLogError.noteKeyMalformed, "")) {
      try LogKeyFile.createOrRead(state: fixture.state, origin: "with space")
    }
  }

  @Test(
    "a log is named on the command line in one form",
    arguments: [
      "", "name=a", "name=a,origin=o,kind=other", "name=,origin=o,kind=epoch", "name=A,origin=o,kind=epoch",
      "name=a/b,origin=o,kind=epoch", "name=a,origin=o,kind=epoch,more=1", "name=a,name=a,origin=o,kind=epoch",
    ])
  func configuration(text: String) throws {
    #expect(throws: LogError(LogError.configurationInvalid, "")) { try LogConfiguration(parsing: text) }
    #expect(try LogConfiguration(parsing: "name=epoch,origin=log.example/e,kind=epoch").kind == .epoch)
  }

  @Test("a witness that the policy gives no URL cannot be asked")
  func endpoints() throws {
    let key = try NoteSigningKey(name: "w.example/1", type: .cosignature).verifierKey
    let witness = LogPolicy.Witness(name: [1], key: key, server: "http://127.0.0.9:80/")
    #expect(try WitnessEndpoint(witness).server == "http://127.0.0.9:80")
    for server in [nil, "", "ftp://w.example", "w.example"] {
      #expect(throws: LogError(LogError.configurationInvalid, "")) {
        try WitnessEndpoint(LogPolicy.Witness(name: [1], key: key, server: server))
      }
    }
  }
}
