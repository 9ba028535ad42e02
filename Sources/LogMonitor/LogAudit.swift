public import Foundation
public import TransparencyLog

/// Verifies a whole log from its files: every entry against its tile, every tile against the checkpoint, the checkpoint
/// against log and witnesses, and all of it against what was seen before and elsewhere.
public struct LogAudit: Sendable {
  private let verifier: LogVerifier
  private let files: any PublishedFiles
  private let largestQuorumAge: TimeInterval
  private let keepsEntries: Bool

  /// Tiles that are read and hashed side by side; an audit ends with the first batch that has a finding.
  private static let batchTiles: UInt64 = 16
  /// Of all entries that a report keeps, in bytes.
  static let keptByteLimit = 1 << 30
  private static let tileByteLimit = Tile.fullWidth * TreeHash.byteCount
  private static let bundleByteLimit = Tile.fullWidth * (2 + EntryBundle.entryByteLimit)

  /// How far a time may lie in the future, since clocks differ: five minutes.
  public static let largestClockDistance: TimeInterval = 300

  /// - Parameters:
  ///   - largestQuorumAge: how old the newest quorum of cosignatures may be, in seconds.
  ///   - keepsEntries: whether the report holds every entry, for whoever judges what they say.
  public init(
    verifier: LogVerifier, files: any PublishedFiles, largestQuorumAge: TimeInterval, keepsEntries: Bool = false
  ) {
    self.verifier = verifier
    self.files = files
    self.largestQuorumAge = largestQuorumAge
    self.keepsEntries = keepsEntries
  }

  /// A note of this log from somewhere else than its files.
  public struct Sighting: Sendable {
    public enum Source: Sendable {
      /// What an audit before this one verified: the log must extend it.
      case before
      /// What an audit before this one saw at a witness, ahead of the log.
      case seenAhead
      /// What a witness says it cosigned last.
      case witness(NoteVerifierKey)
      /// The checkpoint as another server of the log's files shows it.
      case elsewhere(String)
    }

    public let source: Source
    /// Untrusted; nil where none was to be had.
    public let note: [UInt8]?
    /// A key that the log had before, under which the note counts too.
    public let formerKey: NoteVerifierKey?

    public init(_ source: Source, note: [UInt8]?, formerKey: NoteVerifierKey? = nil) {
      self.source = source
      self.note = note
      self.formerKey = formerKey
    }
  }

  public struct Report: Sendable {
    public fileprivate(set) var findings: [AuditFinding] = []
    /// The verified checkpoint; nil where there is none.
    public fileprivate(set) var checkpoint: VerifiedCheckpoint?
    /// The checkpoint's note, to be seen again by the next audit.
    public fileprivate(set) var note: [UInt8]?
    /// Whether every entry and tile was there and led to the checkpoint's root.
    public fileprivate(set) var isComplete = false
    /// Every entry in its order, where the audit keeps them and is complete.
    public fileprivate(set) var entries: [[UInt8]] = []
    fileprivate var keptByteCount = 0

    /// Whether there are no findings beyond warnings.
    public var isGood: Bool { findings.allSatisfy { $0.severity == .warning } }
  }

  /// What cannot be read is a finding too. A failure carries the log's checkpoint, which its signature ties to the log.
  /// - Parameters:
  ///   - sightings: notes from elsewhere that the log must extend or be extended by.
  ///   - now: the auditor's clock.
  ///   - progress: told now and then how many entries were verified.
  public func run(
    sightings: [Sighting], now: Date, progress: @Sendable (_ entries: UInt64, _ all: UInt64) -> Void = { _, _ in }
  ) async -> Report {
    var report = Report()
    do {
      try await audit(sightings, now, &report, progress)
    } catch let error as LogMonitorError {
      report.findings.append(AuditFinding(error.code, .failure, error.message))
    } catch {
      report.findings.append(
        AuditFinding(LogMonitorError.sourceUnreadable, .failure, "the audit was given up"))
    }
    if !report.isComplete { report.entries = [] }
    if let note = report.note {
      report.findings = report.findings.map { finding in
        guard finding.severity != .warning, finding.evidence.isEmpty else { return finding }
        return AuditFinding(finding.code, finding.severity, finding.message, evidence: [note])
      }
    }
    return report
  }

  private func audit(
    _ sightings: [Sighting], _ now: Date, _ report: inout Report, _ progress: @Sendable (UInt64, UInt64) -> Void
  ) async throws {
    guard let bytes = try await files.read("checkpoint", byteLimit: SignedNote.byteLimit) else {
      report.findings.append(
        AuditFinding(AuditFinding.checkpointMissing, .failure, "the log's files hold no checkpoint"))
      return
    }
    report.note = bytes
    let verified: VerifiedCheckpoint
    do { verified = try verifier.verify(bytes) } catch {
      report.findings.append(AuditFinding(error.code, .failure, "the checkpoint: \(error.message)"))
      return
    }
    report.checkpoint = verified
    checkAge(of: verified, now, &report)
    // Whatever needs no tiles comes first, so that a log cannot hide it behind a missing file.
    let earlier = compareWithoutTiles(sightings, with: verified.checkpoint, bytes, &report)
    var tree = LogTree()
    tree.wantedTiles = Set(earlier.map { $0.treeSize / UInt64(Tile.fullWidth) })
    let findingCount = report.findings.count
    try await read(&tree, of: verified.checkpoint, &report, progress)
    guard report.findings.count == findingCount else { return }
    try await verifyUpperTiles(of: tree, &report)
    guard tree.root == verified.checkpoint.rootHash else {
      report.findings.append(
        AuditFinding(AuditFinding.rootMismatch, .failure, "the tiles have another root than the checkpoint"))
      return
    }
    report.isComplete = report.findings.count == findingCount
    for seen in earlier where tree.root(treeSize: seen.treeSize) != seen.rootHash {
      report.findings.append(
        AuditFinding(
          AuditFinding.fork, .failure,
          "the log signed a tree of \(seen.treeSize) entries that this one of \(tree.treeSize) does not extend",
          evidence: [seen.note, bytes]))
    }
  }

  private func checkAge(of checkpoint: VerifiedCheckpoint, _ now: Date, _ report: inout Report) {
    let age = now.timeIntervalSince(checkpoint.quorumTime)
    if age > largestQuorumAge {
      report.findings.append(
        AuditFinding(AuditFinding.stale, .warning, "the newest quorum of cosignatures is \(Int64(age)) seconds old"))
    } else if age < -Self.largestClockDistance {
      report.findings.append(
        AuditFinding(AuditFinding.future, .warning, "the newest quorum of cosignatures is of a time to come"))
    }
  }

  // MARK: Entries and tiles

  private enum TileResult: Sendable {
    /// The root of a full tile, and its leaf hashes.
    case full(TreeHash, [TreeHash], entries: [[UInt8]])
    /// The leaf hashes of a partial one.
    case partial([TreeHash], entries: [[UInt8]])
    case finding(AuditFinding)
  }

  /// Work and memory follow the files that are there, whatever size the checkpoint claims.
  private func read(
    _ tree: inout LogTree, of checkpoint: Checkpoint, _ report: inout Report,
    _ progress: @Sendable (UInt64, UInt64) -> Void
  ) async throws {
    let (fullTiles, width) = checkpoint.treeSize.quotientAndRemainder(dividingBy: UInt64(Tile.fullWidth))
    let findingCount = report.findings.count
    var next: UInt64 = 0
    while next < fullTiles, report.findings.count == findingCount {
      let batch = next..<min(next + Self.batchTiles, fullTiles)
      for result in try await verify(batch) { Self.add(result, to: &tree, &report) }
      next = batch.upperBound
      progress(next * UInt64(Tile.fullWidth), checkpoint.treeSize)
    }
    guard report.findings.count == findingCount, width > 0,
      let tile = try? Tile(level: 0, index: fullTiles, width: Int(width))
    else { return }
    Self.add(try await verify(tile), to: &tree, &report)
  }

  private static func add(_ result: TileResult, to tree: inout LogTree, _ report: inout Report) {
    func keep(_ entries: [[UInt8]]) {
      report.entries += entries
      report.keptByteCount += entries.reduce(0) { $0 + $1.count }
      guard report.keptByteCount > keptByteLimit else { return }
      report.findings.append(
        AuditFinding(AuditFinding.logTooLarge, .failure, "the entries have more than \(keptByteLimit) bytes"))
    }
    switch result {
    case .full(let root, let hashes, let entries):
      tree.append(root, hashes)
      keep(entries)
    case .partial(let hashes, let entries):
      tree.rest = hashes
      keep(entries)
    case .finding(let finding): report.findings.append(finding)
    }
  }

  /// Full tiles side by side; their results in order.
  private func verify(_ indices: Range<UInt64>) async throws -> [TileResult] {
    try await withThrowingTaskGroup(of: (UInt64, TileResult).self) { group in
      for index in indices {
        group.addTask { (index, try await verify(Tile(level: 0, index: index, width: Tile.fullWidth))) }
      }
      var results: [(UInt64, TileResult)] = []
      for try await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Hashes a tile's entries and compares.
  private func verify(_ tile: Tile) async throws -> TileResult {
    guard let hashFile = try await read(tile, \.path, Self.tileByteLimit),
      let entryFile = try await read(tile, \.entriesPath, Self.bundleByteLimit)
    else {
      return .finding(AuditFinding(AuditFinding.fileMissing, .failure, "\(tile.path) or its entries are missing"))
    }
    guard let hashes = try? hashFile.tile.hashes(parsing: hashFile.bytes).prefix(tile.width),
      let entries = try? EntryBundle(parsing: entryFile.bytes).entries, entries.count == entryFile.tile.width
    else {
      return .finding(AuditFinding(AuditFinding.fileMalformed, .failure, "\(tile.path) or its entries are malformed"))
    }
    for (index, (hash, entry)) in zip(hashes, entries).enumerated() where RFC6962.leafHash(entry) != hash {
      let number = tile.index * UInt64(Tile.fullWidth) + UInt64(index)
      return .finding(
        AuditFinding(AuditFinding.entryMismatch, .failure, "entry \(number) has another hash than \(tile.path) says"))
    }
    let kept = keepsEntries ? Array(entries.prefix(tile.width)) : []
    return tile.isPartial
      ? .partial(Array(hashes), entries: kept)
      : .full(LogTree.root(of: Array(hashes)), Array(hashes), entries: kept)
  }

  /// A file, and the tile whose file it is: a partial one may have been replaced by the full one meanwhile. One that is
  /// above its limit is read as empty, which no tile's is.
  private func read(
    _ tile: Tile, _ path: any KeyPath<Tile, String> & Sendable, _ limit: Int
  ) async throws -> (tile: Tile, bytes: [UInt8])? {
    var candidates = [tile]
    if tile.isPartial, let full = try? Tile(level: tile.level, index: tile.index, width: Tile.fullWidth) {
      candidates.append(full)
    }
    for candidate in candidates {
      do {
        if let bytes = try await files.read(candidate[keyPath: path], byteLimit: limit) { return (candidate, bytes) }
      } catch {
        guard error.code == LogMonitorError.fileTooLarge else { throw error }
        return (candidate, [])
      }
    }
    return nil
  }

  /// Tiles above the first level follow from it; whoever reads proofs from them must find the same hashes.
  private func verifyUpperTiles(of tree: LogTree, _ report: inout Report) async throws {
    var hashes = tree.tileRoots
    var level = 1
    while !hashes.isEmpty {
      var next: [TreeHash] = []
      for start in stride(from: 0, to: hashes.count, by: Tile.fullWidth) {
        let expected = Array(hashes[start..<min(start + Tile.fullWidth, hashes.count)])
        guard let tile = try? Tile(level: level, index: UInt64(start / Tile.fullWidth), width: expected.count) else {
          return
        }
        if let file = try await read(tile, \.path, Self.tileByteLimit) {
          if (try? file.tile.hashes(parsing: file.bytes).prefix(tile.width)) != expected[...] {
            report.findings.append(
              AuditFinding(
                AuditFinding.tileMismatch, .failure, "\(tile.path) has other hashes than follow from the entries"))
          }
        } else {
          report.findings.append(AuditFinding(AuditFinding.fileMissing, .failure, "\(tile.path) is missing"))
        }
        if expected.count == Tile.fullWidth { next.append(LogTree.root(of: expected)) }
      }
      (hashes, level) = (next, level + 1)
    }
  }

  // MARK: What was seen elsewhere

  /// A tree that the log signed, not larger than the one under audit.
  private struct EarlierTree {
    let note: [UInt8]
    let treeSize: UInt64
    let rootHash: TreeHash
  }

  /// - Returns: what only the tiles can tell.
  private func compareWithoutTiles(
    _ sightings: [Sighting], with checkpoint: Checkpoint, _ note: [UInt8], _ report: inout Report
  ) -> [EarlierTree] {
    var earlier: [EarlierTree] = []
    for sighting in sightings {
      guard let bytes = sighting.note, let seen = self.checkpoint(of: bytes, sighting) else {
        report.findings += Self.unreadable(sighting)
        continue
      }
      if seen.treeSize > checkpoint.treeSize {
        report.findings.append(Self.ahead(seen, of: checkpoint, sighting.source, evidence: [bytes, note]))
      } else if seen.treeSize == checkpoint.treeSize, seen.rootHash != checkpoint.rootHash {
        report.findings.append(
          AuditFinding(
            AuditFinding.fork, .proof, "the log signed two trees of \(seen.treeSize) entries", evidence: [bytes, note]))
      } else {
        earlier.append(EarlierTree(note: bytes, treeSize: seen.treeSize, rootHash: seen.rootHash))
      }
    }
    return earlier
  }

  private static func unreadable(_ sighting: Sighting) -> [AuditFinding] {
    switch sighting.source {
    case .witness(let key):
      [AuditFinding(AuditFinding.witnessSilent, .warning, "\(key.name) gives no note of this log that it cosigned")]
    case .elsewhere(let name):
      [AuditFinding(AuditFinding.vantagePointSilent, .warning, "\(name) shows no checkpoint of this log")]
    case .before, .seenAhead:
      sighting.note == nil
        ? [] : [AuditFinding(AuditFinding.memoryUnusable, .failure, "a kept note is not one of this log")]
    }
  }

  private static func ahead(
    _ seen: Checkpoint, of checkpoint: Checkpoint, _ source: Sighting.Source, evidence: [[UInt8]]
  ) -> AuditFinding {
    switch source {
    case .before:
      AuditFinding(
        AuditFinding.rollback, .failure, "\(checkpoint.treeSize) entries, where there were \(seen.treeSize) before",
        evidence: evidence)
    case .seenAhead, .witness, .elsewhere:
      AuditFinding(
        AuditFinding.unpublishedTree, .warning,
        "a witness or another server has a tree of \(seen.treeSize) entries, the log shows \(checkpoint.treeSize)",
        evidence: evidence)
    }
  }

  /// The checkpoint of a note that the log signed and, from a witness, that witness cosigned.
  private func checkpoint(of bytes: [UInt8], _ sighting: Sighting) -> Checkpoint? {
    let keys = [verifier.logKey] + (sighting.formerKey.map { [$0] } ?? [])
    guard let note = try? SignedNote(parsing: bytes),
      let checkpoint = keys.lazy.compactMap({
        try? LogVerifier.checkpoint(of: note, origin: verifier.origin, logKey: $0)
      }).first
    else { return nil }
    guard case .witness(let key) = sighting.source else { return checkpoint }
    let isCosigned = note.signatures.contains { key.matches($0) && key.cosignatureTime($0, over: note.text) != nil }
    return isCosigned ? checkpoint : nil
  }
}
