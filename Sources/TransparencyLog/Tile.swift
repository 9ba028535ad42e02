/// The place of one tile of hashes (tlog-tiles, "Merkle Tree").
public struct Tile: Sendable, Hashable {
  /// Tree levels between a tile's hashes and the next tile level.
  public static let height = 8
  /// Hashes of a full tile.
  public static let fullWidth = 256
  static let levelLimit = 63

  public let level: Int
  public let index: UInt64
  /// How many hashes, 1 to 256; fewer than 256 make a partial tile.
  public let width: Int

  /// - Throws: `tile-malformed` for a level above 63 or a width outside 1 to 256.
  public init(level: Int, index: UInt64, width: Int) throws(TransparencyLogError) {
    guard (0...Self.levelLimit).contains(level), (1...Self.fullWidth).contains(width) else {
      throw TransparencyLogError(TransparencyLogError.tileMalformed, "level \(level), width \(width)")
    }
    self.level = level
    self.index = index
    self.width = width
  }

  public var isPartial: Bool { width < Self.fullWidth }

  /// `tile/<L>/<N>[.p/<W>]`, below a log's prefix.
  public var path: String { "tile/\(level)/" + pathOfIndex }

  /// `tile/entries/<N>[.p/<W>]`: the bundle of entries under a tile of level 0.
  public var entriesPath: String { "tile/entries/" + pathOfIndex }

  private var pathOfIndex: String {
    var rest = index
    var elements: [String] = []
    repeat {
      let digits = String(rest % 1000)
      let padded = String(repeating: "0", count: 3 - digits.count) + digits
      elements.append(elements.isEmpty ? padded : "x" + padded)
      rest /= 1000
    } while rest > 0
    return elements.reversed().joined(separator: "/") + (isPartial ? ".p/\(width)" : "")
  }

  /// Parses a tile's path as a client asks for it; only the one canonical spelling is taken.
  /// - Throws: `tile-malformed`.
  public init(path: String) throws(TransparencyLogError) {
    let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let level = Decimal64.parse(parts[1]), level <= UInt64(Self.levelLimit) else {
      throw TransparencyLogError(TransparencyLogError.tileMalformed, "not a tile's path")
    }
    try self.init(level: Int(level), indexPath: parts[2])
    guard self.path.isSameBytes(as: path) else {
      throw TransparencyLogError(TransparencyLogError.tileMalformed, "not the canonical path of a tile")
    }
  }

  /// Parses an entry bundle's path into its tile of level 0.
  /// - Throws: `tile-malformed`.
  public init(entriesPath path: String) throws(TransparencyLogError) {
    let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else {
      throw TransparencyLogError(TransparencyLogError.tileMalformed, "not an entry bundle's path")
    }
    try self.init(level: 0, indexPath: parts[2])
    guard entriesPath.isSameBytes(as: path) else {
      throw TransparencyLogError(TransparencyLogError.tileMalformed, "not the canonical path of an entry bundle")
    }
  }

  private init(level: Int, indexPath: Substring) throws(TransparencyLogError) {
    let malformed = TransparencyLogError(TransparencyLogError.tileMalformed, "not a tile's index")
    var elements = indexPath.split(separator: "/", omittingEmptySubsequences: false)
    var width = Self.fullWidth
    if elements.count >= 2, elements[elements.count - 2].hasSuffix(".p") {
      guard let partial = Decimal64.parse(elements.removeLast()), partial < UInt64(Self.fullWidth) else {
        throw malformed
      }
      width = Int(partial)
      elements[elements.count - 1] = elements[elements.count - 1].dropLast(2)
    }
    // Seven elements hold more than 64 bits; the canonical spelling is compared by the callers.
    guard elements.count <= 7 else { throw malformed }
    var index: UInt64 = 0
    for element in elements {
      guard let digits = UInt64(element.suffix(3)) else { throw malformed }
      let (product, productOverflows) = index.multipliedReportingOverflow(by: 1000)
      let (sum, sumOverflows) = product.addingReportingOverflow(digits)
      guard !productOverflows, !sumOverflows else { throw malformed }
      index = sum
    }
    try self.init(level: level, index: index, width: width)
  }

  /// The tiles that a log adds when its tree grows: every tile, full or partial, that the newer tree has and the
  /// older has not.
  public static func added(from oldSize: UInt64, to newSize: UInt64) -> [Tile] {
    var tiles: [Tile] = []
    var level = 0
    while level <= levelLimit, level * height < UInt64.bitWidth {
      let old = oldSize >> UInt64(level * height)
      let new = newSize >> UInt64(level * height)
      guard new > 0 else { break }
      if new > old {
        let full = UInt64(fullWidth)
        for index in old / full..<new / full {
          if let tile = try? Tile(level: level, index: index, width: fullWidth) { tiles.append(tile) }
        }
        if new % full > 0, let tile = try? Tile(level: level, index: new / full, width: Int(new % full)) {
          tiles.append(tile)
        }
      }
      level += 1
    }
    return tiles
  }

  /// A tile's bytes as hashes.
  /// - Throws: `tile-malformed` unless there are `width` hashes.
  public func hashes(parsing bytes: [UInt8]) throws(TransparencyLogError) -> [TreeHash] {
    guard bytes.count == width * TreeHash.byteCount else {
      throw TransparencyLogError(
        TransparencyLogError.tileMalformed, "a tile of width \(width) has \(bytes.count) bytes")
    }
    var hashes: [TreeHash] = []
    hashes.reserveCapacity(width)
    for offset in stride(from: 0, to: bytes.count, by: TreeHash.byteCount) {
      hashes.append(try TreeHash(bytes[offset..<offset + TreeHash.byteCount]))
    }
    return hashes
  }
}
