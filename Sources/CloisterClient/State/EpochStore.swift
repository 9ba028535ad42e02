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
}
