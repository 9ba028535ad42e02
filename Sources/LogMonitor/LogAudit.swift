public import Foundation
public import TransparencyLog

/// Verifies a whole log from its files: every entry against its tile, every tile against the checkpoint, the checkpoint
/// against log and witnesses, and all of it against what was seen before and elsewhere.
public struct LogAudit: Sendable {
  private let verifier: LogVerifier
  private let files: any LogFiles
  private let largestQuorumAge: TimeInterval

  /// Tiles that are read and hashed at a time.
  private static let parallelTiles = 16
  private static let tileByteLimit = Tile.fullWidth * TreeHash.byteCount
  private static let bundleByteLimit = Tile.fullWidth * (2 + EntryBundle.entryByteLimit)

  /// - Parameter largestQuorumAge: how old the newest quorum of cosignatures may be, in seconds.
  public init(verifier: LogVerifier, files: any LogFiles, largestQuorumAge: TimeInterval) {
    self.verifier = verifier
    self.files = files
    self.largestQuorumAge = largestQuorumAge
  }

  /// A note of this log from somewhere else than its files.
  public struct Sighting: Sendable {
    public enum Source: Sendable {
      /// An audit before this one.
      case before
      /// What a witness says it cosigned last.
      case witness(NoteVerifierKey)
    }

    public let source: Source
    /// Untrusted; nil where none was to be had.
    public let note: [UInt8]?

    public init(_ source: Source, note: [UInt8]?) {
      self.source = source
      self.note = note
    }
  }

  public struct Report: Sendable {
    public fileprivate(set) var findings: [LogFinding] = []
    /// The verified checkpoint; nil where there is none.
    public fileprivate(set) var checkpoint: VerifiedCheckpoint?
    /// The checkpoint's note, to be seen again by the next audit.
    public fileprivate(set) var note: [UInt8]?
    /// Whether every entry and tile was there and led to the checkpoint's root.
    public fileprivate(set) var isComplete = false
  }

  /// - Parameters:
  ///   - sightings: notes from elsewhere that the log must extend or be extended by.
  ///   - now: the auditor's clock.
  ///   - progress: told now and then how many entries were verified.
  /// - Throws: `audit-source-unreadable`.
  public func run(
    sightings: [Sighting], now: Date, progress: @Sendable (_ entries: UInt64, _ all: UInt64) -> Void = { _, _ in }
  ) async throws(LogMonitorError) -> Report {
    var report = Report()
    guard let bytes = try await files.read("checkpoint", byteLimit: SignedNote.byteLimit) else {
      report.findings.append(
        LogFinding(LogFinding.checkpointMissing, .failure, "the log's files hold no checkpoint"))
      return report
    }
    let verified: VerifiedCheckpoint
    do { verified = try verifier.verify(bytes) } catch {
      report.findings.append(LogFinding(error.code, .failure, "the checkpoint: \(error.message)", notes: [bytes]))
      return report
    }
    report.checkpoint = verified
    report.note = bytes
    if now.timeIntervalSince(verified.quorumTime) > largestQuorumAge {
      report.findings.append(
        LogFinding(
          LogFinding.stale, .warning,
          "the newest quorum of cosignatures is \(Int(now.timeIntervalSince(verified.quorumTime))) seconds old"))
    }
    guard let tree = try await tree(of: verified.checkpoint, &report, progress) else { return report }
    try await verifyUpperTiles(of: tree, &report)
    guard tree.root == verified.checkpoint.rootHash else {
      report.findings.append(
        LogFinding(LogFinding.rootMismatch, .failure, "the tiles have another root than the checkpoint", notes: [bytes])
      )
      return report
    }
    report.isComplete = report.findings.allSatisfy { $0.severity == .warning }
    for sighting in sightings { try await compare(sighting, with: tree, note: bytes, &report) }
    return report
  }

  // MARK: Entries and tiles

  private enum TileResult: Sendable {
    case hashes([TreeHash])
    case finding(LogFinding)
  }

  /// Nil where a file is missing or malformed.
  private func tree(
    of checkpoint: Checkpoint, _ report: inout Report, _ progress: @Sendable (UInt64, UInt64) -> Void
  ) async throws(LogMonitorError) -> LogTree? {
    let tiles = Tile.added(from: 0, to: checkpoint.treeSize).filter { $0.level == 0 }
    var roots = [TreeHash](repeating: RFC6962.emptyRoot, count: tiles.count)
    var rest: [TreeHash] = []
    var findings: [LogFinding] = []
    var verifiedCount: UInt64 = 0
    do {
      try await withThrowingTaskGroup(of: (Int, TileResult).self) { group in
        var next = 0
        func start() {
          guard next < tiles.count else { return }
          let (index, tile) = (next, tiles[next])
          next += 1
          group.addTask { (index, try await verify(tile)) }
        }
        for _ in 0..<Self.parallelTiles { start() }
        while let (index, result) = try await group.next() {
          start()
          switch result {
          case .finding(let finding): findings.append(finding)
          case .hashes(let hashes) where tiles[index].isPartial: rest = hashes
          case .hashes(let hashes): roots[index] = hashes[0]
          }
          verifiedCount += UInt64(tiles[index].width)
          progress(verifiedCount, checkpoint.treeSize)
        }
      }
    } catch let error as LogMonitorError {
      throw error
    } catch {
      throw LogMonitorError(LogMonitorError.sourceUnreadable, "the audit was given up")
    }
    report.findings += findings.sorted { $0.message < $1.message }
    guard findings.isEmpty else { return nil }
    return LogTree(tileRoots: Array(roots.prefix(tiles.count - (rest.isEmpty ? 0 : 1))), rest: rest)
  }

  /// The root of a full tile, or the leaf hashes of a partial one, once its entries were hashed.
  private func verify(_ tile: Tile) async throws(LogMonitorError) -> TileResult {
    guard let hashBytes = try await read(tile, \.path, Self.tileByteLimit),
      let bundleBytes = try await read(tile, \.entriesPath, Self.bundleByteLimit)
    else { return .finding(LogFinding(LogFinding.fileMissing, .failure, "\(tile.path) or its entries are missing")) }
    guard let hashes = try? hashes(of: tile, hashBytes), let bundle = try? EntryBundle(parsing: bundleBytes),
      bundle.entries.count >= tile.width
    else {
      return .finding(LogFinding(LogFinding.fileMalformed, .failure, "\(tile.path) or its entries are malformed"))
    }
    for (index, (hash, entry)) in zip(hashes, bundle.entries).enumerated() where RFC6962.leafHash(entry) != hash {
      let number = tile.index * UInt64(Tile.fullWidth) + UInt64(index)
      return .finding(
        LogFinding(LogFinding.entryMismatch, .failure, "entry \(number) has another hash than \(tile.path) says"))
    }
    return .hashes(tile.isPartial ? hashes : [LogTree.root(of: hashes)])
  }

  /// A partial file may have been replaced by the full one meanwhile.
  private func read(
    _ tile: Tile, _ path: any KeyPath<Tile, String> & Sendable, _ limit: Int
  ) async throws(LogMonitorError) -> [UInt8]? {
    if let bytes = try await files.read(tile[keyPath: path], byteLimit: limit) { return bytes }
    guard tile.isPartial, let full = try? Tile(level: tile.level, index: tile.index, width: Tile.fullWidth) else {
      return nil
    }
    return try await files.read(full[keyPath: path], byteLimit: limit)
  }

  private func hashes(of tile: Tile, _ bytes: [UInt8]) throws(TransparencyLogError) -> [TreeHash] {
    try tile.hashes(parsing: Array(bytes.prefix(tile.width * TreeHash.byteCount)))
  }

  /// Tiles above the first level follow from it; whoever reads proofs from them must find the same hashes.
  private func verifyUpperTiles(of tree: LogTree, _ report: inout Report) async throws(LogMonitorError) {
    var hashes = tree.tileRoots
    var level = 1
    while !hashes.isEmpty {
      var next: [TreeHash] = []
      for start in stride(from: 0, to: hashes.count, by: Tile.fullWidth) {
        let expected = Array(hashes[start..<min(start + Tile.fullWidth, hashes.count)])
        guard let tile = try? Tile(level: level, index: UInt64(start / Tile.fullWidth), width: expected.count) else {
          return
        }
        if let bytes = try await read(tile, \.path, Self.tileByteLimit) {
          if (try? self.hashes(of: tile, bytes)) != expected {
            report.findings.append(
              LogFinding(
                LogFinding.tileMismatch, .failure, "\(tile.path) has other hashes than follow from the entries"))
          }
        } else {
          report.findings.append(LogFinding(LogFinding.fileMissing, .failure, "\(tile.path) is missing"))
        }
        if expected.count == Tile.fullWidth { next.append(LogTree.root(of: expected)) }
      }
      (hashes, level) = (next, level + 1)
    }
  }

  // MARK: What was seen elsewhere

  private func compare(
    _ sighting: Sighting, with tree: LogTree, note: [UInt8], _ report: inout Report
  ) async throws(LogMonitorError) {
    guard let bytes = sighting.note, let seen = checkpoint(of: bytes, sighting.source) else {
      guard case .witness(let key) = sighting.source else { return }
      report.findings.append(
        LogFinding(LogFinding.witnessSilent, .warning, "\(key.name) gives no note of this log that it cosigned"))
      return
    }
    guard seen.treeSize <= tree.treeSize else {
      switch sighting.source {
      case .before:
        report.findings.append(
          LogFinding(
            LogFinding.rollback, .failure, "\(tree.treeSize) entries, where there were \(seen.treeSize) before",
            notes: [bytes, note]))
      case .witness(let key):
        report.findings.append(
          LogFinding(
            LogFinding.unpublishedTree, .warning,
            "\(key.name) cosigned a tree of \(seen.treeSize) entries, the log shows \(tree.treeSize)",
            notes: [bytes, note]))
      }
      return
    }
    guard let root = try await root(of: tree, at: seen.treeSize) else {
      report.findings.append(
        LogFinding(LogFinding.fileMissing, .failure, "the tile that ends at entry \(seen.treeSize) is gone"))
      return
    }
    guard root == seen.rootHash else {
      report.findings.append(
        LogFinding(
          LogFinding.fork, .proof, "the log signed two trees of which neither extends the other", notes: [bytes, note]))
      return
    }
  }

  /// The checkpoint of a note that the log signed and, from a witness, that witness cosigned.
  private func checkpoint(of bytes: [UInt8], _ source: Sighting.Source) -> Checkpoint? {
    guard let note = try? SignedNote(parsing: bytes),
      let checkpoint = try? LogVerifier.checkpoint(of: note, origin: verifier.origin, logKey: verifier.logKey)
    else { return nil }
    guard case .witness(let key) = source else { return checkpoint }
    let isCosigned = note.signatures.contains { key.matches($0) && key.cosignatureTime($0, over: note.text) != nil }
    return isCosigned ? checkpoint : nil
  }

  /// The root that the verified entries have at a smaller size; nil where a tile is gone since it was verified.
  private func root(of tree: LogTree, at treeSize: UInt64) async throws(LogMonitorError) -> TreeHash? {
    let (fullTiles, width) = Int(treeSize).quotientAndRemainder(dividingBy: Tile.fullWidth)
    guard width > 0 else { return tree.root(fullTiles: fullTiles, leaves: []) }
    guard fullTiles < tree.tileRoots.count else {
      return tree.root(fullTiles: fullTiles, leaves: tree.rest.prefix(width))
    }
    guard let tile = try? Tile(level: 0, index: UInt64(fullTiles), width: Tile.fullWidth),
      let bytes = try await files.read(tile.path, byteLimit: Self.tileByteLimit),
      let hashes = try? tile.hashes(parsing: bytes), LogTree.root(of: hashes) == tree.tileRoots[fullTiles]
    else { return nil }
    return tree.root(fullTiles: fullTiles, leaves: hashes.prefix(width))
  }
}
