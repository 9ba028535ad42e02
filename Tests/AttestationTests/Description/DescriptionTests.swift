import Attestation
import ErrorCodes
import SimulatedTEE
import StrictJSON
import TestSupport
import Testing

/// Evidence said field by field.
@Suite struct DescriptionTests {
  static func describe(_ bytes: [UInt8], _ platform: Platform) throws -> [FieldDescription] {
    try EvidenceDescription.describe(bytes, platform: platform)
  }

  /// True where every byte belongs to exactly one field, in order.
  static func covers(_ fields: [FieldDescription], byteCount: Int) -> Bool {
    var position = 0
    for field in fields {
      guard field.offset == position, field.byteCount > 0 else { return false }
      position += field.byteCount
    }
    return position == byteCount
  }

  static func report(version: UInt8, fill: UInt8 = 0, family: UInt8 = 0x19, model: UInt8 = 0x11) -> [UInt8] {
    var bytes = [UInt8](repeating: fill, count: SEVSNP.Report.byteCount)
    bytes.replaceSubrange(0..<4, with: [version, 0, 0, 0])
    bytes[0x188] = family
    bytes[0x189] = model
    return bytes
  }

  @Test("every byte of a report is in exactly one field", arguments: UInt8(2)...5, [0, 0xFF] as [UInt8])
  func coversReport(version: UInt8, fill: UInt8) throws {
    for (family, model) in [(0x19, 0x01), (0x19, 0x11), (0x1A, 0x02), (0, 0)] as [(UInt8, UInt8)] {
      let bytes = Self.report(version: version, fill: fill, family: family, model: model)
      #expect(Self.covers(try Self.describe(bytes, .sevSNP), byteCount: bytes.count))
    }
  }

  @Test("Turin's components stand where Turin has them")
  func turin() throws {
    var bytes = Self.report(version: 3, family: 0x1A, model: 0x02)
    bytes.replaceSubrange(0x180..<0x188, with: [1, 2, 3, 4, 0, 0, 0, 77])
    let fields = try Self.describe(bytes, .sevSNP)
    let components = fields.filter { $0.name.hasPrefix("reported TCB") }.map { "\($0.name) \($0.value)" }
    #expect(
      components == [
        "reported TCB: FMC 1", "reported TCB: boot loader 2", "reported TCB: TEE 3", "reported TCB: SNP 4",
        "reported TCB: reserved zero", "reported TCB: microcode 77",
      ])
  }

  @Test("debugging is said in plain words, and so are reserved bytes that are in use")
  func warnings() throws {
    var bytes = Self.report(version: 3)
    bytes[0x08 + 2] = 0x08
    bytes[0x04C] = 1
    let fields = try Self.describe(bytes, .sevSNP)
    let policy = try #require(fields.first { $0.name == "guest policy" })
    #expect(policy.meaning.contains("DEBUG IS ON: the host can read and change all of the guest's memory."))
    let reserved = try #require(fields.first { $0.offset == 0x04C })
    #expect(reserved.meaning.contains("NOT zero"))
  }

  @Test("bytes that are no evidence of the platform are refused with its code")
  func malformed() {
    for platform in Platform.allCases {
      for bytes in [[], [0], Array(repeating: 0xFF, count: 2_000)] as [[UInt8]] {
        #expect(throws: AttestationError.self) { try Self.describe(bytes, platform) }
      }
    }
  }

  @Test("nothing traps on random bytes that begin like a platform's evidence")
  func random() {
    var generator = SystemRandomNumberGenerator()
    let starts: [(Platform, [UInt8])] = [
      (.tdx, [4, 0, 2, 0, 0x81, 0, 0, 0]), (.tdx, [5, 0, 2, 0, 0x81, 0, 0, 0]), (.nitro, [0x84, 0x44]),
      (.nvidiaGPU, [0x11, 0xE0]), (.nvidiaSwitch, [0x11, 0xE0]), (.azureSNP, Array("HCLA".utf8)),
    ]
    for (platform, start) in starts {
      for _ in 0..<200 {
        let count = Int.random(in: 0...2_000, using: &generator)
        let bytes = start + (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        guard let fields = try? Self.describe(bytes, platform) else { continue }
        if platform == .tdx { #expect(Self.covers(fields, byteCount: bytes.count)) }
      }
    }
  }

  @Test(
    "what a terminal would act on is escaped",
    arguments: [
      ("plain, ü and 日本", "plain, ü and 日本"), ("a\u{1B}[2Jb", #"a\u{1b}[2Jb"#), ("a\nb\r\t", #"a\u{a}b\u{d}\u{9}"#),
      ("\u{202E}evil", #"\u{202e}evil"#), ("\u{9B}x", #"\u{9b}x"#), ("\u{2028}", #"\u{2028}"#), ("\u{7F}", #"\u{7f}"#),
    ])
  func printable(text: String, escaped: String) {
    #expect(EvidenceDescription.printable(text) == escaped)
  }

  @Test("a member of the runtime data whose name a terminal would act on is named in escapes")
  func memberNames() throws {
    let evidence = try AzureFixture.evidence {
      $0.otherRuntimeData = ["\u{1B}[2Jx\u{202E}": 1]
      $0.configuration["a\u{9B}b"] = true
    }
    let names = try Self.describe(evidence.report, .azureSNP).map(\.name)
    #expect(names.contains(#"runtime data: \u{1b}[2Jx\u{202e}"#))
    #expect(names.contains(#"runtime data: vm-configuration.a\u{9b}b"#))
    #expect(names.allSatisfy { EvidenceDescription.printable($0) == $0 })
  }
}

/// Evidence of real machines, from the vector folder.
@Suite(.enabled(if: VectorFolder.isPresent))
struct RealDescriptionTests {
  static let cases: [(file: String, platform: Platform)] = [
    ("snp/genoa-v5-vcek-a/report.bin", .sevSNP), ("snp/milan-v2-vcek-a/report.bin", .sevSNP),
    ("snp/milan-v3-vlek/report.bin", .sevSNP), ("tdx/v4-a/quote.bin", .tdx), ("tdx/v4-debug-td/quote.bin", .tdx),
    ("tdx/v5-a/quote.bin", .tdx), ("tdx/v4-dstack-eventlog/quote.bin", .tdx), ("nitro/doc-a.cbor", .nitro),
    ("nitro/doc-b.cbor", .nitro), ("nitro/doc-c-debug.cbor", .nitro), ("nvidia/hopper-b/report.bin", .nvidiaGPU),
    ("nvidia/blackwell-a/report.bin", .nvidiaGPU), ("snp/azure-milan-v2-hcl/hcl-report.bin", .azureSNP),
    ("snp/azure-genoa-v3-hcl/hcl-report.bin", .azureSNP),
  ]

  @Test("the platform is seen, every field lies within the evidence, and fixed formats are covered", arguments: cases)
  func described(file: String, platform: Platform) throws {
    let bytes = try VectorFolder.bytes(file)
    #expect(EvidenceDescription.platform(of: bytes) == platform)
    let fields = try EvidenceDescription.describe(bytes, platform: platform)
    #expect(fields.count > 20)
    #expect(fields.allSatisfy { $0.offset >= 0 && $0.offset + $0.byteCount <= bytes.count && !$0.meaning.isEmpty })
    // CBOR and JSON have no fixed places.
    if platform != .nitro && platform != .azureSNP { #expect(DescriptionTests.covers(fields, byteCount: bytes.count)) }
  }

  @Test("debugging is said of the real machines that have it on")
  func debug() throws {
    for (file, platform, words) in [
      ("snp/milan-v2-vcek-a/report.bin", Platform.sevSNP, "DEBUG IS ON"),
      ("tdx/v4-debug-td/quote.bin", .tdx, "DEBUG IS ON"), ("nitro/doc-c-debug.cbor", .nitro, "DEBUG MODE"),
    ] {
      let fields = try EvidenceDescription.describe(try VectorFolder.bytes(file), platform: platform)
      #expect(fields.contains { $0.meaning.contains(words) }, "\(file)")
    }
  }
}
