import Testing
import Trust

@Suite("Epoch bundle")
struct EpochBundleTests {
  private static let unit = 16_384

  private func bytes(_ change: (inout EpochBundle) -> Void = { _ in }) throws -> [UInt8] {
    var bundle = Fixture.bundle()
    change(&bundle)
    return try bundle.encoded()
  }

  /// How many bytes stand before the padding; the fixture's last field ends in a byte other than zero.
  private func contentCount(_ bytes: [UInt8]) -> Int { (bytes.lastIndex { $0 != 0 } ?? -1) + 1 }

  private func expectMalformed(_ bytes: [UInt8], _ comment: Comment? = nil) {
    #expect(throws: TrustError(TrustError.malformed, ""), comment) { try EpochBundle(decoding: bytes) }
  }

  @Test("a bundle survives encoding and decoding, padded to 16 KiB")
  func roundTrip() throws {
    let bytes = try bytes()
    #expect(bytes.count == Self.unit)
    #expect(try EpochBundle(decoding: bytes) == Fixture.bundle())
  }

  @Test("every truncation is refused")
  func truncations() throws {
    let bytes = try bytes()
    for count in 0..<bytes.count { expectMalformed(Array(bytes.prefix(count))) }
  }

  @Test("content cut short and padded again never reads as the same bundle")
  func paddedTruncations() throws {
    let bytes = try bytes()
    for count in 0..<contentCount(bytes) {
      let cut = bytes.prefix(count) + [UInt8](repeating: 0, count: Self.unit - count)
      #expect((try? EpochBundle(decoding: Array(cut))) != Fixture.bundle())
    }
  }

  @Test("no changed byte decodes to the same bundle")
  func canonical() throws {
    let bytes = try bytes()
    for offset in 0..<contentCount(bytes) {
      var changed = bytes
      changed[offset] ^= 0xFF
      #expect((try? EpochBundle(decoding: changed)) != Fixture.bundle())
    }
  }

  @Test("one byte, or one unit of padding, too many is refused", arguments: [1, 16_384])
  func excess(count: Int) throws {
    expectMalformed(try bytes() + [UInt8](repeating: 0, count: count))
  }

  @Test("padding that is not zeros is refused")
  func padding() throws {
    let bytes = try bytes()
    for offset in [contentCount(bytes), bytes.count - 1] {
      var changed = bytes
      changed[offset] = 1
      expectMalformed(changed)
    }
  }

  @Test("content that ends on the unit has no padding")
  func exactUnit() throws {
    let missing = Self.unit - contentCount(try bytes())
    let bytes = try bytes { $0.releaseLogNote += [UInt8](repeating: 1, count: missing) }
    #expect(bytes.count == Self.unit)
    #expect(throws: Never.self) { try EpochBundle(decoding: bytes) }
    #expect(try self.bytes { $0.releaseLogNote += [UInt8](repeating: 1, count: missing + 1) }.count == 2 * Self.unit)
  }

  @Test("another label or version is refused", arguments: [1, 2, 16, 17, 18])
  func header(offset: Int) throws {
    var bytes = try bytes()
    bytes[offset] ^= 1
    expectMalformed(bytes)
  }

  @Test("an index outside its list is refused")
  func indices() throws {
    expectMalformed(try bytes { $0.nodes[0].releaseIndex = 1 }, "release")
    expectMalformed(try bytes { $0.nodes[0].noteIndex = 1 }, "note")
    expectMalformed(try bytes { $0.nodes[0].endorsementIndices = [0, 2] }, "endorsement")
    expectMalformed(try bytes { $0.releases = [] }, "no release at all")
  }

  @Test("a digest of other than 32 bytes is refused", arguments: [0, 31, 33])
  func digests(count: Int) throws {
    let digest = [UInt8](repeating: 1, count: count)
    expectMalformed(try bytes { $0.nodes[0].engineManifestDigest = digest })
  }

  @Test("a node may have 16 accelerators and no more, each with endorsements of the bundle")
  func accelerators() throws {
    func accelerators(_ count: Int, index: UInt16 = 0) -> [EpochBundle.Accelerator] {
      Array(
        repeating: .init(platform: "nvidia-gpu", evidence: [1, 2, 3], endorsementIndices: [index]), count: count)
    }
    let most = try bytes { $0.nodes[0].accelerators = accelerators(16) }
    #expect(try EpochBundle(decoding: most).nodes[0].accelerators == accelerators(16))
    expectMalformed(try bytes { $0.nodes[0].accelerators = accelerators(1, index: 2) }, "endorsement")
    #expect(throws: TrustError(TrustError.bundleLimit, "")) {
      try bytes { $0.nodes[0].accelerators = accelerators(17) }
    }
  }

  @Test("an operator origin may have 512 bytes and no more, and is UTF-8")
  func text() throws {
    let longest = try bytes { $0.operatorOrigin = String(repeating: "a", count: 512) }
    #expect(throws: Never.self) { try EpochBundle(decoding: longest) }
    expectMalformed(try bytes { $0.operatorOrigin = String(repeating: "a", count: 513) })
    var broken = try bytes()
    broken[21] = 0xFF
    expectMalformed(broken)
  }

  @Test("evidence may have 64 KiB and no more, a statement and a proof 65,535 bytes")
  func fieldLimits() throws {
    func filled(_ count: Int) -> [UInt8] { [UInt8](repeating: 1, count: count) }
    let longest = try bytes {
      $0.nodes[0].evidence = filled(65_536)
      $0.policy.statement = filled(65_535)
      $0.policy.proof = filled(65_535)
    }
    #expect(throws: Never.self) { try EpochBundle(decoding: longest) }
    #expect(throws: TrustError(TrustError.bundleLimit, "")) { try bytes { $0.nodes[0].evidence = filled(65_537) } }
    #expect(throws: TrustError(TrustError.bundleLimit, "")) { try bytes { $0.nodes[0].supplement = filled(65_537) } }
    expectMalformed(try bytes { $0.policy.statement = filled(65_536) })
    expectMalformed(try bytes { $0.policy.proof = filled(65_536) })
  }

  @Test("a bundle names 64 nodes and no more, written or read")
  func nodeLimit() throws {
    func nodes(_ count: Int) -> [EpochBundle.Node] { Array(repeating: Fixture.node(), count: count) }
    let full = try bytes { $0.nodes = nodes(64) }
    #expect(try EpochBundle(decoding: full).nodes.count == 64)
    #expect(throws: TrustError(TrustError.bundleLimit, "")) { try bytes { $0.nodes = nodes(65) } }

    // One node more, spliced into the bytes behind a count of 65.
    let one = try bytes()
    let none = try bytes { $0.nodes = [] }
    let nodeByteCount = contentCount(one) - contentCount(none)
    let countOffset = try #require(zip(one, none).enumerated().first { $0.element.0 != $0.element.1 }?.offset)
    var excessive = full
    excessive[countOffset] = 65
    excessive.insert(contentsOf: one[(countOffset + 1)..<(countOffset + 1 + nodeByteCount)], at: countOffset + 1)
    excessive.removeLast(nodeByteCount)
    expectMalformed(excessive)
  }

  @Test("a bundle may have 4 MiB and no more, written or read")
  func byteLimit() throws {
    let piece = [UInt8](repeating: 1, count: 65_535)
    let full = try bytes { $0.endorsements = Array(repeating: piece, count: 63) + [Array(piece.prefix(50_000))] }
    #expect(full.count == EpochBundle.byteLimit)
    #expect(throws: Never.self) { try EpochBundle(decoding: full) }
    #expect(throws: TrustError(TrustError.bundleLimit, "")) {
      try bytes { $0.endorsements = Array(repeating: piece, count: 64) }
    }
    #expect(throws: TrustError(TrustError.bundleLimit, "")) {
      try EpochBundle(decoding: full + [UInt8](repeating: 0, count: Self.unit))
    }
  }

  @Test("a node is named by SHA-256 of its key configuration")
  func identifier() {
    var other = Fixture.node()
    other.keyConfiguration.append(0)
    #expect(Fixture.node().identifier.count == 32)
    #expect(other.identifier != Fixture.node().identifier)
  }
}
