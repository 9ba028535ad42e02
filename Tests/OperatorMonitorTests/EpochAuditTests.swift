import CloisterClient
import Foundation
import LogMonitor
import OperatorMonitor
import Synchronization
import TestDeployment
import TestSupport
import Testing
import TransparencyLog
import Trust

@Suite("Audit of an operator: epochs")
struct EpochAuditTests {
  @Test("two good epochs are accepted, with every node's evidence and every missed epoch counted")
  func good() async throws {
    var published = try PublishedOperator.withOneEpoch()
    try published.publish(published.nextPlan())
    let result = try await published.audit(memory: .init(nextEpoch: PublishedOperator.firstEpoch))
    #expect(result.report.findings.isEmpty)
    #expect(result.report.epochFileCount == 2)
    #expect(result.report.nodeCount == 4)
    #expect(result.report.voidEpochs == Array(0..<PublishedOperator.firstEpoch))
    #expect(result.memory.nextEpoch == PublishedOperator.firstEpoch + 2)
  }

  @Test("each missed epoch since the audit before is a warning")
  func voids() async throws {
    let published = try PublishedOperator.withOneEpoch()
    let result = try await published.audit(memory: .init(nextEpoch: 40))
    #expect(result.codes == ["audit-epoch-void"])
    #expect(result.report.findings.count == 8)
    #expect(result.report.isGood)
  }

  @Test("a leaf that another key signed, or of another epoch than its index, is refused with the leaf")
  func leaves() async throws {
    for change in 0..<2 {
      var published = try PublishedOperator()
      var plan = published.fixture.plan()
      if change == 0 {
        plan.leafSigner = published.fixture.publishers[0]
      } else {
        plan.editLeaf = {
          EpochLeaf(operatorOrigin: $0.operatorOrigin, epoch: $0.epoch + 1, bundleDigest: $0.bundleDigest)
        }
      }
      try published.publish(plan)
      let result = try await published.audit()
      #expect(result.failures == ["audit-leaf-refused"])
      let finding = try #require(result.report.findings.first { $0.code == AuditFinding.leafRefused })
      #expect(finding.evidence == [try #require(published.fixture.epochLog.entries.last)])
    }
  }

  @Test("a bundle with other bytes than its leaf commits to is refused, and looked at again by the next audit")
  func bundleBytes() async throws {
    var published = try PublishedOperator()
    var plan = published.fixture.plan()
    plan.editEncodedBundle = { $0[40] ^= 1 }
    try published.publish(plan)
    let result = try await published.audit()
    #expect(result.failures == ["bundle-digest-mismatch"])
    #expect(result.memory.openEpochs == [PublishedOperator.firstEpoch])
    // The operator mends the file, and the next audit finds it good.
    let mended = try PublishedOperator.withOneEpoch()
    #expect(try await mended.audit(memory: result.memory).memory.openEpochs.isEmpty)
  }

  @Test("the evidence of a node that no client of ours drew is verified too")
  func everyNode() async throws {
    var published = try PublishedOperator()
    var plan = published.fixture.plan()
    plan.nodes[2].measurement = [UInt8](repeating: 1, count: 48)
    try published.publish(plan)
    let result = try await published.audit()
    #expect(result.failures == ["measurement-unknown"])
    #expect(result.report.nodeCount == 2)
  }

  @Test("an epoch's file that is missing is a failure for a year, and the newest one's a warning")
  func missingFile() async throws {
    var published = try PublishedOperator.withOneEpoch()
    try published.publish(published.nextPlan())
    for (days, isMissing) in [(0, true), (364, true), (366, false)] {
      let time = published.now.addingTimeInterval(Double(days) * 86_400)
      let files = try published.files(at: time)
      files["epoch/\(PublishedOperator.firstEpoch)"] = nil
      let result = try await published.audit(files, now: time)
      #expect(result.failuresOfOldLog == (isMissing ? ["audit-epoch-file-missing"] : []))
      #expect(result.memory.openEpochs == (isMissing ? [PublishedOperator.firstEpoch] : []))
    }
    let files = try published.files()
    files["epoch/\(PublishedOperator.firstEpoch + 1)"] = nil
    let newest = try await published.audit(files)
    #expect(newest.failures.isEmpty)
    #expect(newest.memory.openEpochs == [PublishedOperator.firstEpoch + 1])
  }

  @Test("epochs that are over without a leaf are a failure, whoever keeps the cosignatures fresh")
  func behind() async throws {
    let published = try PublishedOperator.withOneEpoch()
    let later = published.fixture.time(in: PublishedOperator.firstEpoch + 2)
    let result = try await published.audit(now: later)
    #expect(result.failures == ["audit-epoch-log-behind"])
    #expect(result.report.epochsWithoutLeaf == PublishedOperator.firstEpoch + 1..<PublishedOperator.firstEpoch + 2)
    #expect(!result.codes.contains("audit-stale"))
  }

  @Test("a leaf that was cosigned after its epoch, or long before it, is refused")
  func leafTime() async throws {
    for seconds in [TimeInterval(4_300), -8_000] {
      var published = try PublishedOperator()
      var plan = published.fixture.plan()
      plan.noteTime = published.fixture.epochs.beginning(of: plan.epoch).addingTimeInterval(seconds)
      plan.releaseLogTime = plan.noteTime
      plan.evidenceNoteTime = plan.noteTime
      try published.publish(plan)
      #expect(try await published.audit().failures.contains("audit-epoch-time"))
    }
  }

  @Test("a bundle of another history than the audited leaf's is refused, however many cosigned it")
  func otherHistory() async throws {
    let published = try PublishedOperator.withOneEpoch()
    var other = try PublishedOperator()
    var plan = other.fixture.plan()
    plan.nodes = [.init(chip: 0, key: 3)]
    try other.publish(plan)
    let files = try published.files()
    let path = "epoch/\(PublishedOperator.firstEpoch)"
    files[path] = try other.files()[path]
    let result = try await published.audit(files)
    #expect(result.failures == ["bundle-digest-mismatch"])
    #expect(result.memory.openEpochs == [PublishedOperator.firstEpoch])
  }

  @Test("a file with other bytes at another place is a failure, with both; one that is not there is a warning")
  func otherPlaces() async throws {
    let published = try PublishedOperator.withOneEpoch()
    let path = "epoch/\(PublishedOperator.firstEpoch)"
    let files = try published.files()
    let other = files.copy()
    var changed = try #require(files[path])
    changed[changed.count - 1] ^= 1
    other[path] = changed
    let differing = try await published.audit(files, others: [other])
    #expect(differing.failures == ["audit-epoch-file-differs"])
    let finding = try #require(differing.report.findings.last { $0.code == AuditFinding.epochFileDiffers })
    #expect(finding.evidence == [try #require(files[path]), changed])
    other[path] = nil
    #expect(differing.memory.openEpochs == [PublishedOperator.firstEpoch])
    let missing = try await published.audit(files, others: [other])
    #expect(missing.failures.isEmpty)
    #expect(missing.codes.contains("audit-epoch-file-missing"))
  }

  @Test("another history of a log at another place is proven by both notes")
  func forkElsewhere() async throws {
    let published = try PublishedOperator.withOneEpoch()
    let files = try published.files()
    let other = files.copy()
    let log = published.fixture.releaseLog
    let tree = MerkleTree(leafHashes: log.entries.indices.map { RFC6962.leafHash([UInt8($0)]) })
    let checkpoint = try Checkpoint(
      origin: log.key.verifierKey.name, treeSize: tree.treeSize, rootHash: tree.root)
    let note = try SignedNote(text: checkpoint.text, signatures: [try log.key.sign(checkpoint.text)]).encoded
    other["logs/releases/checkpoint"] = note
    let result = try await published.audit(files, others: [other])
    #expect(result.failures == ["audit-fork"])
    let finding = try #require(result.report.findings.first { $0.code == AuditFinding.fork })
    #expect(finding.severity == .proof)
    #expect(finding.evidence == [note, try #require(files["logs/releases/checkpoint"])])
  }

  @Test("a note in the evidence of another tree than the log's is refused")
  func noteOfOtherTree() async throws {
    var published = try PublishedOperator()
    var plan = published.fixture.plan()
    let log = published.fixture.epochLog
    let leaves = (0..<plan.epoch).map { RFC6962.leafHash([UInt8($0)]) }
    let checkpoint = try Checkpoint(
      origin: log.key.verifierKey.name, treeSize: plan.epoch, rootHash: MerkleTree(leafHashes: leaves).root)
    plan.evidenceNote = try SignedNote(
      text: checkpoint.text,
      signatures: [try log.key.sign(checkpoint.text)]
        + plan.evidenceNoteCosigners.map { try $0.cosign(checkpoint, at: plan.evidenceNoteTime) })
    try published.publish(plan)
    let result = try await published.audit()
    #expect(result.failures.contains("audit-note-of-other-tree"))
  }

  @Test("heads that a file must prove and does not, or of another tree, are refused")
  func knownHeads() async throws {
    let edits: [@Sendable (inout EpochFile) -> Void] = [
      { $0.knownHeads.removeLast() }, { $0.knownHeads[0].rootHash[0] ^= 1 }, { $0.knownHeads[3].hashes[0][0] ^= 1 },
    ]
    for edit in edits {
      var published = try PublishedOperator()
      var plan = published.fixture.plan()
      plan.editFile = edit
      try published.publish(plan)
      let result = try await published.audit()
      #expect(!result.report.isGood)
      #expect(result.report.epochFileCount == 0)
    }
  }

  @Test("two token keys of one issuer day are refused")
  func issuerKeys() async throws {
    var published = try PublishedOperator.withOneEpoch()
    var plan = published.nextPlan()
    let key = published.fixture.otherIssuer.publicKey.subjectPublicKeyInfo
    plan.editBundle = { $0.issuerKeys[0].publicKey = key }
    try published.publish(plan)
    #expect(try await published.audit().failures == ["audit-issuer-key-second"])
  }

  @Test("a node's key in two epochs is refused, neighbours or not, also across audits")
  func nodeKeys() async throws {
    var published = try PublishedOperator.withOneEpoch()
    let first = try await published.audit()
    try published.publish(published.nextPlan())
    var plan = published.nextPlan(PublishedOperator.firstEpoch + 2)
    plan.nodes = [.init(chip: 0, key: 1)]
    try published.publish(plan)
    #expect(try await published.audit().failures == ["audit-node-key-reused"])
    let second = try await published.audit(memory: first.memory)
    #expect(second.failures == ["audit-node-key-reused"])
    // It stays found, also when the epoch whose key it was is no longer remembered.
    #expect(try await published.audit(memory: second.memory).failures == ["audit-node-key-reused"])
    var later = second.memory
    later.recentKeys = []
    #expect(try await published.audit(memory: later).failures == ["audit-node-key-reused"])
  }

  @Test("a place that does not answer is asked for one epoch's file, and the others are looked at again")
  func silentPlace() async throws {
    var published = try PublishedOperator.withOneEpoch()
    try published.publish(published.nextPlan())
    let silent = SilentFiles()
    let audit = OperatorAudit(
      trusted: try TrustedPolicy(published: published.fixture.signedPolicy()),
      vantagePoints: [
        VantagePoint(name: "good", files: try published.files()), VantagePoint(name: "silent", files: silent),
      ], artifacts: nil)
    let result = await audit.run(memory: .init(), sightings: .init(), now: published.now)
    #expect(result.failures.isEmpty)
    #expect(result.report.findings.count { $0.code == LogMonitorError.sourceUnreadable } == 1)
    #expect(silent.epochReadCount == 1)
    #expect(result.memory.openEpochs == [PublishedOperator.firstEpoch, PublishedOperator.firstEpoch + 1])
  }

  @Test("an audit fetches what is new, and as many known files again as it was told to")
  func memory() async throws {
    var published = try PublishedOperator.withOneEpoch()
    for offset in 1...4 {
      var plan = published.nextPlan(PublishedOperator.firstEpoch + UInt64(offset))
      plan.nodes = offset == 1 ? plan.nodes : []
      try published.publish(plan)
    }
    let first = try await published.audit()
    #expect(first.failures.isEmpty)
    #expect(first.memory.nextEpoch == PublishedOperator.firstEpoch + 5)
    var options = OperatorAudit.Options()
    options.recheckedEpochCount = 0
    let files = try published.files()
    let second = try await published.audit(files, memory: first.memory, options: options)
    #expect(!files.readPaths.contains { $0.hasPrefix("epoch/") })
    #expect(second.report.epochFileCount == 0)
    options.recheckedEpochCount = .max
    #expect(try await published.audit(memory: first.memory, options: options).report.epochFileCount == 5)
  }

  @Test("a note that a witness cosigned and this log never signed like that is a fork, one ahead of it a warning")
  func witnessNotes() async throws {
    var published = try PublishedOperator.withOneEpoch()
    let files = try published.files()
    let witness = published.fixture.witnesses[0]
    try published.publish(published.nextPlan())
    let ahead = try #require(try published.files()["logs/epochs/checkpoint"])
    let behind = try await published.audit(
      files, sightings: .init(epochLog: [.init(.witness(witness.verifierKey), note: ahead)]),
      now: published.fixture.time(in: PublishedOperator.firstEpoch))
    #expect(behind.failures.isEmpty)
    #expect(behind.codes.contains("audit-unpublished-tree"))
    var log = published.fixture.epochLog
    _ = log.append([1])
    let other = MerkleTree(leafHashes: log.entries.reversed().map { RFC6962.leafHash($0) })
    let checkpoint = try Checkpoint(origin: log.key.verifierKey.name, treeSize: 10, rootHash: other.root(treeSize: 10))
    let fork = try SignedNote(
      text: checkpoint.text,
      signatures: [log.key.sign(checkpoint.text), witness.cosign(checkpoint, at: published.now)])
    let forked = try await published.audit(
      sightings: .init(epochLog: [.init(.witness(witness.verifierKey), note: fork.encoded)]))
    #expect(forked.failures == ["audit-fork"])
  }

  @Test("a log that is not whole ends the audit with its findings, and nothing is remembered")
  func brokenLog() async throws {
    let published = try PublishedOperator.withOneEpoch()
    let files = try published.files()
    for path in files.paths where path.hasPrefix("logs/releases/") {
      let broken = files.copy()
      broken[path] = nil
      let result = try await published.audit(broken)
      #expect(!result.report.isGood)
      #expect(result.report.epochFileCount == 0)
      #expect(result.memory == .init())
    }
  }
}

/// Nobody is there.
private final class SilentFiles: PublishedFiles {
  private let count = Mutex(0)

  var epochReadCount: Int { count.withLock { $0 } }

  func read(_ path: String, byteLimit: Int) async throws(LogMonitorError) -> [UInt8]? {
    if path.hasPrefix("epoch/") { count.withLock { $0 += 1 } }
    throw LogMonitorError(LogMonitorError.sourceUnreadable, "nobody is there")
  }
}
