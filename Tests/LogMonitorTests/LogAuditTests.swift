import ErrorCodes
import Foundation
import LogMonitor
import TestSupport
import Testing
import TransparencyLog

private struct Log {
  let key: NoteSigningKey
  let witnesses: [NoteSigningKey]
  let time = Date(timeIntervalSince1970: 1_700_000_000)

  init() throws {
    key = try NoteSigningKey(name: "log.example/audited", type: .ed25519)
    witnesses = try (1...4).map { try NoteSigningKey(name: "w\($0).example/1", type: .cosignature) }
  }

  func verifier() throws -> LogVerifier {
    LogVerifier(
      logKey: key.verifierKey,
      witnesses: try WitnessPolicy(witnesses: witnesses.map(\.verifierKey), threshold: 3, declaredFaults: 1))
  }

  static func entries(_ count: Int, salt: UInt8 = 0) -> [[UInt8]] {
    (0..<count).map { [UInt8($0 & 0xFF), UInt8($0 >> 8 & 0xFF), UInt8($0 >> 16), salt] }
  }

  func note(_ tree: MerkleTree, size: Int? = nil, cosigners: Range<Int> = 0..<4) throws -> [UInt8] {
    let size = size.map(UInt64.init) ?? tree.treeSize
    let checkpoint = try Checkpoint(
      origin: key.verifierKey.name, treeSize: size, rootHash: try tree.root(treeSize: size))
    let signatures =
      [try key.sign(checkpoint.text)] + (try witnesses[cosigners].map { try $0.cosign(checkpoint, at: time) })
    return try SignedNote(text: checkpoint.text, signatures: signatures).encoded
  }

  func files(_ entries: [[UInt8]]) throws -> (files: MemoryFiles, tree: MerkleTree) {
    let tree = MerkleTree(leafHashes: entries.map { RFC6962.leafHash($0) })
    var files = ["checkpoint": try note(tree)]
    try tree.writeFiles(entry: { entries[$0] }) { files[$0] = $1 }
    return (MemoryFiles(files), tree)
  }

  func audit(
    _ files: MemoryFiles, _ sightings: [LogAudit.Sighting] = [], after seconds: TimeInterval = 60
  ) async throws -> LogAudit.Report {
    await LogAudit(verifier: try verifier(), files: files, largestQuorumAge: 4_500)
      .run(sightings: sightings, now: time + seconds)
  }
}

@Suite("audit of a log")
struct LogAuditTests {
  private let log: Log

  init() throws { log = try Log() }

  private func codes(_ report: LogAudit.Report) -> [ErrorCode] { report.findings.map(\.code) }

  @Test("a good log of any size is verified whole", arguments: [0, 1, 2, 255, 256, 257, 511, 512, 700, 65_536, 66_000])
  func good(size: Int) async throws {
    let (files, tree) = try log.files(Log.entries(size))
    let report = try await log.audit(files)
    #expect(report.findings.isEmpty)
    #expect(report.isComplete)
    #expect(report.checkpoint?.checkpoint.rootHash == tree.root)
  }

  @Test("every note that the log signed before, at any size, is found in the tree again")
  func extended() async throws {
    let (files, tree) = try log.files(Log.entries(700))
    let sightings = try [0, 1, 2, 200, 255, 256, 257, 511, 512, 513, 699, 700].flatMap { size in
      let note = try log.note(tree, size: size)
      return [
        LogAudit.Sighting(.before, note: note),
        LogAudit.Sighting(.witness(log.witnesses[2].verifierKey), note: note),
      ]
    }
    let report = try await log.audit(files, sightings)
    #expect(report.findings.isEmpty)
  }

  @Test(
    "a tree that does not extend one that was signed before is a fork, with both notes", arguments: [1, 256, 300, 700])
  func fork(size: Int) async throws {
    let (files, _) = try log.files(Log.entries(700))
    let other = MerkleTree(leafHashes: Log.entries(700, salt: 1).map { RFC6962.leafHash($0) })
    let note = try log.note(other, size: size)
    let sources: [LogAudit.Sighting.Source] = [.before, .witness(log.witnesses[0].verifierKey)]
    for source in sources {
      let report = try await log.audit(files, [LogAudit.Sighting(source, note: note)])
      #expect(codes(report) == [AuditFinding.fork])
      #expect(report.findings.first?.severity == (size == 700 ? .proof : .failure))
      #expect(report.findings.first?.evidence == [note, try #require(files["checkpoint"])])
    }
  }

  @Test("a smaller tree than before is a rollback; one behind a witness is a warning")
  func rollback() async throws {
    let (files, _) = try log.files(Log.entries(300))
    let longer = MerkleTree(leafHashes: Log.entries(301).map { RFC6962.leafHash($0) })
    let note = try log.note(longer)
    let before = try await log.audit(files, [LogAudit.Sighting(.before, note: note)])
    #expect(codes(before) == [AuditFinding.rollback])
    #expect(before.findings.first?.severity == .failure)
    let witness = try await log.audit(
      files, [LogAudit.Sighting(.witness(log.witnesses[1].verifierKey), note: note)])
    #expect(codes(witness) == [AuditFinding.unpublishedTree])
    #expect(witness.findings.first?.severity == .warning)
  }

  @Test("a witness that gives nothing, nonsense, another log's note or one that it did not cosign is named")
  func silentWitness() async throws {
    let (files, tree) = try log.files(Log.entries(3))
    let key = log.witnesses[3].verifierKey
    let other = try Log()
    for note in [nil, [], [0xFF], try other.note(tree), try log.note(tree, cosigners: 0..<3)] as [[UInt8]?] {
      let report = try await log.audit(files, [LogAudit.Sighting(.witness(key), note: note)])
      #expect(codes(report) == [AuditFinding.witnessSilent])
    }
  }

  @Test("each file that is missing, cut, longer or changed is found")
  func damage() async throws {
    let good = try log.files(Log.entries(600)).files
    for path in good.paths where path != "checkpoint" {
      let bytes = try #require(good[path])
      var changed = bytes
      changed[bytes.count - 1] ^= 1
      let variants: [([UInt8]?, Set<ErrorCode>)] = [
        (nil, [AuditFinding.fileMissing]),
        (Array(bytes.dropLast()), [AuditFinding.fileMalformed, AuditFinding.tileMismatch]),
        (changed, [AuditFinding.entryMismatch, AuditFinding.tileMismatch]),
        // One hash, or one entry of 30 bytes, more.
        (bytes + [0, 30] + [UInt8](repeating: 7, count: 30), [AuditFinding.fileMalformed, AuditFinding.tileMismatch]),
      ]
      for (bytes, expected) in variants {
        good[path] = bytes
        let report = try await log.audit(good)
        #expect(!report.isComplete, "\(path)")
        #expect(!report.findings.isEmpty && expected.isSuperset(of: codes(report)), "\(path): \(codes(report))")
      }
      good[path] = bytes
    }
    #expect(try await log.audit(good).isComplete)
  }

  @Test("a fork and a rollback are found though the log hides its tiles")
  func hiddenFork() async throws {
    let (files, _) = try log.files(Log.entries(300))
    files["tile/0/000"] = nil
    for (size, code) in [(300, AuditFinding.fork), (301, AuditFinding.rollback)] {
      let other = MerkleTree(leafHashes: Log.entries(size, salt: 1).map { RFC6962.leafHash($0) })
      let note = try log.note(other)
      let report = try await log.audit(files, [LogAudit.Sighting(.before, note: note)])
      #expect(codes(report) == [code, AuditFinding.fileMissing])
      #expect(report.findings.first?.evidence == [note, try #require(files["checkpoint"])])
      #expect(report.findings.last?.evidence == [try #require(files["checkpoint"])])
    }
  }

  @Test(
    "a size that no files back is a missing file, soon", arguments: [1 << 34, 1 << 62, UInt64(Int64.max), UInt64.max])
  func claimedSize(size: UInt64) async throws {
    let (files, _) = try log.files(Log.entries(300))
    let checkpoint = try Checkpoint(
      origin: log.key.verifierKey.name, treeSize: size, rootHash: RFC6962.leafHash([1]))
    files["checkpoint"] = try SignedNote(
      text: checkpoint.text,
      signatures: [log.key.sign(checkpoint.text)] + log.witnesses.map { try $0.cosign(checkpoint, at: log.time) }
    ).encoded
    let report = try await log.audit(files)
    #expect(Set(codes(report)) == [AuditFinding.fileMissing])
    #expect(report.findings.count <= 16)
  }

  @Test("a kept note that cannot be read is a failure, not a first audit")
  func damagedMemory() async throws {
    let (files, tree) = try log.files(Log.entries(3))
    for note in [[], [0xFF], try Log().note(tree)] as [[UInt8]] {
      let report = try await log.audit(files, [LogAudit.Sighting(.before, note: note)])
      #expect(codes(report) == [AuditFinding.memoryUnusable])
      #expect(!report.isGood)
    }
    #expect(try await log.audit(files, [LogAudit.Sighting(.before, note: nil)]).findings.isEmpty)
  }

  @Test("a note seen ahead of the log must come true")
  func seenAhead() async throws {
    let note = try log.note(MerkleTree(leafHashes: Log.entries(301, salt: 1).map { RFC6962.leafHash($0) }))
    let sighting = LogAudit.Sighting(.seenAhead, note: note)
    #expect(
      try await codes(log.audit(try log.files(Log.entries(300)).files, [sighting])) == [AuditFinding.unpublishedTree])
    #expect(try await codes(log.audit(try log.files(Log.entries(400)).files, [sighting])) == [AuditFinding.fork])
    #expect(try await codes(log.audit(try log.files(Log.entries(400, salt: 1)).files, [sighting])) == [])
  }

  @Test("entries and tiles that agree with each other and not with the checkpoint have another root")
  func otherRoot() async throws {
    let (files, _) = try log.files(Log.entries(300))
    files["checkpoint"] = try log.files(Log.entries(300, salt: 1)).files["checkpoint"]
    let report = try await log.audit(files)
    #expect(codes(report) == [AuditFinding.rootMismatch])
    #expect(!report.isComplete)
  }

  @Test("a checkpoint that is missing, unsigned or short of witnesses is refused with its code")
  func checkpoint() async throws {
    let (files, tree) = try log.files(Log.entries(3))
    files["checkpoint"] = try log.note(tree, cosigners: 0..<2)
    #expect(try await codes(log.audit(files)) == [TransparencyLogError.witnessQuorum])
    files["checkpoint"] = try Log().note(tree)
    #expect(try await codes(log.audit(files)) == [TransparencyLogError.logSignatureInvalid])
    files["checkpoint"] = [1]
    #expect(try await codes(log.audit(files)) == [TransparencyLogError.noteMalformed])
    files["checkpoint"] = nil
    #expect(try await codes(log.audit(files)) == [AuditFinding.checkpointMissing])
  }

  @Test("a quorum older than it may be, or of a time to come, is a warning")
  func stale() async throws {
    let (files, _) = try log.files(Log.entries(3))
    #expect(try await codes(log.audit(files, after: 4_501)) == [AuditFinding.stale])
    #expect(try await codes(log.audit(files, after: 4_500)) == [])
    #expect(try await codes(log.audit(files, after: -300)) == [])
    #expect(try await codes(log.audit(files, after: -301)) == [AuditFinding.future])
  }

  @Test("partial files that full ones have replaced meanwhile are read from those")
  func replacedPartial() async throws {
    let (files, tree) = try log.files(Log.entries(256))
    files["checkpoint"] = try log.note(tree, size: 200)
    files["tile/1/000.p/1"] = nil
    let report = try await log.audit(files)
    #expect(report.findings.isEmpty)
  }
}
