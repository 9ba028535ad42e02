import Attestation
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

@Suite("Accelerators of a node binding")
struct AcceleratorBindingTests {
  private static let note = [UInt8](repeating: 1, count: 32)
  private static let key: [UInt8] = [2, 3]

  private func evidence(_ report: [UInt8], _ platform: Platform = .nvidiaGPU) -> Evidence {
    Evidence(platform: platform, report: report, endorsements: [])
  }

  @Test("the nonce has 32 bytes and changes with note and key")
  func nonce() {
    let nonce = AcceleratorBinding.nonce(noteDigest: Self.note, keyConfiguration: Self.key)
    #expect(nonce.count == 32)
    #expect(nonce != AcceleratorBinding.nonce(noteDigest: Self.key, keyConfiguration: Self.note))
    #expect(nonce != AcceleratorBinding.nonce(noteDigest: Self.note, keyConfiguration: [2, 4]))
  }

  @Test("no accelerator is 32 zero bytes")
  func none() {
    #expect(AcceleratorBinding.digest(of: []) == NodeBinding.noAccelerator)
  }

  @Test("the digest changes with every report, its kind, its order and where one ends")
  func digest() {
    let lists = [
      [evidence([1, 2]), evidence([3])], [evidence([1]), evidence([2, 3])], [evidence([3]), evidence([1, 2])],
      [evidence([1, 2, 3])], [evidence([1, 2]), evidence([3], .nvidiaSwitch)], [evidence([1, 2])], [evidence([])],
    ]
    #expect(Set(lists.map(AcceleratorBinding.digest)).count == lists.count)
  }

  @Test("certificates are not part of the digest")
  func endorsements() {
    var with = evidence([1])
    with.endorsements = [[9]]
    #expect(AcceleratorBinding.digest(of: [with]) == AcceleratorBinding.digest(of: [evidence([1])]))
  }
}
