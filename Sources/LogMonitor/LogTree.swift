import TransparencyLog

/// The roots of a log's full tiles, and the leaves after them: enough to compute the root of any size with one tile at
/// hand.
struct LogTree: Sendable {
  /// Tiles whose leaves are kept, by index.
  var wantedTiles: Set<UInt64> = []
  /// Roots of 256 leaves each.
  private(set) var tileRoots: [TreeHash] = []
  /// Leaf hashes after the last full tile.
  var rest: [TreeHash] = []
  private var keptLeaves: [UInt64: [TreeHash]] = [:]

  mutating func append(_ root: TreeHash, _ leaves: [TreeHash]) {
    let index = UInt64(tileRoots.count)
    if wantedTiles.contains(index) { keptLeaves[index] = leaves }
    tileRoots.append(root)
  }

  var treeSize: UInt64 { UInt64(tileRoots.count) * UInt64(Tile.fullWidth) + UInt64(rest.count) }

  var root: TreeHash { Self.root(tileRoots, rest) }

  /// The root at a size up to this tree's that ends with a tile or in a wanted one; nil for any other.
  func root(treeSize size: UInt64) -> TreeHash? {
    guard size <= treeSize else { return nil }
    let (fullTiles, width) = size.quotientAndRemainder(dividingBy: UInt64(Tile.fullWidth))
    let roots = tileRoots.prefix(Int(fullTiles))
    guard width > 0 else { return Self.root(roots, []) }
    guard let leaves = fullTiles == UInt64(tileRoots.count) ? rest : keptLeaves[fullTiles] else { return nil }
    return Self.root(roots, Array(leaves.prefix(Int(width))))
  }

  private static func root(_ tileRoots: some Collection<TreeHash>, _ rest: [TreeHash]) -> TreeHash {
    guard !rest.isEmpty else { return tileRoots.isEmpty ? RFC6962.emptyRoot : root(of: Array(tileRoots)) }
    guard !tileRoots.isEmpty else { return root(of: rest) }
    // The rest is a tree of its own, beside the full tiles on its right.
    return root(of: tileRoots + [root(of: rest)])
  }

  /// The root over hashes of complete subtrees of one height, the last of which may be lower.
  static func root(of hashes: [TreeHash]) -> TreeHash {
    var level = hashes
    while level.count > 1 {
      var next: [TreeHash] = []
      next.reserveCapacity((level.count + 1) / 2)
      for index in stride(from: 0, to: level.count - 1, by: 2) {
        next.append(RFC6962.nodeHash(level[index], level[index + 1]))
      }
      // A hash without a neighbour moves up as it is.
      if level.count % 2 == 1, let last = level.last { next.append(last) }
      level = next
    }
    return level.first ?? RFC6962.emptyRoot
  }
}
