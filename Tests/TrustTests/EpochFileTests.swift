import Testing
import Trust

@Suite("Epoch file")
struct EpochFileTests {
  private func file() -> EpochFile {
    EpochFile(
      bundle: [1, 2, 3], leaf: [4, 5], proof: [6],
      knownHeads: [
        EpochFile.KnownHead(treeSize: 24, rootHash: Fixture.digest(7), hashes: [Fixture.digest(8), Fixture.digest(9)]),
        EpochFile.KnownHead(treeSize: 40, rootHash: Fixture.digest(10), hashes: []),
      ])
  }

  @Test("a file survives encoding and decoding")
  func roundTrip() throws {
    #expect(try EpochFile(decoding: file().encoded) == file())
  }

  @Test("every truncation is refused")
  func truncations() {
    let bytes = file().encoded
    for count in 0..<bytes.count {
      #expect(throws: TrustError(TrustError.malformed, "")) { try EpochFile(decoding: Array(bytes.prefix(count))) }
    }
  }

  @Test("one byte too many is refused")
  func trailingByte() {
    #expect(throws: TrustError(TrustError.malformed, "")) { try EpochFile(decoding: file().encoded + [0]) }
  }

  @Test("another label or version is refused", arguments: [0, 2, 20, 21, 22])
  func header(offset: Int) {
    var bytes = file().encoded
    bytes[offset] ^= 1
    #expect(throws: TrustError(TrustError.malformed, "")) { try EpochFile(decoding: bytes) }
  }

  @Test("no changed byte decodes to the same file")
  func canonical() {
    let bytes = file().encoded
    for offset in bytes.indices {
      var changed = bytes
      changed[offset] ^= 0xFF
      #expect((try? EpochFile(decoding: changed)) != file())
    }
  }

  @Test("a root or proof hash of other than 32 bytes is refused", arguments: [0, 31, 33])
  func hashLength(count: Int) {
    let short = [UInt8](repeating: 1, count: count)
    var root = file()
    root.knownHeads[0].rootHash = short
    var hash = file()
    hash.knownHeads[0].hashes[1] = short
    for file in [root, hash] {
      #expect(throws: TrustError(TrustError.malformed, "")) { try EpochFile(decoding: file.encoded) }
    }
  }

  @Test("leaf and proof may have 65,535 bytes and no more")
  func limits() {
    for path in [\EpochFile.leaf, \EpochFile.proof] {
      var file = file()
      file[keyPath: path] = [UInt8](repeating: 1, count: 65_535)
      #expect(throws: Never.self) { try EpochFile(decoding: file.encoded) }
      file[keyPath: path].append(1)
      #expect(throws: TrustError(TrustError.malformed, "")) { try EpochFile(decoding: file.encoded) }
    }
  }

  @Test("the bundle inside may have 4 MiB and no more")
  func bundleLimit() {
    var file = file()
    file.bundle = [UInt8](repeating: 0, count: EpochBundle.byteLimit)
    #expect(throws: Never.self) { try EpochFile(decoding: file.encoded) }
    file.bundle.append(0)
    #expect(throws: TrustError(TrustError.malformed, "")) { try EpochFile(decoding: file.encoded) }
  }

  private static let provenSizes: [(treeSize: UInt64, sizes: [UInt64])] = [
    (0, []), (1, []), (2, [1]), (24, Array(1...23)), (25, Array(1...24)), (48, Array(24...47)),
    (50, [24] + Array(26...49)), (100, [24, 48, 72] + Array(76...99)),
  ]

  @Test(
    "the known sizes are the last 24 and the last 30 divisible by 24, below the tree's own",
    arguments: Self.provenSizes)
  func knownSizes(treeSize: UInt64, sizes: [UInt64]) {
    #expect(EpochFile.knownSizes(treeSize: treeSize) == sizes)
  }

  @Test("an old tree is reached back a month of issuer days")
  func oldTree() {
    let sizes = EpochFile.knownSizes(treeSize: 24_000)
    #expect(sizes.first == 24_000 - 29 * 24)
    #expect(sizes.count == 24 + 30 - 2)
  }
}
