import Testing
import Trust

@Suite("Node binding")
struct NodeBindingTests {
  private static let changes: [(name: String, change: @Sendable (inout NodeBinding) -> Void)] = [
    ("operator origin", { $0.operatorOrigin = "example.tesT" }),
    ("role", { $0.role = "embedder" }),
    ("epoch", { $0.epoch += 1 }),
    ("key configuration", { $0.keyConfiguration[2] ^= 1 }),
    ("key configuration, one byte longer", { $0.keyConfiguration.append(0) }),
    ("release leaf hash", { $0.releaseLeafHash[31] ^= 1 }),
    ("note digest", { $0.noteDigest[0] ^= 1 }),
    ("engine manifest digest", { $0.engineManifestDigest[15] ^= 0x80 }),
    ("accelerator presence", { $0.hasAccelerator = true }),
    ("accelerator digest", { $0.acceleratorDigest[31] = 1 }),
  ]

  @Test("report data has 64 bytes and depends on nothing but the binding")
  func reportData() {
    #expect(Fixture.binding().reportData.count == 64)
    #expect(Fixture.binding().reportData == Fixture.binding().reportData)
  }

  @Test("changing any one field changes the report data", arguments: Self.changes.indices)
  func anyField(index: Int) {
    var binding = Fixture.binding()
    Self.changes[index].change(&binding)
    #expect(binding.reportData != Fixture.binding().reportData, "\(Self.changes[index].name)")
  }

  @Test("no two of the changed bindings share their report data")
  func distinct() {
    let all = Self.changes.map { entry in
      var binding = Fixture.binding()
      entry.change(&binding)
      return binding.reportData
    }
    #expect(Set(all).count == Self.changes.count)
  }

  @Test("a byte that moves from one field to its neighbour changes the encoding")
  func fieldBorders() {
    var first = Fixture.binding()
    first.operatorOrigin = "example.testa"
    first.role = "ssistant"
    var second = Fixture.binding()
    second.operatorOrigin = "example.test"
    second.role = "assistant"
    #expect(first.encoded != second.encoded)
  }
}
