import TestSupport
import Testing
import TransparencyLog
import WireFormat

@Suite("tiles and entry bundles")
struct TileTests {
  @Test(
    "tile paths are written in elements of three digits",
    arguments: [
      (0, UInt64(1_234_067), 256, "tile/0/x001/x234/067"), (0, 0, 1, "tile/0/000.p/1"),
      (63, 999, 255, "tile/63/999.p/255"), (1, 1000, 256, "tile/1/x001/000"),
      (0, .max, 7, "tile/0/x018/x446/x744/x073/x709/x551/615.p/7"),
    ])
  func paths(level: Int, index: UInt64, width: Int, path: String) throws {
    let tile = try Tile(level: level, index: index, width: width)
    #expect(tile.path == path)
    #expect(try Tile(path: path) == tile)
    if level == 0 { #expect(try Tile(entriesPath: tile.entriesPath) == tile) }
  }

  @Test(
    "any other spelling of a path is refused",
    arguments: [
      "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/00/000", "tile/64/000", "tile/0/000.p/0", "tile/0/000.p/256",
      "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000.p", "tile/0/x000/000", "tile/0/001/000", "tile/0/x001",
      "tile/-1/000",
      "tile/0/000/", "/tile/0/000", "tile/0/../000", "tile/0/+00", "tile/0/.p/1", "tile/0/\u{600}.p/1",
      "tile/0/000.p/1/2",
      "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/x001/x000/x000/x000/x000/x000/x000/000", "tile/0/0\u{301}00",
      "tile/entries/000",
    ])
  func otherPaths(path: String) {
    #expect(throws: TransparencyLogError(TransparencyLogError.tileMalformed, "")) { try Tile(path: path) }
  }

  @Test("growth adds the tiles that a tree of 70,000 has")
  func added() throws {
    let tiles = Tile.added(from: 0, to: 70_000)
    #expect(tiles.count { $0.level == 0 && !$0.isPartial } == 273)
    #expect(tiles.filter(\.isPartial).map(\.path) == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"])
    #expect(Tile.added(from: 255, to: 256).map(\.path) == ["tile/0/000", "tile/1/000.p/1"])
    #expect(Tile.added(from: 256, to: 257).map(\.path) == ["tile/0/001.p/1"])
    #expect(Tile.added(from: 5, to: 5).isEmpty)
    #expect(Tile.added(from: UInt64.max - 1, to: .max).map(\.width) == [255])
  }

  @Test("a tile of level 1 holds the roots of full tiles below")
  func levelOne() throws {
    var tree = MerkleTree()
    for value in 0..<513 { tree.append(leafHash: RFC6962.leafHash([UInt8(truncatingIfNeeded: value)])) }
    let hashes = try tree.hashes(of: Tile(level: 1, index: 0, width: 2))
    #expect(try hashes[0] == tree.root(treeSize: 256))
    #expect(try RFC6962.nodeHash(hashes[0], hashes[1]) == tree.root(treeSize: 512))
  }

  @Test("an entry bundle reads back what was written, and no truncation of it")
  func bundles() throws {
    var bundle = EntryBundle()
    let entries: [[UInt8]] = [[], [1], [UInt8](repeating: 9, count: 300)]
    for entry in entries { try bundle.append(entry) }
    let bytes = bundle.encoded
    #expect(try EntryBundle(parsing: bytes).entries == entries)
    let boundaries: Set = [0, 2, 5]
    for length in 0..<bytes.count where !boundaries.contains(length) {
      #expect(throws: malformed) { try EntryBundle(parsing: Array(bytes[..<length])) }
    }
    #expect(throws: malformed) { try EntryBundle(parsing: bytes + [0]) }
  }

  @Test("entries of 65,535 bytes and bundles of 256 entries are the largest")
  func limits() throws {
    var bundle = EntryBundle()
    try bundle.append([UInt8](repeating: 1, count: 65_535))
    #expect(try EntryBundle(parsing: bundle.encoded) == bundle)
    #expect(throws: malformed) { try bundle.append([UInt8](repeating: 1, count: 65_536)) }
    for _ in 1..<256 { try bundle.append([]) }
    #expect(throws: malformed) { try bundle.append([]) }
    #expect(throws: malformed) { try EntryBundle(parsing: bundle.encoded + [0, 0]) }
  }

  private let malformed = TransparencyLogError(TransparencyLogError.tileMalformed, "")
}

private struct TileVectors: Decodable {
  struct File: Decodable {
    let path: String
    let hex: String
  }

  struct Log: Decodable {
    let checkpoint: String
    let size: UInt64
    let tile: File?
    let entries: File?
  }

  let vkey: String
  let logs: [Log]
}

@Suite("vectors: tiles", .enabled(if: VectorFolder.isPresent))
struct TileVectorTests {
  @Test("six checkpoints, five hash tiles and five entry bundles of another log agree with each other")
  func tiles() throws {
    let vectors: TileVectors = try VectorFolder.json("tlog/tiles.json")
    let key = try NoteVerifierKey(parsing: vectors.vkey)
    var checkpoints = 0
    var tiles = 0
    for log in vectors.logs {
      let note = try SignedNote(parsing: Array(log.checkpoint.utf8))
      let checkpoint = try LogVerifier.checkpoint(of: note, origin: key.name, logKey: key)
      #expect(checkpoint.treeSize == log.size)
      checkpoints += 1
      guard let file = log.tile, let entriesFile = log.entries else {
        #expect(checkpoint.rootHash == RFC6962.emptyRoot)
        continue
      }
      let tile = try Tile(path: file.path)
      let hashes = try tile.hashes(parsing: try #require([UInt8](hexadecimal: file.hex)))
      let tree = MerkleTree(leafHashes: hashes)
      #expect(tree.root == checkpoint.rootHash)
      #expect(try tree.hashes(of: tile) == hashes)
      #expect(Tile.added(from: 0, to: log.size) == [tile])
      #expect(try Tile(entriesPath: entriesFile.path) == tile)
      let bytes = try #require([UInt8](hexadecimal: entriesFile.hex))
      let bundle = try EntryBundle(parsing: bytes)
      #expect(bundle.entries.map { RFC6962.leafHash($0) } == hashes)
      #expect(bundle.encoded == bytes)
      tiles += 1
    }
    #expect(try checkpoints == VectorFolder.caseCount("tlog/tiles.json", published: 6, held: vectors.logs.count))
    #expect(try tiles == VectorFolder.caseCount("tlog/tiles.json", published: 5, held: tiles))
  }
}
