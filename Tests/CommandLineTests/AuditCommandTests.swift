import Foundation
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// `cloister audit log` as an auditor runs it, over a folder of files.
@Suite struct AuditCommandTests {
  private let key: NoteSigningKey
  private let witnesses: [NoteSigningKey]

  init() throws {
    key = try NoteSigningKey(name: "log.example/cli", type: .ed25519)
    witnesses = try (1...4).map { try NoteSigningKey(name: "w\($0).example/1", type: .cosignature) }
  }

  private var policy: String {
    let lines = witnesses.enumerated().map { "witness w\($0) \($1.verifierKey.encoded)\n" }.joined()
    return "log \(key.verifierKey.encoded)\n\(lines)group g 3 w0 w1 w2 w3\nquorum g\n"
  }

  private func note(_ tree: MerkleTree) throws -> [UInt8] {
    let checkpoint = try Checkpoint(
      origin: key.verifierKey.name, treeSize: tree.treeSize, rootHash: tree.root)
    return try SignedNote(
      text: checkpoint.text,
      signatures: [key.sign(checkpoint.text)] + witnesses.map { try $0.cosign(checkpoint, at: Date()) }
    ).encoded
  }

  private func tree(_ entries: [UInt8]) -> MerkleTree {
    MerkleTree(leafHashes: entries.map { RFC6962.leafHash([$0]) })
  }

  /// Writes a log whose entries are one byte each.
  private func write(_ entries: [UInt8], to folder: ScratchFolder) throws {
    let tree = tree(entries)
    var files = ["checkpoint": try note(tree)]
    try tree.writeFiles(entry: { [entries[$0]] }) { files[$0] = $1 }
    for (path, bytes) in files {
      let file = URL(fileURLWithPath: "\(folder.path)/log/\(path)")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
  }

  @Test("a growing log is 0; a fork is 1, and both notes are kept and stay")
  func forkIsKept() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let policy = try folder.write(Array(policy.utf8), as: "policy")
    func audit() async throws -> CommandRun {
      try await CommandRun.cloister(
        "audit", "log", "\(folder.path)/log", "--policy", policy, "--state", "\(folder.path)/state", "--json")
    }
    try write([1, 2], to: folder)
    #expect(try await audit().status == 0)
    try write([1, 2, 3], to: folder)
    let grown = try await audit()
    #expect(grown.status == 0)
    #expect(try members(grown.standardOutput)["treeSize"] == .integer(3))
    try write([1, 9, 3, 4], to: folder)
    for _ in 0..<2 {
      let forked = try await audit()
      #expect(forked.status == 1)
      #expect(forked.standardOutput.contains("audit-fork"))
    }
    let kept = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/state")
    #expect(kept.filter { $0.contains("audit-fork") }.count == 2)
    // The log shows the first history again: what it signed stays proven, and this audit is about this history.
    try write([1, 2, 3, 4], to: folder)
    #expect(try await audit().status == 0)
  }

  @Test("a note ahead of the log is held against it until it shows that tree")
  func aheadOfTheLog() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let policy = try folder.write(Array(policy.utf8), as: "policy")
    let state = "\(folder.path)/state"
    func audit() async throws -> CommandRun {
      try await CommandRun.cloister("audit", "log", "\(folder.path)/log", "--policy", policy, "--state", state)
    }
    func ahead() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: state).filter { $0.contains("-ahead-") }
    }
    try write([1], to: folder)
    #expect(try await audit().status == 0)
    let kept = try #require(
      FileManager.default.contentsOfDirectory(atPath: state).first { $0.hasSuffix(".note") })
    let seen = URL(fileURLWithPath: "\(state)/\(kept.dropLast(".note".count))-ahead-0.note")
    try Data(note(tree([1, 2]))).write(to: seen)
    let warned = try await audit()
    #expect(warned.status == 0)
    #expect(warned.standardError.contains("audit-unpublished-tree"))
    #expect(try ahead().count == 1)
    try write([1, 3, 4], to: folder)
    #expect(try await audit().standardError.contains("audit-fork"))
    #expect(try ahead().count == 1)
    try write([1, 2, 4], to: folder)
    #expect(try await audit().status == 0)
    #expect(try ahead().isEmpty)
  }

  @Test("an unsafe, nested or malformed policy and a missing source have their codes and statuses")
  func refusals() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    try write([1], to: folder)
    for (text, status) in [
      (policy.replacing("group g 3", with: "group g 2"), 1),
      (policy.replacing("quorum g", with: "group h all g\nquorum h"), 1), ("quorum none\n", 64), ("nonsense\n", 2),
    ] as [(String, Int32)] {
      let file = try folder.write(Array(text.utf8), as: "policy")
      #expect(try await CommandRun.cloister("audit", "log", "\(folder.path)/log", "--policy", file).status == status)
    }
    let file = try folder.write(Array(policy.utf8), as: "policy")
    let missing = try await CommandRun.cloister("audit", "log", "\(folder.path)/none", "--policy", file)
    #expect(missing.status == 1)
    #expect(missing.standardError.contains("audit-source-unreadable"))
    let unreachable = try await CommandRun.cloister("audit", "log", "http://127.0.0.1:1/logs/x", "--policy", file)
    #expect(unreachable.status == 1)
    #expect(unreachable.standardError.contains("audit-source-unreadable"))
  }
}
