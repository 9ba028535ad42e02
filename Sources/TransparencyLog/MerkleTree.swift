/// An append-only tree of RFC 6962 in memory: roots and proofs for every size it ever had.
public struct MerkleTree: Sendable {
  /// `levels[h]` holds the hashes of all complete subtrees of 2^h leaves, in order.
  private var levels: [[TreeHash]] = [[]]

  public init() {}

  public init(leafHashes: some Sequence<TreeHash>) {
    for hash in leafHashes { append(leafHash: hash) }
  }

  /// The number of leaves.
  public var treeSize: UInt64 { UInt64(levels[0].count) }

  public var leafHashes: [TreeHash] { levels[0] }

  public mutating func append(leafHash: TreeHash) {
    levels[0].append(leafHash)
    var height = 0
    while levels[height].count.isMultiple(of: 2) {
      let count = levels[height].count
      let parent = RFC6962.nodeHash(levels[height][count - 2], levels[height][count - 1])
      height += 1
      if height == levels.count { levels.append([]) }
      levels[height].append(parent)
    }
  }

  /// The root over all leaves.
  public var root: TreeHash { treeSize == 0 ? RFC6962.emptyRoot : subtreeHash(0..<treeSize) }

  /// - Throws: `log-tree-size-unknown`.
  public func root(treeSize size: UInt64) throws(TransparencyLogError) -> TreeHash {
    try requireKnown(size)
    return size == 0 ? RFC6962.emptyRoot : subtreeHash(0..<size)
  }

  /// - Throws: `log-tree-size-unknown` unless the leaf is in the tree of that size, and that tree in this one.
  public func inclusionProof(
    leafIndex: UInt64, treeSize size: UInt64
  ) throws(TransparencyLogError) -> InclusionProof {
    try requireKnown(size)
    guard leafIndex < size else { throw unknown("leaf \(leafIndex) is not in a tree of \(size)") }
    var hashes: [TreeHash] = []
    var range = 0..<size
    while range.count > 1 {
      let middle = Self.middle(of: range)
      if leafIndex < middle {
        hashes.append(subtreeHash(middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        hashes.append(subtreeHash(range.lowerBound..<middle))
        range = middle..<range.upperBound
      }
    }
    return InclusionProof(leafIndex: leafIndex, treeSize: size, hashes: hashes.reversed())
  }

  /// Empty for an empty older tree, of which there is nothing to prove.
  /// - Throws: `log-tree-size-unknown`.
  public func consistencyProof(
    from oldSize: UInt64, to newSize: UInt64
  ) throws(TransparencyLogError) -> ConsistencyProof {
    try requireKnown(newSize)
    guard oldSize <= newSize else { throw unknown("a tree of \(oldSize) is no part of one of \(newSize)") }
    var hashes: [TreeHash] = []
    var range = 0..<newSize
    // The part of the older tree in `range` is a subtree of the newer one only when it starts at its first leaf.
    while oldSize > 0, oldSize != range.upperBound {
      let middle = Self.middle(of: range)
      if oldSize <= middle {
        hashes.append(subtreeHash(middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        hashes.append(subtreeHash(range.lowerBound..<middle))
        range = middle..<range.upperBound
      }
    }
    if oldSize > 0, range.lowerBound > 0 { hashes.append(subtreeHash(range)) }
    return ConsistencyProof(oldSize: oldSize, newSize: newSize, hashes: hashes.reversed())
  }

  /// The hashes of a tile of tlog-tiles, for a tree of at least the tile's end.
  /// - Throws: `log-tree-size-unknown`.
  public func hashes(of tile: Tile) throws(TransparencyLogError) -> [TreeHash] {
    let height = tile.level * Tile.height
    let (start, overflows) = tile.index.multipliedReportingOverflow(by: UInt64(Tile.fullWidth))
    guard !overflows, height < levels.count, start < UInt64(levels[height].count),
      levels[height].count - Int(start) >= tile.width
    else { throw unknown("a tile ends after the tree") }
    return Array(levels[height][Int(start)..<Int(start) + tile.width])
  }

  private func requireKnown(_ size: UInt64) throws(TransparencyLogError) {
    guard size <= treeSize else { throw unknown("the tree has \(treeSize) leaves, asked for \(size)") }
  }

  private func unknown(_ what: String) -> TransparencyLogError {
    TransparencyLogError(TransparencyLogError.treeSizeUnknown, what)
  }

  /// Where RFC 6962 splits: after the largest power of two below the number of leaves.
  private static func middle(of range: Range<UInt64>) -> UInt64 {
    let count = range.upperBound - range.lowerBound
    return range.lowerBound + 1 << (UInt64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }

  private func subtreeHash(_ range: Range<UInt64>) -> TreeHash {
    let count = range.upperBound - range.lowerBound
    if count & (count - 1) == 0 {
      let height = count.trailingZeroBitCount
      return levels[height][Int(range.lowerBound >> UInt64(height))]
    }
    let middle = Self.middle(of: range)
    return RFC6962.nodeHash(subtreeHash(range.lowerBound..<middle), subtreeHash(middle..<range.upperBound))
  }
}
