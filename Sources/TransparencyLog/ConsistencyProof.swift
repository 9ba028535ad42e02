/// Shows that a tree extends an older one (RFC 6962, section 2.1.2; RFC 9162, section 2.1.4).
public struct ConsistencyProof: Sendable, Equatable {
  /// As many as a proof between trees below 2^63 leaves can need, and as tlog-witness allows.
  public static let hashLimit = 63

  public let oldSize: UInt64
  public let newSize: UInt64
  public let hashes: [TreeHash]

  public init(oldSize: UInt64, newSize: UInt64, hashes: [TreeHash]) {
    self.oldSize = oldSize
    self.newSize = newSize
    self.hashes = hashes
  }

  /// Verifies as RFC 9162, section 2.1.4.2, says. Nothing is proven of an empty older tree: that is refused.
  /// - Throws: `log-consistency-invalid`.
  public func verify(oldRoot: TreeHash, newRoot: TreeHash) throws(TransparencyLogError) {
    guard oldSize > 0 else { throw invalid("the older tree is empty") }
    guard oldSize <= newSize else { throw invalid("the newer tree is smaller") }
    if oldSize == newSize {
      guard hashes.isEmpty else { throw invalid("the proof is too long") }
      guard oldRoot == newRoot else { throw invalid("two trees of one size differ") }
      return
    }
    // A complete older tree is itself the first node, and the proof leaves it out.
    let path = oldSize & (oldSize - 1) == 0 ? [oldRoot] + hashes : hashes
    guard let first = path.first else { throw invalid("the proof is too short") }
    var old = oldSize - 1
    var new = newSize - 1
    while old & 1 == 1 {
      old >>= 1
      new >>= 1
    }
    var oldHash = first
    var newHash = first
    for hash in path.dropFirst() {
      guard new != 0 else { throw invalid("the proof is too long") }
      if old & 1 == 1 || old == new {
        oldHash = RFC6962.nodeHash(hash, oldHash)
        newHash = RFC6962.nodeHash(hash, newHash)
        while old & 1 == 0, old != 0 {
          old >>= 1
          new >>= 1
        }
      } else {
        newHash = RFC6962.nodeHash(newHash, hash)
      }
      old >>= 1
      new >>= 1
    }
    guard new == 0 else { throw invalid("the proof is too short") }
    guard oldHash == oldRoot, newHash == newRoot else { throw invalid("the proof leads to other roots") }
  }

  private func invalid(_ what: StaticString) -> TransparencyLogError {
    TransparencyLogError(
      TransparencyLogError.consistencyInvalid, "\(what), sizes \(oldSize) and \(newSize)")
  }
}
