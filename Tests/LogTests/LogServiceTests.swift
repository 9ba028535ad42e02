import Foundation
import HTTPMessages
import Log
import Testing
import TransparencyLog
import Witness

@Suite("log")
struct LogServiceTests {
  private let fixture: LogFixture

  init() throws { fixture = try LogFixture() }

  @Test("an appended entry comes back with a proof that verifies under three of four witnesses")
  func append() async throws {
    let log = try fixture.open()
    for value in 0..<5 as Range<UInt8> {
      let proof = try await log.append([value])
      #expect(proof.index == UInt64(value))
      let parsed = try TLogProof(parsing: proof.encoded)
      let verified = try parsed.verify(entry: [value], with: fixture.verifier())
      #expect(verified.checkpoint.treeSize == UInt64(value) + 1)
      #expect(verified.cosignatureTimes.count == 4)
      #expect(verified.quorumTime == fixture.clock.now)
    }
    #expect(await log.health == nil)
  }

  @Test("one witness missing is no obstacle")
  func oneMissing() async throws {
    fixture.exchange.setMissing(LogFixture.servers(2))
    let log = try fixture.open()
    let proof = try await log.append([1])
    #expect(try proof.verify(entry: [1], with: fixture.verifier()).cosignatureTimes.count == 3)
    fixture.exchange.setMissing([])
    #expect(try fixture.verifier().verify(await log.append([2]).note).cosignatureTimes.count == 4)
  }

  @Test("two witnesses missing: nothing is published, and the same entry later gets the same index")
  func twoMissing() async throws {
    let log = try fixture.open()
    _ = try await log.append([1])
    let before = await log.publishedNote
    fixture.exchange.setMissing(LogFixture.servers(0, 3))
    await #expect(throws: witnessQuorum) { try await log.append([2]) }
    #expect(await log.publishedNote == before)
    #expect(await log.health == TransparencyLogError.witnessQuorum)
    fixture.exchange.setMissing([])
    let proof = try await log.append([2])
    #expect(proof.index == 1)
    #expect(try proof.verify(entry: [2], with: fixture.verifier()).checkpoint.treeSize == 2)
    #expect(await log.health == nil)
  }

  @Test("an entry that stands in the log already gets its first index")
  func duplicates() async throws {
    let log = try fixture.open()
    for value in [7, 8, 7, 8] as [UInt8] { _ = try await log.append([value]) }
    let proof = try await log.append([8])
    #expect(proof.index == 1)
    #expect(try proof.verify(entry: [8], with: fixture.verifier()).checkpoint.treeSize == 2)
  }

  @Test("a reopened log continues where it stopped, whatever the witnesses hold")
  func reopening() async throws {
    _ = try await fixture.open().append([1])
    fixture.exchange.setMissing(LogFixture.servers(1, 2))
    await #expect(throws: witnessQuorum) { try await fixture.open().append([2]) }
    fixture.exchange.setMissing([])
    let log = try fixture.open()
    // Two witnesses hold size 2, the others 1: all four are asked with 1, and two correct it.
    #expect(await log.health == TransparencyLogError.witnessQuorum)
    let verified = try fixture.verifier().verify(await log.refresh())
    #expect(verified.checkpoint.treeSize == 2)
    #expect(verified.cosignatureTimes.count == 4)
    #expect(try await fixture.open().publishedNote == log.publishedNote)
    #expect(try await log.append([2]).index == 1)
  }

  @Test("a log changes its key in two steps, and whoever knows either key can follow in between")
  func keyRotation() async throws {
    let old = fixture.key
    _ = try await fixture.open().append([1])
    let new = try LogKeyFile.createOrReadSuccessor(state: fixture.state, origin: LogFixture.origin)
    #expect(try LogKeyFile.createOrReadSuccessor(state: fixture.state, origin: LogFixture.origin).seed == new.seed)
    // No tree is published under both yet: who knows the new key alone could not follow.
    #expect(throws: stateUnusable) { try LogKeyFile.retire(state: fixture.state, origin: LogFixture.origin) }
    let both = try fixture.open(successor: new)
    // The tree of before, signed again and cosigned by witnesses that know the old key alone.
    let refreshed = try await both.refresh()
    let appended = try await both.append([2]).note.encoded
    for note in [refreshed, appended] {
      #expect(try fixture.verifier(old).verify(note).cosignatureTimes.count == 4)
      #expect(try fixture.verifier(new).verify(note).cosignatureTimes.count == 4)
    }
    #expect(try LogKeyFile.retire(state: fixture.state, origin: LogFixture.origin).seed == new.seed)
    #expect(try LogKeyFile.read(state: fixture.state, origin: LogFixture.origin)?.seed == new.seed)
    #expect(try LogKeyFile.readSuccessor(state: fixture.state, origin: LogFixture.origin)?.seed == nil)
    let after = try fixture.open(key: new)
    #expect(await after.publishedNote == appended)
    #expect(await after.treeSize == 2)
    // The witnesses were not told of the new key.
    await #expect(throws: witnessQuorum) { try await after.append([3]) }
  }

  @Test("a key that no successor follows is not retired, and a log without a key has no successor")
  func keyRotationRefused() throws {
    #expect(throws: stateUnusable) { try LogKeyFile.retire(state: fixture.state, origin: LogFixture.origin) }
    #expect(throws: stateUnusable) {
      try LogKeyFile.createOrReadSuccessor(state: fixture.state, origin: "other.example")
    }
  }

  @Test("a refresh brings newer cosignature times over the same tree")
  func refresh() async throws {
    let log = try fixture.open()
    _ = try await log.append([1])
    fixture.clock.advance(by: 3_600)
    let verified = try fixture.verifier().verify(await log.refresh())
    #expect(verified.quorumTime == fixture.clock.now)
    #expect(verified.checkpoint.treeSize == 1)
    #expect(verified.noteDigest == (try SignedNote(parsing: #require(await log.publishedNote)).digest))
  }

  @Test("asked again and again: a first quorum that was missed is made up for, an empty log is left alone")
  func refreshing() async throws {
    let log = try fixture.open()
    await LogRefresh([log]).refresh()
    #expect(await log.publishedNote == nil)
    fixture.exchange.setMissing(LogFixture.servers(0, 1))
    await #expect(throws: witnessQuorum) { try await log.append([1]) }
    fixture.exchange.setMissing([])
    await LogRefresh([log]).refresh()
    #expect(try fixture.verifier().verify(#require(await log.publishedNote)).checkpoint.treeSize == 1)
    #expect(await log.health == nil)
  }

  @Test("an empty log can be cosigned")
  func emptyLog() async throws {
    let log = try fixture.open()
    #expect(try fixture.verifier().verify(await log.refresh()).checkpoint.rootHash == RFC6962.emptyRoot)
    #expect(try await fixture.open().append([1]).index == 0)
  }

  @Test(
    "a cosignature counts within five minutes of the log's clock, not beyond",
    arguments: [
      (300, true), (-300, true), (301, false), (-301, false),
    ])
  func witnessClock(seconds: TimeInterval, counts: Bool) async throws {
    fixture.exchange.setMissing(LogFixture.servers(3))
    let (key, logKey, time) = (fixture.witnessKeys[0], fixture.key.verifierKey, fixture.clock.now + seconds)
    fixture.exchange.replace(
      LogFixture.server(0),
      with: FixtureWitness.party(key: key, log: logKey, time: time))
    let log = try fixture.open()
    if counts {
      _ = try await log.append([1])
    } else {
      await #expect(throws: witnessQuorum) { try await log.append([1]) }
    }
  }

  @Test(
    "a witness that answers nonsense does not count",
    arguments: [
      WholeResponse(status: 200, body: []), WholeResponse(status: 200, body: Array("— a AAAAAAA=\n".utf8)),
      WholeResponse(status: 200, body: [0xFF, 0x0A]), WholeResponse(status: 409, body: Array("0\n".utf8)),
      WholeResponse(status: 409, contentType: "text/x.tlog.size", body: Array("0\n".utf8)),
      WholeResponse(status: 409, contentType: "text/x.tlog.size", body: Array("99999999999999999999\n".utf8)),
      WholeResponse(status: 409, contentType: "text/x.tlog.size", body: Array("2\n".utf8)),
      WholeResponse(status: 409, contentType: "text/x.tlog.size", body: Array("+0\n".utf8)), WholeResponse(status: 500),
    ])
  func nonsense(answer: WholeResponse) async throws {
    fixture.exchange.setMissing(LogFixture.servers(3))
    fixture.exchange.replace(LogFixture.server(0), with: FixedParty(answer: answer))
    let log = try fixture.open()
    await #expect(throws: witnessQuorum) { try await log.append([1]) }
  }

  @Test("entries sent at once all get an index of their own")
  func concurrency() async throws {
    let log = try fixture.open()
    let indices = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for value in 0..<12 as Range<UInt8> { group.addTask { try await log.append([value]).index } }
      return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
    }
    #expect(indices == Set(0..<12))
  }

  @Test("the largest entry has 65,535 bytes")
  func entryLimit() async throws {
    let log = try fixture.open()
    #expect(try await log.append([UInt8](repeating: 1, count: 65_535)).index == 0)
    await #expect(throws: LogError(LogError.entryTooLarge, "")) {
      try await log.append([UInt8](repeating: 1, count: 65_536))
    }
  }

  @Test("a threshold that colluding witnesses could meet twice is refused")
  func unsafePolicy() {
    #expect(throws: LogError(TransparencyLogError.witnessPolicyUnsafe, "")) { try fixture.open(threshold: 2) }
  }

  @Test("an epoch's leaf stands at its own number alone")
  func epochIndex() async throws {
    func leaf(_ epoch: String, _ more: String = "") -> [UInt8] {
      let payload = Data(#"{"epoch":\#(epoch)\#(more)}"#.utf8).base64EncodedString()
      return Array(#"{"payload":"\#(payload)","payloadType":"t","signatures":[]}"#.utf8)
    }
    let log = try fixture.open(.indexIsEpoch)
    for wrong in ["1", "-1", "9223372036854775807"] {
      await #expect(throws: LogError(LogError.epochIndex, "")) { try await log.append(leaf(wrong)) }
    }
    #expect(try await log.append(leaf("0")).index == 0)
    #expect(try await log.append(leaf("0")).index == 0)
    await #expect(throws: LogError(LogError.epochIndex, "")) { try await log.append(leaf("0", #","a":1"#)) }
    #expect(try await log.append(leaf("1")).index == 1)
    for malformed in [leaf("1.5"), leaf("\"2\""), leaf("2", #","epoch":2"#), [], Array("{}".utf8), [0xFF]] {
      await #expect(throws: LogError(LogError.entryMalformed, "")) { try await log.append(malformed) }
    }
    #expect(try await log.append(leaf("2")).index == 2)
  }
}

enum FixtureWitness {
  static func party(key: NoteSigningKey, log: NoteVerifierKey, time: Date) -> WitnessParty {
    WitnessParty(WitnessService(key: key, logs: [log], store: MemoryWitnessStore(), now: { time }))
  }
}
