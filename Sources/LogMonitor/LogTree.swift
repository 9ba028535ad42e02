import TransparencyLog

/// The roots of a log's full tiles, and the leaves after them: enough to compute the root of any size with one tile at
/// hand.
struct LogTree: Sendable {
  /// Roots of 256 leaves each.
  let tileRoots: [TreeHash]
  /// Leaf hashes after the last full tile.
  let rest: [TreeHash]

  var treeSize: UInt64 { UInt64(tileRoots.count * Tile.fullWidth + rest.count) }

  var root: TreeHash { Self.root(tileRoots, rest) }

  /// - Parameter leaves: the leaf hashes of the tile in which the size ends; empty where it ends with one.
  func root(fullTiles: Int, leaves: some Collection<TreeHash>) -> TreeHash {
    Self.root(tileRoots[..<fullTiles], Array(leaves))
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
