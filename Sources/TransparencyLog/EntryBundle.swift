/// The entries under one tile of level 0: each behind its length in two big-endian bytes (tlog-tiles, "Log entries").
public struct EntryBundle: Sendable, Equatable {
  /// The largest entry, in bytes.
  public static let entryByteLimit = 65_535

  public private(set) var entries: [[UInt8]]

  public init() { entries = [] }

  /// - Throws: `tile-malformed` for truncated entries, or more than 256 of them.
  public init(parsing bytes: [UInt8]) throws(TransparencyLogError) {
    entries = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard entries.count < Tile.fullWidth else { throw Self.malformed("more than \(Tile.fullWidth) entries") }
      guard rest.count >= 2 else { throw Self.malformed("an entry's length is truncated") }
      let byteCount = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
      rest = rest.dropFirst(2)
      guard rest.count >= byteCount else { throw Self.malformed("an entry is truncated") }
      entries.append(Array(rest.prefix(byteCount)))
      rest = rest.dropFirst(byteCount)
    }
  }

  /// - Throws: `tile-malformed` for an entry above 65,535 bytes, or a 257th.
  public mutating func append(_ entry: [UInt8]) throws(TransparencyLogError) {
    guard entry.count <= Self.entryByteLimit else {
      throw Self.malformed("an entry has \(entry.count) bytes, at most \(Self.entryByteLimit) are allowed")
    }
    guard entries.count < Tile.fullWidth else { throw Self.malformed("more than \(Tile.fullWidth) entries") }
    entries.append(entry)
  }

  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(0) { $0 + 2 + $1.count })
    for entry in entries {
      bytes.append(UInt8(truncatingIfNeeded: entry.count >> 8))
      bytes.append(UInt8(truncatingIfNeeded: entry.count))
      bytes.append(contentsOf: entry)
    }
    return bytes
  }

  private static func malformed(_ what: String) -> TransparencyLogError {
    TransparencyLogError(TransparencyLogError.tileMalformed, what)
  }
}
