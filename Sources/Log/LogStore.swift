import TransparencyLog

/// A log's files, in the layout of C2SP tlog-tiles, so that any static file server can serve them too.
///
/// `tile/…` and `tile/entries/…`, `checkpoint` (the newest published note) and `tree` (the newest note the log
/// signed, cosigned or not). Writing `tree` is what makes an entry part of the log: whatever a crash left beyond it
/// is overwritten. An attacker who can change these files can stop the log, and without its key no more.
struct LogStore: Sendable {
  private let folder: DurableFolder
  private let key: NoteVerifierKey

  private static let treeName = "tree"
  private static let checkpointName = "checkpoint"

  /// What the files hold.
  struct State {
    var tree: MerkleTree
    var signedNote: SignedNote?
    var publishedNote: SignedNote?
  }

  init(path: String, key: NoteVerifierKey) throws(LogError) {
    folder = try DurableFolder(path: path)
    self.key = key
  }

  /// Reads every file and holds entries, hashes and notes against each other.
  /// - Throws: `log-state-unusable`.
  func load() throws(LogError) -> State {
    guard let (signedNote, signed) = try note(Self.treeName) else {
      guard try folder.read(Self.checkpointName) == nil else { throw Self.unusable("a published log has no tree") }
      return State(tree: MerkleTree())
    }
    var tree = MerkleTree()
    for tile in Tile.added(from: 0, to: signed.treeSize) where tile.level == 0 {
      guard let bytes = try folder.read(tile.path), let hashes = try? tile.hashes(parsing: bytes),
        try entries(under: tile).map({ RFC6962.leafHash($0) }) == hashes
      else { throw Self.unusable("a tile and its entries do not agree") }
      for hash in hashes { tree.append(leafHash: hash) }
    }
    guard tree.root == signed.rootHash else { throw Self.unusable("the tiles have another root than the tree's note") }
    let published = try note(Self.checkpointName)
    if let (_, checkpoint) = published {
      guard let root = try? tree.root(treeSize: checkpoint.treeSize), root == checkpoint.rootHash else {
        throw Self.unusable("the published checkpoint is of another tree")
      }
    }
    return State(tree: tree, signedNote: signedNote, publishedNote: published?.0)
  }

  /// Makes one more entry durable, then the note over the tree that ends with it.
  func append(_ entry: [UInt8], tree: MerkleTree, signedNote: SignedNote) throws(LogError) {
    let newSize = tree.treeSize
    do {
      for tile in Tile.added(from: newSize - 1, to: newSize) {
        let hashes = try tree.hashes(of: tile)
        try folder.replace(tile.path, with: hashes.flatMap(\.rawRepresentation))
        guard tile.level == 0 else { continue }
        var bundle = EntryBundle()
        if tile.width > 1 {
          let before = try Tile(level: 0, index: tile.index, width: tile.width - 1)
          for earlier in try entries(under: before) { try bundle.append(earlier) }
        }
        try bundle.append(entry)
        try folder.replace(tile.entriesPath, with: bundle.encoded)
      }
    } catch let error as TransparencyLogError {
      throw LogError(error)
    } catch let error as LogError {
      throw error
    } catch {
      throw Self.unusable("the tiles cannot be written")
    }
    try writeSigned(signedNote)
    for tile in Tile.added(from: newSize - 1, to: newSize) where !tile.isPartial {
      folder.removeFolder(tile.path + ".p")
      if tile.level == 0 { folder.removeFolder(tile.entriesPath + ".p") }
    }
  }

  func writeSigned(_ note: SignedNote) throws(LogError) { try folder.replace(Self.treeName, with: note.encoded) }

  func publish(_ note: SignedNote) throws(LogError) { try folder.replace(Self.checkpointName, with: note.encoded) }

  /// The entries under a tile of level 0, from its own file or the full bundle that took its place.
  /// - Throws: `log-state-unusable`.
  func entries(under tile: Tile) throws(LogError) -> [[UInt8]] {
    var bytes = try folder.read(tile.entriesPath)
    if bytes == nil, let full = try? Tile(level: 0, index: tile.index, width: Tile.fullWidth) {
      bytes = try folder.read(full.entriesPath)
    }
    guard let bytes, let bundle = try? EntryBundle(parsing: bytes), bundle.entries.count >= tile.width else {
      throw Self.unusable("an entry bundle is missing or malformed")
    }
    return Array(bundle.entries.prefix(tile.width))
  }

  private func note(_ name: String) throws(LogError) -> (SignedNote, Checkpoint)? {
    guard let bytes = try folder.read(name) else { return nil }
    guard let note = try? SignedNote(parsing: bytes),
      let checkpoint = try? LogVerifier.checkpoint(of: note, origin: key.name, logKey: key)
    else { throw Self.unusable("a note of the log is not signed by its key") }
    return (note, checkpoint)
  }

  private static func unusable(_ what: StaticString) -> LogError { LogError(LogError.stateUnusable, "\(what)") }
}
