import ArgumentParser
import Foundation
import LogMonitor
import TestSupport
import TransparencyLog

/// What an audit of a whole log costs an auditor with a copy of its files.
struct AuditBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Verify every entry, tile and cosignature of a log in a folder.",
    discussion: """
      The log is made first, below TMPDIR; the time is that of the audit alone, of the second of two, so that the files
      are in memory. Bar: 1,000,000 leaves a second.
      """)

  @Option(help: "Entries of the log.")
  var entries = 1_000_000

  @Option(help: "Bytes of an entry.")
  var byteCount = 256

  mutating func run() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-audit-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let verifier = try makeLog(in: folder)
    let audit = LogAudit(
      verifier: verifier, files: FolderFiles(folder: folder.path), largestQuorumAge: 4_500)
    var time = Duration.zero
    for _ in 0..<2 {
      let start = ContinuousClock.now
      let report = await audit.run(sightings: [], now: Date())
      time = ContinuousClock.now - start
      guard report.isComplete, report.findings.isEmpty else { throw ValidationError("the audit found something") }
    }
    let rate = Double(entries) / (time.microseconds / 1e6)
    print("\(entries) entries of \(byteCount) bytes: \(time.millisecondText), \(Int(rate)) leaves a second")
    guard rate >= 1_000_000 else { throw ValidationError("the bar is missed") }
  }

  private func makeLog(in folder: URL) throws -> LogVerifier {
    let entry = { (index: Int) -> [UInt8] in
      var entry = [UInt8](repeating: 0, count: byteCount)
      for (position, value) in withUnsafeBytes(of: index, Array.init).enumerated() { entry[position] = value }
      return entry
    }
    let tree = MerkleTree(leafHashes: (0..<entries).lazy.map { RFC6962.leafHash(entry($0)) })
    let key = try NoteSigningKey(name: "log.test/audit", type: .ed25519)
    let witnesses = try (1...4).map { try NoteSigningKey(name: "witness.test/\($0)", type: .cosignature) }
    let checkpoint = try Checkpoint(origin: "log.test/audit", treeSize: tree.treeSize, rootHash: tree.root)
    let note = try SignedNote(
      text: checkpoint.text,
      signatures: [key.sign(checkpoint.text)] + witnesses.map { try $0.cosign(checkpoint, at: Date()) })
    try write(note.encoded, to: folder.appendingPathComponent("checkpoint"))
    try tree.writeFiles(entry: entry) { try write($1, to: folder.appendingPathComponent($0)) }
    return LogVerifier(
      logKey: key.verifierKey,
      witnesses: try WitnessPolicy(witnesses: witnesses.map(\.verifierKey), threshold: 3, declaredFaults: 1))
  }

  private func write(_ bytes: [UInt8], to file: URL) throws {
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }
}
