public import ErrorCodes
public import Foundation
public import HTTPMessages
public import TransparencyLog

/// One log: appends entries durably, has witnesses cosign the tree, and publishes it only once enough of them did.
public actor LogService {
  /// The most requests that may wait for their turn.
  public static let waiterLimit = 64

  private let key: NoteSigningKey
  private let admission: EntryAdmission
  private let store: LogStore
  private let witnesses: [WitnessEndpoint]
  private let verifier: LogVerifier
  private let exchange: any HTTPExchange
  private let now: @Sendable () -> Date

  private var tree: MerkleTree
  private var indices: [TreeHash: UInt64]
  private var signedNote: SignedNote?
  private var published: Published?
  /// The size that each witness holds, in the order of `witnesses`; its answer corrects a wrong one.
  private var witnessSizes: [UInt64]
  private var lastFailure: ErrorCode?

  private var isTaken = false
  private var waiters: [CheckedContinuation<Void, Never>] = []

  private struct Published {
    var note: SignedNote
    var treeSize: UInt64
  }

  /// Opens the log's files, or begins an empty log.
  /// - Parameters:
  ///   - state: the folder that holds every log's folder.
  ///   - threshold: how many witnesses must cosign before a tree is published.
  ///   - declaredFaults: how many witnesses may collude with the log.
  /// - Throws: `log-state-unusable`, `witness-policy-unsafe`.
  public init(
    key: NoteSigningKey, admission: EntryAdmission, state: String, witnesses: [WitnessEndpoint], threshold: Int,
    declaredFaults: Int = 1, exchange: any HTTPExchange, now: @escaping @Sendable () -> Date = { Date() }
  ) throws(LogError) {
    self.key = key
    self.admission = admission
    self.witnesses = witnesses
    self.exchange = exchange
    self.now = now
    do {
      let policy = try WitnessPolicy(
        witnesses: witnesses.map(\.key), threshold: threshold, declaredFaults: declaredFaults)
      verifier = LogVerifier(logKey: key.verifierKey, witnesses: policy)
    } catch {
      throw LogError(error)
    }
    store = try LogStore(path: LogKeyFile.folder(state: state, origin: key.verifierKey.name), key: key.verifierKey)
    let loaded = try store.load()
    tree = loaded.tree
    signedNote = loaded.signedNote
    indices = Dictionary(
      zip(loaded.tree.leafHashes, 0...), uniquingKeysWith: { first, _ in first })
    published = try loaded.publishedNote.map { (note) throws(LogError) in try Self.published(note) }
    witnessSizes = Array(repeating: published?.treeSize ?? 0, count: witnesses.count)
    if let published, published.treeSize == tree.treeSize { return }
    // Entries that no published tree holds wait for witnesses.
    if tree.treeSize > 0 { lastFailure = TransparencyLogError.witnessQuorum }
  }

  /// Why the newest tree is not published; nil while all is well.
  public var health: ErrorCode? { lastFailure }

  /// The newest published note; nil before the first.
  public var publishedNote: [UInt8]? { published?.note.encoded }

  /// Appends an entry, or finds it where it already stands, and returns its proof under a cosigned checkpoint.
  ///
  /// An entry stays in the log when too few witnesses answer; sending it again then asks them again.
  /// - Throws: `log-entry-too-large`, the admission's codes, `witness-quorum`, `log-busy`, `log-state-unusable`.
  public func append(_ entry: [UInt8]) async throws(LogError) -> TLogProof {
    guard entry.count <= EntryBundle.entryByteLimit else {
      throw LogError(
        LogError.entryTooLarge, "an entry has \(entry.count) bytes, at most \(EntryBundle.entryByteLimit) are allowed")
    }
    try await take()
    defer { release() }
    let leafHash = RFC6962.leafHash(entry)
    let index: UInt64
    if let earlier = indices[leafHash] {
      index = earlier
    } else {
      index = tree.treeSize
      try admission.admit(entry, at: index)
      try extend(by: entry, leafHash: leafHash)
    }
    if let published, published.treeSize > index { return try proof(index, under: published) }
    return try proof(index, under: try await publishTree())
  }

  /// Asks the witnesses for fresh cosignatures on the newest tree and publishes the note.
  /// - Throws: `witness-quorum`, `log-busy`, `log-state-unusable`.
  public func refresh() async throws(LogError) -> [UInt8] {
    try await take()
    defer { release() }
    return try await publishTree().note.encoded
  }

  /// A tile's hashes, where a published tree holds it.
  public func hashes(of tile: Tile) -> [UInt8]? {
    guard isPublished(tile), let hashes = try? tree.hashes(of: tile) else { return nil }
    return hashes.flatMap(\.rawRepresentation)
  }

  /// The entry bundle under a tile of level 0, where a published tree holds it.
  public func entries(under tile: Tile) -> [UInt8]? {
    guard isPublished(tile), let entries = try? store.entries(under: tile) else { return nil }
    var bundle = EntryBundle()
    for entry in entries { guard (try? bundle.append(entry)) != nil else { return nil } }
    return bundle.encoded
  }

  /// An older tree's root, and the proof that a newer tree extends it.
  /// - Throws: `log-tree-size-unknown` for a size that was not published.
  public func consistency(
    from oldSize: UInt64, to newSize: UInt64
  ) throws(LogError) -> (oldRoot: TreeHash, proof: ConsistencyProof) {
    guard let published, newSize <= published.treeSize else {
      throw LogError(TransparencyLogError.treeSizeUnknown, "no published tree of \(newSize)")
    }
    do {
      return (try tree.root(treeSize: oldSize), try tree.consistencyProof(from: oldSize, to: newSize))
    } catch {
      throw LogError(error)
    }
  }

  private func isPublished(_ tile: Tile) -> Bool {
    guard let published, tile.level * Tile.height < UInt64.bitWidth else { return false }
    let hashCount = published.treeSize >> UInt64(tile.level * Tile.height)
    let (start, overflows) = tile.index.multipliedReportingOverflow(by: UInt64(Tile.fullWidth))
    return !overflows && start < hashCount && hashCount - start >= UInt64(tile.width)
  }

  private func extend(by entry: [UInt8], leafHash: TreeHash) throws(LogError) {
    var longer = tree
    longer.append(leafHash: leafHash)
    let note = try sign(longer)
    try store.append(entry, tree: longer, signedNote: note)
    indices[leafHash] = tree.treeSize
    tree = longer
    signedNote = note
  }

  private func sign(_ tree: MerkleTree) throws(LogError) -> SignedNote {
    do {
      let checkpoint = try Checkpoint(
        origin: key.verifierKey.name, treeSize: tree.treeSize, rootHash: tree.root)
      return try SignedNote(text: checkpoint.text, signatures: [key.sign(checkpoint.text)])
    } catch {
      throw LogError(error)
    }
  }

  /// Has the tree cosigned, verifies the result as any client would, and only then publishes it.
  private func publishTree() async throws(LogError) -> Published {
    if signedNote == nil {
      let note = try sign(tree)
      try store.writeSigned(note)
      signedNote = note
    }
    guard var note = signedNote else { throw LogError(LogError.stateUnusable, "the tree is not signed") }
    for (index, cosignature) in await cosignatures(on: note) {
      witnessSizes[index] = tree.treeSize
      note.append(cosignature)
    }
    do {
      _ = try verifier.verify(note)
      try store.publish(note)
    } catch let error as TransparencyLogError {
      lastFailure = error.code
      throw LogError(error)
    } catch let error as LogError {
      lastFailure = error.code
      throw error
    } catch {
      throw LogError(LogError.stateUnusable, "the checkpoint cannot be published")
    }
    lastFailure = nil
    let newest = try Self.published(note)
    published = newest
    return newest
  }

  private func cosignatures(on note: SignedNote) async -> [(index: Int, signature: NoteSignature)] {
    let tree = tree
    return await withTaskGroup(of: (Int, NoteSignature?).self) { group in
      for (index, endpoint) in witnesses.enumerated() {
        let client = WitnessClient(endpoint: endpoint, exchange: exchange, now: now)
        let knownSize = witnessSizes[index]
        group.addTask { (index, await client.cosign(note, tree: tree, knownSize: knownSize)) }
      }
      var signatures: [(Int, NoteSignature)] = []
      for await case (let index, let signature?) in group { signatures.append((index, signature)) }
      return signatures.sorted { $0.0 < $1.0 }.map { (index: $0.0, signature: $0.1) }
    }
  }

  private func proof(_ index: UInt64, under published: Published) throws(LogError) -> TLogProof {
    do {
      let inclusion = try tree.inclusionProof(leafIndex: index, treeSize: published.treeSize)
      return TLogProof(index: index, hashes: inclusion.hashes, note: published.note)
    } catch {
      throw LogError(error)
    }
  }

  private static func published(_ note: SignedNote) throws(LogError) -> Published {
    do { return Published(note: note, treeSize: try Checkpoint(parsing: note.text).treeSize) } catch {
      throw LogError(error)
    }
  }

  /// Waits for the turn: asking witnesses suspends, and one tree is appended and cosigned at a time.
  private func take() async throws(LogError) {
    guard isTaken else {
      isTaken = true
      return
    }
    guard waiters.count < Self.waiterLimit else {
      throw LogError(LogError.busy, "\(waiters.count) requests wait")
    }
    await withCheckedContinuation { waiters.append($0) }
  }

  private func release() {
    if waiters.isEmpty { isTaken = false } else { waiters.removeFirst().resume() }
  }
}
