public import DurableFiles
public import ErrorCodes
public import Foundation
public import HTTPMessages
public import TransparencyLog

/// One log: makes entries last in the order in which they come, has witnesses cosign the tree, and publishes it only
/// once enough of them did.
///
/// Entries that come while others are written are written together, so that many writers share one synchronization and a
/// lone one waits for nobody. A failed write stops the log until it is opened again, because nobody knows what lasts.
public actor LogService {
  /// The most entries that may wait to be written.
  public static let queueLimit = 4_096
  /// Bytes of entries outside tiles beyond which tiles are written though nobody asks for a tree.
  private static let journalByteLimit = 8 << 20
  /// The same as a number of entries.
  private static let journalEntryLimit = 64 << 10

  private let key: NoteSigningKey
  private let successor: NoteSigningKey?
  private let admission: EntryAdmission
  private var store: LogStore
  private let witnesses: [WitnessEndpoint]
  private let verifier: LogVerifier
  private let exchange: any HTTPExchange
  private let now: @Sendable () -> Date

  /// Every entry that lasts.
  private var tree: MerkleTree
  private var indices: [TreeHash: UInt64]
  /// The last entries of the tree, which only the journal holds.
  private var pending: [[UInt8]]
  private var pendingByteCount = 0
  private var queue: [QueuedEntry] = []
  /// The note over the tree that tiles hold.
  private var signedNote: SignedNote?
  private var published: Published?
  private var publication: Publication?
  /// The size that each witness holds, in the order of `witnesses`; its answer corrects a wrong one.
  private var witnessSizes: [UInt64]
  private var lastFailure: ErrorCode?
  private var stopped: LogError?

  private struct QueuedEntry {
    let entry: [UInt8]
    let leafHash: TreeHash
    let continuation: CheckedContinuation<Result<UInt64, LogError>, Never>
  }

  private struct Published {
    var note: SignedNote
    var treeSize: UInt64
  }

  /// A tree on its way to the witnesses.
  private struct Publication {
    let treeSize: UInt64
    let task: Task<Result<Published, LogError>, Never>
  }

  /// Opens the log's files, or begins an empty log.
  /// - Parameters:
  ///   - successor: a key of the same name that is to take the place of `key`: every tree is signed by both, so that
  ///     whoever knows either can go on.
  ///   - files: the log's folder.
  ///   - threshold: how many witnesses must cosign before a tree is published.
  ///   - declaredFaults: how many witnesses may collude with the log.
  /// - Throws: `log-state-unusable`, `witness-policy-unsafe`.
  public init(
    key: NoteSigningKey, successor: NoteSigningKey? = nil, admission: EntryAdmission, files: any DurableFileSystem,
    witnesses: [WitnessEndpoint], threshold: Int, declaredFaults: Int = 1, exchange: any HTTPExchange,
    now: @escaping @Sendable () -> Date = { Date() }
  ) throws(LogError) {
    self.key = key
    self.successor = successor
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
    let store = LogStore(files, key: key.verifierKey)
    self.store = store
    let loaded = try store.load()
    tree = loaded.tree
    signedNote = try loaded.signedNote.map { (note) throws(LogError) in
      // A tree that was signed before there was a successor is signed again, and is the same tree.
      guard let successor, !note.signatures.contains(where: successor.verifierKey.matches) else { return note }
      let signed = try Self.sign(note.text, key, successor)
      try store.writeSigned(signed)
      return signed
    }
    pending = loaded.pending
    for entry in pending {
      tree.append(leafHash: RFC6962.leafHash(entry))
      pendingByteCount += entry.count
    }
    indices = Dictionary(zip(tree.leafHashes, 0...), uniquingKeysWith: { first, _ in first })
    published = try loaded.publishedNote.map { (note) throws(LogError) in try Self.published(note) }
    witnessSizes = Array(repeating: published?.treeSize ?? 0, count: witnesses.count)
    // Entries that no published tree holds wait for witnesses.
    if published?.treeSize ?? 0 < tree.treeSize { lastFailure = TransparencyLogError.witnessQuorum }
  }

  /// Why the newest tree is not published, or the log stopped; nil while all is well.
  public var health: ErrorCode? { stopped?.code ?? lastFailure }

  /// The newest published note; nil before the first.
  public var publishedNote: [UInt8]? { published?.note.encoded }

  /// The number of entries, published or not.
  public var treeSize: UInt64 { tree.treeSize }

  // MARK: Entries

  /// Appends an entry, or finds it where it already stands, and returns its proof under a cosigned checkpoint.
  ///
  /// An entry stays in the log when too few witnesses answer; sending it again then asks them again.
  /// - Throws: as `add(_:)`; `witness-quorum`.
  public func append(_ entry: [UInt8]) async throws(LogError) -> TLogProof {
    let index = try await add(entry)
    return try proof(index, under: try await published(covering: index))
  }

  /// Appends an entry, or finds it where it already stands, and returns its index once the entry lasts; it need not be
  /// in a published tree yet.
  /// - Throws: `log-entry-too-large`, the admission's codes, `log-busy`, `log-state-unusable`.
  public nonisolated func add(_ entry: [UInt8]) async throws(LogError) -> UInt64 {
    guard entry.count <= EntryBundle.entryByteLimit else {
      throw LogError(
        LogError.entryTooLarge, "an entry has \(entry.count) bytes, at most \(EntryBundle.entryByteLimit) are allowed")
    }
    return try await add(entry, leafHash: RFC6962.leafHash(entry))
  }

  private func add(_ entry: [UInt8], leafHash: TreeHash) async throws(LogError) -> UInt64 {
    if let stopped { throw stopped }
    guard queue.count < Self.queueLimit else { throw LogError(LogError.busy, "\(queue.count) entries wait") }
    let answer = await withCheckedContinuation { continuation in
      queue.append(QueuedEntry(entry: entry, leafHash: leafHash, continuation: continuation))
      // Whoever calls before this task runs is written with this entry.
      if queue.count == 1 { Task { writeQueue() } }
    }
    return try answer.get()
  }

  /// Makes everything that waits last, in one write.
  private func writeQueue() {
    let batch = queue
    queue = []
    var answers: [Result<UInt64, LogError>] = []
    var added: [(entry: [UInt8], leafHash: TreeHash)] = []
    let firstIndex = tree.treeSize
    for item in batch {
      answers.append(
        Result { () throws(LogError) in
          if let stopped { throw stopped }
          if let earlier = indices[item.leafHash] { return earlier }
          let index = firstIndex + UInt64(added.count)
          try admission.admit(item.entry, at: index)
          indices[item.leafHash] = index
          added.append((item.entry, item.leafHash))
          return index
        })
    }
    if !added.isEmpty {
      do {
        try stopping { (store) throws(LogError) in try store.journal(added.map(\.entry), from: firstIndex) }
        for (entry, leafHash) in added {
          tree.append(leafHash: leafHash)
          pending.append(entry)
          pendingByteCount += entry.count
        }
      } catch {
        answers = batch.map { _ in .failure(error) }
      }
    }
    for (item, answer) in zip(batch, answers) { item.continuation.resume(returning: answer) }
    // Nobody is told of a failure here: whoever comes next is.
    if pendingByteCount > Self.journalByteLimit || pending.count > Self.journalEntryLimit { _ = try? integrate() }
  }

  // MARK: Trees

  /// Asks the witnesses for fresh cosignatures on the newest tree and publishes the note.
  /// - Throws: `witness-quorum`, `log-state-unusable`.
  public func refresh() async throws(LogError) -> [UInt8] {
    while let running = publication { _ = await running.task.value }
    return try await startPublication().task.value.get().note.encoded
  }

  /// A published tree that holds a leaf; asks the witnesses where there is none yet. Entries that come meanwhile share
  /// the next tree.
  private func published(covering index: UInt64) async throws(LogError) -> Published {
    while true {
      if let published, published.treeSize > index { return published }
      let running = if let publication { publication } else { try startPublication() }
      let result = await running.task.value
      if running.treeSize > index { return try result.get() }
    }
  }

  private func startPublication() throws(LogError) -> Publication {
    if let stopped { throw stopped }
    let note = try integrate()
    // The tree may grow while the witnesses are asked.
    let size = tree.treeSize
    let task = Task { () -> Result<Published, LogError> in
      let result: Result<Published, LogError>
      do throws(LogError) { result = .success(try await publish(note, treeSize: size)) } catch {
        result = .failure(error)
      }
      publication = nil
      return result
    }
    let started = Publication(treeSize: size, task: task)
    publication = started
    return started
  }

  /// Writes what only the journal holds into tiles, and signs the tree.
  private func integrate() throws(LogError) -> SignedNote {
    if pending.isEmpty, let signedNote { return signedNote }
    let note = try sign(tree)
    let (entries, tree) = (pending, tree)
    try stopping { (store) throws(LogError) in
      if entries.isEmpty {
        try store.writeSigned(note)
      } else {
        try store.integrate(entries, tree: tree, signedNote: note)
      }
    }
    signedNote = note
    pending = []
    pendingByteCount = 0
    return note
  }

  /// Has a tree cosigned, verifies the result as any client would, and only then publishes it.
  private func publish(_ signed: SignedNote, treeSize: UInt64) async throws(LogError) -> Published {
    var note = signed
    for (index, cosignature) in await cosignatures(on: signed, treeSize: treeSize) {
      witnessSizes[index] = treeSize
      note.append(cosignature)
    }
    do {
      _ = try verifier.verify(note)
    } catch {
      lastFailure = error.code
      throw LogError(error)
    }
    let complete = note
    try stopping { (store) throws(LogError) in try store.publish(complete) }
    let newest = try Self.published(note)
    published = newest
    lastFailure = nil
    return newest
  }

  /// Runs a change of files; one that fails stops the log.
  private func stopping(_ change: (inout LogStore) throws(LogError) -> Void) throws(LogError) {
    if let stopped { throw stopped }
    do {
      try change(&store)
    } catch {
      stopped = error
      throw error
    }
  }

  private func sign(_ tree: MerkleTree) throws(LogError) -> SignedNote {
    do {
      let checkpoint = try Checkpoint(
        origin: key.verifierKey.name, treeSize: tree.treeSize, rootHash: tree.root)
      return try Self.sign(checkpoint.text, key, successor)
    } catch let error as TransparencyLogError {
      throw LogError(error)
    } catch {
      throw LogError(LogError.stateUnusable, "the tree cannot be signed")
    }
  }

  private static func sign(
    _ text: String, _ key: NoteSigningKey, _ successor: NoteSigningKey?
  ) throws(LogError) -> SignedNote {
    do {
      return try SignedNote(
        text: text, signatures: try ([key] + (successor.map { [$0] } ?? [])).map { try $0.sign(text) })
    } catch let error as TransparencyLogError {
      throw LogError(error)
    } catch {
      throw LogError(LogError.stateUnusable, "the tree cannot be signed")
    }
  }

  // MARK: Reading

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

  private func cosignatures(
    on note: SignedNote, treeSize: UInt64
  ) async -> [(index: Int, signature: NoteSignature)] {
    await withTaskGroup(of: (Int, NoteSignature?).self) { group in
      for (index, endpoint) in witnesses.enumerated() {
        let client = WitnessClient(endpoint: endpoint, exchange: exchange, now: now)
        let knownSize = witnessSizes[index]
        group.addTask {
          let signature = await client.cosign(note, treeSize: treeSize, knownSize: knownSize) { oldSize in
            await self.consistencyProof(from: oldSize, to: treeSize)
          }
          return (index, signature)
        }
      }
      var signatures: [(Int, NoteSignature)] = []
      for await case (let index, let signature?) in group { signatures.append((index, signature)) }
      return signatures.sorted { $0.0 < $1.0 }.map { (index: $0.0, signature: $0.1) }
    }
  }

  private func consistencyProof(from oldSize: UInt64, to newSize: UInt64) -> ConsistencyProof? {
    try? tree.consistencyProof(from: oldSize, to: newSize)
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
}
