/// Shows that a leaf stands at one index of a tree (RFC 6962, section 2.1.1; RFC 9162, section 2.1.3).
public struct InclusionProof: Sendable, Equatable {
  /// Zero-based.
  public let leafIndex: UInt64
  /// The number of leaves of the tree whose root is proven against.
  public let treeSize: UInt64
  /// From the leaf's sibling up to the root's child.
  public let hashes: [TreeHash]

  public init(leafIndex: UInt64, treeSize: UInt64, hashes: [TreeHash]) {
    self.leafIndex = leafIndex
    self.treeSize = treeSize
    self.hashes = hashes
  }

  /// Verifies as RFC 9162, section 2.1.3.2, says.
  /// - Throws: `log-inclusion-invalid`.
  public func verify(leafHash: TreeHash, root: TreeHash) throws(TransparencyLogError) {
    guard leafIndex < treeSize else { throw invalid("the leaf index is not below the tree size") }
    var index = leafIndex
    var last = treeSize - 1
    var hash = leafHash
    for sibling in hashes {
      guard last != 0 else { throw invalid("the proof is too long") }
      if index & 1 == 1 || index == last {
        hash = RFC6962.nodeHash(sibling, hash)
        while index & 1 == 0, index != 0 {
          index >>= 1
          last >>= 1
        }
      } else {
        hash = RFC6962.nodeHash(hash, sibling)
      }
      index >>= 1
      last >>= 1
    }
    guard last == 0 else { throw invalid("the proof is too short") }
    guard hash == root else { throw invalid("the proof leads to another root") }
  }

  private func invalid(_ what: StaticString) -> TransparencyLogError {
    TransparencyLogError(
      TransparencyLogError.inclusionInvalid, "\(what), leaf index \(leafIndex), tree size \(treeSize)")
  }
}
