import WireFormat

/// What `/epoch/<n>` serves: one file, frozen when published (docs/formats/epoch-file.md).
///
/// Decoding says nothing about who wrote it; its parts are verified one by one.
public struct EpochFile: Sendable, Equatable {
  static let label = Array("cloister epoch file".utf8)
  static let version: UInt16 = 1
  public static let byteLimit = EpochBundle.byteLimit + (1 << 20)

  /// A consistency proof from an older head that clients may remember to the head of this file's note.
  public struct KnownHead: Sendable, Equatable {
    public var treeSize: UInt64
    public var rootHash: [UInt8]
    public var hashes: [[UInt8]]

    public init(treeSize: UInt64, rootHash: [UInt8], hashes: [[UInt8]]) {
      self.treeSize = treeSize
      self.rootHash = rootHash
      self.hashes = hashes
    }
  }

  public var bundle: [UInt8]
  /// The signed epoch leaf: the log's entry, byte for byte.
  public var leaf: [UInt8]
  /// Inclusion of the leaf, with the cosigned note (C2SP tlog-proof).
  public var proof: [UInt8]
  public var knownHeads: [KnownHead]

  public init(bundle: [UInt8], leaf: [UInt8], proof: [UInt8], knownHeads: [KnownHead]) {
    self.bundle = bundle
    self.leaf = leaf
    self.proof = proof
    self.knownHeads = knownHeads
  }

  /// The sizes that a file of this tree size proves consistency from: the last 24, and the last 30 divisible by 24.
  public static func knownSizes(treeSize: UInt64) -> [UInt64] {
    let recent = (1..<25).compactMap { treeSize > $0 ? treeSize - $0 : nil }
    let newestDay = treeSize / 24
    let days = (0..<30).compactMap { newestDay > $0 ? (newestDay - $0) * 24 : nil }
    return Set(recent + days).filter { $0 > 0 && $0 < treeSize }.sorted()
  }

  public var encoded: [UInt8] {
    var writer = WireWriter(reservingCapacity: bundle.count + 16_384)
    writer.writePrefixed(UInt16.self, Self.label)
    writer.writeInteger(Self.version)
    writer.writePrefixed(UInt32.self, bundle)
    writer.writePrefixed(UInt32.self, leaf)
    writer.writePrefixed(UInt32.self, proof)
    writer.writeInteger(UInt8(knownHeads.count))
    for head in knownHeads {
      writer.writeInteger(head.treeSize)
      writer.writePrefixed(UInt8.self, head.rootHash)
      writer.writeInteger(UInt8(head.hashes.count))
      for hash in head.hashes { writer.writePrefixed(UInt8.self, hash) }
    }
    return writer.bytes
  }

  /// - Throws: `trust-malformed`.
  public init(decoding bytes: [UInt8]) throws(TrustError) {
    guard bytes.count <= Self.byteLimit else {
      throw TrustError(TrustError.malformed, "epoch file has \(bytes.count) bytes, at most \(Self.byteLimit)")
    }
    do throws(WireError) {
      self = try WireCursor.parseWhole(bytes) { (cursor) throws(WireError) in try EpochFile(parsing: &cursor) }
    } catch {
      throw TrustError(TrustError.malformed, "epoch file: \(error.message)")
    }
  }

  private init(parsing cursor: inout WireCursor) throws(WireError) {
    guard try cursor.readPrefixedBytes(UInt16.self, field: "label").elementsEqual(Self.label),
      try cursor.readInteger(UInt16.self, field: "version") == Self.version
    else { throw WireError(WireError.invalidValue, "label or version is unknown") }
    bundle = Array(try cursor.readPrefixedBytes(UInt32.self, limit: EpochBundle.byteLimit, field: "bundle"))
    leaf = Array(try cursor.readPrefixedBytes(UInt32.self, limit: Statement.byteLimit, field: "leaf"))
    proof = Array(try cursor.readPrefixedBytes(UInt32.self, limit: 65_535, field: "proof"))
    knownHeads = try cursor.readList(count: UInt8.self, field: "known heads") { (cursor) throws(WireError) in
      KnownHead(
        treeSize: try cursor.readInteger(field: "tree size"),
        rootHash: try cursor.readDigest(field: "root hash"),
        hashes: try cursor.readList(count: UInt8.self, field: "hashes") { (cursor) throws(WireError) in
          try cursor.readDigest(field: "hash")
        })
    }
  }
}
