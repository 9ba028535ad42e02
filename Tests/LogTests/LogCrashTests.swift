import Foundation
import Log
import Synchronization
import TestSupport
import Testing
import TransparencyLog

/// Kills and failing operations at any point: what was acknowledged stays, and every tree that was ever signed is one
/// history. Each seed is a log of its own with several lives.
@Suite("log that crashes", .timeLimit(.minutes(10)))
struct LogCrashTests {
  private static let lives = 16

  @Test("kills and failures at any operation lose no acknowledged entry and fork nothing", arguments: 0..<125)
  func crashes(seed: Int) async throws {
    let log = try CrashingLog(seed: UInt64(seed))
    for _ in 0..<Self.lives { await log.live() }
    try await log.check()
    #expect(log.faultCount >= 4)
  }

  @Test("a process that ends anywhere, and power that fails anywhere while the log is opened again", arguments: 0..<22)
  func everyPair(first: Int) async throws {
    for second in 4..<11 {
      for seed in 0..<12 as Range<UInt64> {
        let (fixture, files) = (try LogFixture(), FaultyFiles(seed: seed))
        let log = try fixture.open(files: files)
        _ = try await log.append([1])
        files.fail(after: first, .kill)
        let isAcknowledged = (try? await log.add([2])) != nil
        _ = try? await log.refresh()
        files.endProcess()
        files.fail(after: second, .kill)
        _ = try? fixture.open(files: files)
        files.crash()
        let reopened = try fixture.open(files: files)
        let name: Comment = "kills after \(first) and \(second), seed \(seed)"
        #expect(await reopened.treeSize >= (isAcknowledged ? 2 : 1), name)
        #expect(try await reopened.add([1]) == 0, name)
        if isAcknowledged { #expect(try await reopened.add([2]) == 1, name) }
      }
    }
  }

  @Test("a full disk stops the log, and what was acknowledged is there once it is opened again")
  func fullDisk() async throws {
    let (fixture, files) = (try LogFixture(), FaultyFiles(seed: 1))
    let log = try fixture.open(files: files)
    #expect(try await log.add([1]) == 0)
    files.fail(after: 0, .fail)
    await #expect(throws: stateUnusable) { try await log.add([2]) }
    // The disk has room again, but what the failed write left is not known.
    await #expect(throws: stateUnusable) { try await log.add([3]) }
    await #expect(throws: stateUnusable) { try await log.refresh() }
    #expect(await log.health == LogError.stateUnusable)
    files.crash()
    let reopened = try fixture.open(files: files)
    #expect(try await reopened.append([1]).index == 0)
    #expect(await reopened.health == nil)
  }

  @Test("an entry that a process wrote and did not live to acknowledge is made to last before it is signed")
  func unacknowledged() async throws {
    let (fixture, files) = (try LogFixture(), FaultyFiles(seed: 2))
    let log = try fixture.open(files: files)
    _ = try await log.append([1])
    // The journal is written, its synchronization is where the process ends.
    files.fail(after: 1, .kill)
    await #expect(throws: stateUnusable) { try await log.add([2]) }
    files.endProcess()
    let second = try fixture.open(files: files)
    #expect(await second.treeSize == 2)
    // Nothing was signed yet, and still a loss of power takes nothing away any more.
    files.crash()
    #expect(try await fixture.open(files: files).append([2]).index == 1)
  }
}

/// One log over files that crash, its witnesses, and what it ever promised.
private final class CrashingLog: Sendable {
  private let fixture: LogFixture
  private let files: FaultyFiles
  private let random: Mutex<SplitMix>
  private let acknowledged = Mutex<[UInt64: [UInt8]]>([:])
  private let seed: UInt64

  init(seed: UInt64) throws {
    fixture = try LogFixture()
    files = FaultyFiles(seed: seed &* 7 &+ 1)
    random = Mutex(SplitMix(seed))
    self.seed = seed
  }

  var faultCount: Int { files.faultCount }

  private func pick(_ bound: Int) -> Int { random.withLock { $0.next(below: bound) } }

  /// From opening the files to the end of the process, at a random operation.
  func live() async {
    // Half of the faults hit while the log is opened.
    files.fail(after: pick(pick(2) == 0 ? 16 : 70), pick(4) == 0 ? .fail : .kill)
    if let log = try? fixture.open(files: files) {
      for _ in 0..<12 where !files.isDead { await act(on: log) }
    }
    // Some processes end without the machine.
    if pick(2) == 0 { files.endProcess() } else { files.crash() }
  }

  private func act(on log: LogService) async {
    guard pick(4) > 0 else {
      _ = try? await log.refresh()
      return
    }
    // Now and then more than a tile's worth.
    let count = pick(16) == 0 ? 300 : 1 + pick(6)
    let entries = (0..<count).map { _ in
      random.withLock { random in (0..<8).map { _ in UInt8(random.next(below: 256)) } }
    }
    await withTaskGroup(of: Void.self) { group in
      for entry in entries {
        group.addTask {
          guard let index = try? await log.add(entry) else { return }
          let earlier = self.acknowledged.withLock { $0.updateValue(entry, forKey: index) }
          #expect(earlier == nil || earlier == entry, "seed \(self.seed): index \(index) twice")
        }
      }
    }
  }

  func check() async throws {
    let log = try fixture.open(files: files)
    let note = try await log.refresh()
    let checkpoint = try fixture.verifier().verify(note).checkpoint
    var (entries, tree) = ([[UInt8]](), MerkleTree())
    for tile in Tile.added(from: 0, to: checkpoint.treeSize) where tile.level == 0 {
      let bundle = try #require(await log.entries(under: tile), "seed \(seed): a bundle is missing")
      entries += try EntryBundle(parsing: bundle).entries
    }
    for entry in entries { tree.append(leafHash: RFC6962.leafHash(entry)) }
    #expect(tree.root == checkpoint.rootHash, "seed \(seed)")
    #expect(acknowledged.withLock { $0.count } > 0, "seed \(seed): nothing was ever acknowledged")
    for (index, entry) in acknowledged.withLock({ $0 }) {
      #expect(index < UInt64(entries.count) && entries[Int(index)] == entry, "seed \(seed): entry \(index) is lost")
    }
    // Every signed note that left the log is of this one history.
    for body in fixture.exchange.sent.withLock({ $0 }) {
      let signed = try Checkpoint(parsing: AddCheckpointRequest(parsing: body).note.text)
      #expect(try tree.root(treeSize: signed.treeSize) == signed.rootHash, "seed \(seed): a fork was signed")
    }
  }
}
