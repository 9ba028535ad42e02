import Trust
import WireFormat

/// The memory of epochs, and the epoch files that it and the receipts refer to.
struct EpochStore: Sendable {
  let folder: StateFolder
  let bundles: StateFolder

  private static let memoryName = "memory.json"

  /// Nil before the first epoch.
  /// - Throws: `state-damaged`, `state-unusable`.
  func memory() throws(ClientError) -> EpochMemory? {
    guard let bytes = try folder.read(Self.memoryName) else { return nil }
    return try EpochMemory(parsing: bytes)
  }

  static func fileName(bundleDigest: [UInt8]) -> String { bundleDigest.hexadecimal + ".epoch" }

  /// The epoch file whose bundle has this digest; nil where it is not stored.
  func file(bundleDigest: [UInt8]) throws(ClientError) -> [UInt8]? {
    try bundles.read(Self.fileName(bundleDigest: bundleDigest), byteLimit: EpochFile.byteLimit)
  }

  /// Remembers a verified epoch and stores its file; keeps the proof where it contradicts what was remembered.
  /// - Throws: the codes of `EpochMemory.succeeded(by:)`, `state-damaged`, `state-unusable`.
  func accept(_ epoch: VerifiedEpoch, file: [UInt8], conflicts: ConflictStore) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      let old = try memory()
      let new: EpochMemory
      do throws(SuccessionRefusal) {
        if let old {
          new = try old.succeeded(by: epoch)
        } else {
          new = EpochMemory(first: epoch)
        }
      } catch {
        if let other = error.conflictsWith {
          try conflicts.keep(error.error.code, first: try self.file(bundleDigest: other), second: file)
        }
        throw error.error
      }
      guard new != old else { return }
      if try self.file(bundleDigest: epoch.bundleDigest) == nil {
        try bundles.write(Self.fileName(bundleDigest: epoch.bundleDigest), file)
      }
      try folder.write(Self.memoryName, new.encoded)
    }
  }

  /// Removes the epoch files that nobody refers to: neither `references` nor the memory, which proves a fork with its
  /// heads' files. Those of the newest two epochs stay: a request under way may be about to refer to one.
  ///
  /// - Returns: how many.
  /// - Throws: `state-damaged`, `state-unusable`.
  func eraseFiles(except references: Set<[UInt8]>) throws(ClientError) -> Int {
    try folder.withLock { () throws(ClientError) in
      let memory = try memory()
      let heads = memory.map { [$0.newestHead, $0.dayHead].compactMap(\.self) } ?? []
      let remembered = heads.map(\.bundleDigest) + (memory.map { [$0.bundleDigest] } ?? [])
      let kept = Set(references.union(remembered).map { Self.fileName(bundleDigest: $0) })
      var count = 0
      for name in try bundles.names() where !kept.contains(name) {
        if let memory, try isOfNewestEpochs(name, memory) { continue }
        try bundles.erase(name)
        count += 1
      }
      return count
    }
  }

  private func isOfNewestEpochs(_ name: String, _ memory: EpochMemory) throws(ClientError) -> Bool {
    guard let bytes = try bundles.read(name, byteLimit: EpochFile.byteLimit),
      let file = try? EpochFile(decoding: bytes), let bundle = try? EpochBundle(decoding: file.bundle)
    else { return false }
    return bundle.epoch >= memory.epoch || memory.epoch - bundle.epoch <= 1
  }
}
