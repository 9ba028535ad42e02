import ErrorCodes
import TransparencyLog
import Trust

/// Why a verified epoch does not follow the one remembered. A conflict is proven by two files with signatures.
struct SuccessionRefusal: Error {
  let error: ClientError
  /// The bundle whose file contradicts the new one; nil where nothing is proven.
  let conflictsWith: [UInt8]?
}

extension EpochMemory {
  /// The memory of a first epoch.
  init(first epoch: VerifiedEpoch) {
    self.init(
      epoch: epoch.number, quorumTime: epoch.quorumSeconds, bundleDigest: epoch.bundleDigest,
      newestHead: epoch.head, dayHead: epoch.dayHead, issuerDay: epoch.bundle.issuerDay,
      issuerKeyDigest: epoch.issuerKeyDigest)
  }

  private init(
    epoch: UInt64, quorumTime: UInt64, bundleDigest: [UInt8], newestHead: Head, dayHead: Head?, issuerDay: UInt64,
    issuerKeyDigest: [UInt8]
  ) {
    self.epoch = epoch
    self.quorumTime = quorumTime
    self.bundleDigest = bundleDigest
    self.newestHead = newestHead
    self.dayHead = dayHead
    self.issuerDay = issuerDay
    self.issuerKeyDigest = issuerKeyDigest
  }

  /// The memory after `next`, which never lies behind this one or beside it.
  ///
  /// - Throws: with the codes `epoch-rollback`, `epoch-second-digest`, `issuer-key-second`, `log-rollback`, `log-fork`,
  ///   `log-consistency-missing`, `log-consistency-invalid`.
  func succeeded(by next: VerifiedEpoch) throws(SuccessionRefusal) -> EpochMemory {
    if next.number == epoch, next.bundleDigest != bundleDigest {
      throw conflict(ClientError.epochSecondDigest, "epoch \(epoch) has a second bundle", with: bundleDigest)
    }
    try requireExtension(by: next)
    guard next.number >= epoch, next.quorumSeconds >= quorumTime else {
      throw refusal(ClientError.epochRollback, "epoch \(next.number) lies before epoch \(epoch), already accepted")
    }
    if next.bundle.issuerDay == issuerDay, next.issuerKeyDigest != issuerKeyDigest {
      throw conflict(ClientError.issuerKeySecond, "issuer day \(issuerDay) has a second token key", with: bundleDigest)
    }
    var memory = EpochMemory(first: next)
    if memory.dayHead == nil { memory.dayHead = dayHead }
    return memory
  }

  /// Away for longer than files prove, the client counts as new but keeps its floor.
  private func requireExtension(by next: VerifiedEpoch) throws(SuccessionRefusal) {
    if try requireExtension(of: newestHead, by: next) { return }
    if let dayHead { _ = try requireExtension(of: dayHead, by: next) }
  }

  /// False where no file of that size proves anything about a head so old.
  private func requireExtension(of head: Head, by next: VerifiedEpoch) throws(SuccessionRefusal) -> Bool {
    let newSize = next.head.treeSize
    if newSize < head.treeSize {
      throw refusal(ClientError.logRollback, "log has \(newSize) leaves, had \(head.treeSize) already")
    }
    let provenRoot: [UInt8]
    if newSize == head.treeSize {
      provenRoot = next.head.rootHash
    } else {
      do {
        guard let root = try next.provenRoot(treeSize: head.treeSize) else { return false }
        provenRoot = root
      } catch {
        throw SuccessionRefusal(error: error, conflictsWith: nil)
      }
    }
    guard provenRoot == head.rootHash else {
      throw conflict(
        ClientError.logFork, "log does not extend its head of \(head.treeSize) leaves", with: head.bundleDigest)
    }
    return true
  }

  private func refusal(_ code: ErrorCode, _ message: String) -> SuccessionRefusal {
    SuccessionRefusal(error: ClientError(code, message), conflictsWith: nil)
  }

  private func conflict(_ code: ErrorCode, _ message: String, with bundle: [UInt8]) -> SuccessionRefusal {
    SuccessionRefusal(error: ClientError(code, message), conflictsWith: bundle)
  }
}
