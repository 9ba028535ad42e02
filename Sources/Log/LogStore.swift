import DurableFiles
import TransparencyLog

/// A log's files, in the layout of C2SP tlog-tiles, so that any static file server can serve them too.
///
/// `tile/…` and `tile/entries/…`, `checkpoint` (the newest published note), `tree` (the newest note the log signed,
/// cosigned or not) and `journal`. Writing the journal is what makes an entry part of the log; its tiles are written
/// before the log signs a tree that it is in, and are the same bytes however often a crash makes them be written again.
/// Whoever can write these files can have the log sign other entries, or a second tree once older files are put back;
/// that is published only where k witnesses forgot the first.
struct LogStore: Sendable {
  private let folder: DurableFolder
  private let key: NoteVerifierKey
  /// Folders that are known to last.
  private var madeFolders: Set<String> = []
  /// Whether an older process may have left tiles whose names may not last: then tiles are renamed into place, so that
  /// their names are new to the folder.
  private var mayReplace = true

  private static let treeName = "tree"
  private static let checkpointName = "checkpoint"
  private static let journalName = "journal"

  /// What the files hold.
  struct State {
    /// The tree that tiles hold.
    var tree = MerkleTree()
    var signedNote: SignedNote?
    var publishedNote: SignedNote?
    /// Entries after the tree.
    var pending: [[UInt8]] = []
  }

  init(_ files: any DurableFileSystem, key: NoteVerifierKey) {
    folder = DurableFolder(files)
    self.key = key
  }

  /// Reads every file, holds entries, hashes and notes against each other, and makes what it found last.
  /// - Throws: `log-state-unusable`.
  func load() throws(LogError) -> State {
    var state = State()
    if let (note, signed) = try note(Self.treeName) {
      state.signedNote = note
      state.tree = try tree(of: signed)
      state.publishedNote = try published(in: state.tree)
    } else if try read(Self.checkpointName) != nil {
      throw Self.unusable("a published log has no tree")
    }
    state.pending = EntryJournal.entries(in: try read(Self.journalName) ?? [], from: state.tree.treeSize)
    // What the process before this one wrote can be read, and still not last, since a synchronization may have failed:
    // both are written anew, the tree before a journal without its entries takes the older journal's place.
    if let note = state.signedNote { try writeSigned(note) }
    try writeJournal(state.pending, from: state.tree.treeSize)
    return state
  }

  /// The newest note that the log signed, and the newest that it published, as far as there are any.
  /// - Throws: `log-state-unusable`.
  static func keptNotes(_ files: any DurableFileSystem) throws(LogError) -> [SignedNote] {
    var notes: [SignedNote] = []
    for name in [treeName, checkpointName] {
      do {
        if let bytes = try DurableFolder(files).read(name) { notes.append(try SignedNote(parsing: bytes)) }
      } catch {
        throw unusable("a kept note cannot be read")
      }
    }
    return notes
  }

  private func writeJournal(_ entries: [[UInt8]], from index: UInt64) throws(LogError) {
    try changing { (folder) throws(FileFailure) in
      try folder.replace(Self.journalName, with: EntryJournal.encode(entries, from: index), mode: .owner)
    }
  }

  /// Makes entries last that follow the `index` entries before them.
  func journal(_ entries: [[UInt8]], from index: UInt64) throws(LogError) {
    try changing { (folder) throws(FileFailure) in
      try folder.files.append(Self.journalName, EntryJournal.encode(entries, from: index))
    }
  }

  /// Writes the tiles of a tree that grew by entries of the journal, then the note over it, and empties the journal.
  /// - Parameter entries: all of the journal's, the last of the tree's.
  mutating func integrate(_ entries: [[UInt8]], tree: MerkleTree, signedNote: SignedNote) throws(LogError) {
    let oldSize = tree.treeSize - UInt64(entries.count)
    let tiles = Tile.added(from: oldSize, to: tree.treeSize)
    var folders = Set<String>()
    for tile in tiles {
      let hashes = try known { () throws(TransparencyLogError) in try tree.hashes(of: tile) }
      try write(tile.path, hashes.flatMap(\.rawRepresentation), &folders)
      guard tile.level == 0 else { continue }
      let bundle = try bundle(under: tile, oldSize: oldSize, entries)
      try write(tile.entriesPath, bundle.encoded, &folders)
    }
    try changing { (folder) throws(FileFailure) in
      for path in folders.sorted() { try folder.files.synchronizeFolder(path) }
    }
    mayReplace = false
    try writeSigned(signedNote)
    try writeJournal([], from: tree.treeSize)
    // Full tiles take the place of partial ones.
    for tile in tiles where !tile.isPartial {
      for path in [tile.path] + (tile.level == 0 ? [tile.entriesPath] : []) {
        madeFolders.remove(path + ".p")
        try changing { (folder) throws(FileFailure) in try folder.files.removeFolder(path + ".p") }
      }
    }
  }

  func writeSigned(_ note: SignedNote) throws(LogError) {
    try changing { (folder) throws(FileFailure) in try folder.replace(Self.treeName, with: note.encoded) }
  }

  func publish(_ note: SignedNote) throws(LogError) {
    try changing { (folder) throws(FileFailure) in try folder.replace(Self.checkpointName, with: note.encoded) }
  }

  /// The entries under a tile of level 0, from its own file or the full bundle that took its place.
  /// - Throws: `log-state-unusable`.
  func entries(under tile: Tile) throws(LogError) -> [[UInt8]] {
    var bytes = try read(tile.entriesPath)
    if bytes == nil, let full = try? Tile(level: 0, index: tile.index, width: Tile.fullWidth) {
      bytes = try read(full.entriesPath)
    }
    guard let bytes, let bundle = try? EntryBundle(parsing: bytes), bundle.entries.count >= tile.width else {
      throw Self.unusable("an entry bundle is missing or malformed")
    }
    return Array(bundle.entries.prefix(tile.width))
  }

  // MARK: Reading

  private func tree(of signed: Checkpoint) throws(LogError) -> MerkleTree {
    var tree = MerkleTree()
    for tile in Tile.added(from: 0, to: signed.treeSize) where tile.level == 0 {
      guard let bytes = try read(tile.path), let hashes = try? tile.hashes(parsing: bytes),
        try entries(under: tile).map({ RFC6962.leafHash($0) }) == hashes
      else { throw Self.unusable("a tile and its entries do not agree") }
      for hash in hashes { tree.append(leafHash: hash) }
    }
    guard tree.root == signed.rootHash else { throw Self.unusable("the tiles have another root than the tree's note") }
    return tree
  }

  private func published(in tree: MerkleTree) throws(LogError) -> SignedNote? {
    guard let (note, checkpoint) = try note(Self.checkpointName) else { return nil }
    guard let root = try? tree.root(treeSize: checkpoint.treeSize), root == checkpoint.rootHash else {
      throw Self.unusable("the published checkpoint is of another tree")
    }
    return note
  }

  private func note(_ name: String) throws(LogError) -> (SignedNote, Checkpoint)? {
    guard let bytes = try read(name) else { return nil }
    guard let note = try? SignedNote(parsing: bytes),
      let checkpoint = try? LogVerifier.checkpoint(of: note, origin: key.name, logKey: key)
    else { throw Self.unusable("a note of the log is not signed by its key") }
    return (note, checkpoint)
  }

  private func read(_ name: String) throws(LogError) -> [UInt8]? {
    do { return try folder.read(name) } catch { throw LogError(error) }
  }

  // MARK: Writing

  /// The entries under a tile, those from before `oldSize` out of the bundle that it continues.
  private func bundle(
    under tile: Tile, oldSize: UInt64, _ entries: [[UInt8]]
  ) throws(LogError) -> EntryBundle {
    let start = tile.index * UInt64(Tile.fullWidth)
    var bundle = EntryBundle()
    let earlierCount = oldSize > start ? Int(oldSize - start) : 0
    if earlierCount > 0 {
      let before = try known { () throws(TransparencyLogError) in
        try Tile(level: 0, index: tile.index, width: earlierCount)
      }
      for entry in try self.entries(under: before) {
        try known { () throws(TransparencyLogError) in try bundle.append(entry) }
      }
    }
    let first = Int(start + UInt64(earlierCount) - oldSize)
    for entry in entries[first..<first + tile.width - earlierCount] {
      try known { () throws(TransparencyLogError) in try bundle.append(entry) }
    }
    return bundle
  }

  /// Writes a file whose bytes no crash can change: what a torn one should hold is known again from the journal.
  private mutating func write(_ path: String, _ bytes: [UInt8], _ folders: inout Set<String>) throws(LogError) {
    let parent = DurableFolder.folder(of: path)
    folders.insert(parent)
    let mayReplace = mayReplace
    let isNew = madeFolders.insert(parent).inserted
    try changing { (folder) throws(FileFailure) in
      if isNew { try folder.makeFolders(parent) }
      guard mayReplace else { return try folder.files.write(path, bytes, mode: .everyone) }
      try folder.files.write(parent + "/.new", bytes, mode: .everyone)
      try folder.files.rename(parent + "/.new", to: path)
    }
  }

  private func changing(_ body: (DurableFolder) throws(FileFailure) -> Void) throws(LogError) {
    do { try body(folder) } catch { throw LogError(error) }
  }

  private func known<Value>(_ body: () throws(TransparencyLogError) -> Value) throws(LogError) -> Value {
    do { return try body() } catch { throw LogError(error) }
  }

  private static func unusable(_ what: StaticString) -> LogError { LogError(LogError.stateUnusable, "\(what)") }
}
