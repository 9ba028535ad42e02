import Attestation
import EndorsementFetch
import HTTPMessages
import Testing
import WireFormat

/// What AMD is asked, and what of the answers becomes files. Certificates here are CRLs and certificates in shape
/// alone: a fetch does not verify.
@Suite struct AMDTests {
  /// A report of version 3 with a chip, a product and a TCB.
  static func report(
    family: UInt8, model: UInt8, tcb: [UInt8], keyFlags: UInt8 = 0, version: UInt8 = 3, chip: UInt8? = 0xAB
  ) throws -> SEVSNP.Report {
    var bytes = [UInt8](repeating: 0, count: SEVSNP.Report.byteCount)
    bytes[0] = version
    bytes[0x48] = keyFlags
    bytes.replaceSubrange(0x180..<0x188, with: tcb)
    bytes[0x188] = family
    bytes[0x189] = model
    if let chip {
      bytes.replaceSubrange(0x1A0..<0x1A8, with: Array(repeating: chip, count: 8))
      if family != 0x1A { bytes.replaceSubrange(0x1A8..<0x1E0, with: Array(repeating: chip, count: 56)) }
    }
    return try SEVSNP.Report(parsing: bytes)
  }

  static let chip64 = String(repeating: "ab", count: 64)

  @Test("Milan and Genoa are asked by 64 bytes and four components")
  func genoa() throws {
    let report = try Self.report(family: 0x19, model: 0x11, tcb: [10, 0, 0, 0, 0, 0, 23, 84])
    let path = try EndorsementFetcher.certificatePath(report, .genoa)
    #expect(path == "/vcek/v1/Genoa/\(Self.chip64)?blSPL=10&teeSPL=00&snpSPL=23&ucodeSPL=84")
    let milan = try EndorsementFetcher.certificatePath(report, .milan)
    #expect(milan == "/vcek/v1/Milan/\(Self.chip64)?blSPL=10&teeSPL=00&snpSPL=23&ucodeSPL=84")
  }

  @Test("Turin is asked by 8 bytes and five components, FMC first")
  func turin() throws {
    let report = try Self.report(family: 0x1A, model: 0x02, tcb: [1, 2, 3, 4, 0, 0, 0, 77])
    let path = try EndorsementFetcher.certificatePath(report, .turin)
    #expect(path == "/vcek/v1/Turin/abababababababab?fmcSPL=01&blSPL=02&teeSPL=03&snpSPL=04&ucodeSPL=77")
  }

  @Test("a masked chip, no product and no key are refused before anything is asked")
  func unusable() async throws {
    let vendor = FakeVendor([:])
    let fetcher = EndorsementFetcher(exchange: vendor, clock: TestClock().clock)
    for report in [
      try Self.report(family: 0x19, model: 0x11, tcb: Array(repeating: 0, count: 8), chip: nil),
      try Self.report(family: 0, model: 0, tcb: Array(repeating: 0, count: 8), version: 2),
      try Self.report(family: 0x19, model: 0x11, tcb: Array(repeating: 0, count: 8), keyFlags: 7 << 2),
    ] {
      await #expect(throws: FetchError(FetchError.evidence, "")) { try await fetcher.sevSNP(report, product: nil) }
    }
    #expect(vendor.asked.isEmpty)
  }

  @Test("a VCEK, its chain and the list are three files")
  func vcek() async throws {
    let list = Samples.revocationList
    let report = try Self.report(family: 0x19, model: 0x01, tcb: [4, 0, 0, 0, 0, 0, 24, 219])
    let path = try EndorsementFetcher.certificatePath(report, .milan)
    let vendor = FakeVendor([
      "http://kds.test/mirror\(path)": [.body(list)],
      "http://kds.test/mirror/vcek/v1/Milan/cert_chain": [.body(list)],
      "http://kds.test/mirror/vcek/v1/Milan/crl": [.body(list)],
    ])
    let files = try await EndorsementFetcher(exchange: vendor, clock: TestClock().clock)
      .sevSNP(report, product: nil, from: try VendorService(name: "KDS", address: "http://kds.test/mirror/"))
    #expect(files.map(\.name) == ["vcek.der", "cert_chain.pem", "crl.crl"])
    #expect(files.allSatisfy { $0.bytes == list })
    #expect(vendor.asked.count == 3)
  }

  @Test("of a VLEK the chain and the list are fetched, from AMD's own address by default")
  func vlek() async throws {
    let vendor = FakeVendor([
      "https://kdsintf.amd.com/vlek/v1/Genoa/cert_chain": [.body(Samples.revocationList)],
      "https://kdsintf.amd.com/vlek/v1/Genoa/crl": [.body(Samples.revocationList)],
    ])
    let report = try Self.report(
      family: 0x19, model: 0xA0, tcb: Array(repeating: 0, count: 8), keyFlags: 1 << 2, chip: nil)
    let files = try await EndorsementFetcher(exchange: vendor, clock: TestClock().clock)
      .sevSNP(report, product: nil)
    #expect(files.map(\.name) == ["cert_chain.pem", "crl.crl"])
  }

  @Test("an answer that is no certificate is refused, and not kept")
  func unreadable() async throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let report = try Self.report(
      family: 0x19, model: 0xA0, tcb: Array(repeating: 0, count: 8), keyFlags: 1 << 2, chip: nil)
    let vendor = FakeVendor(["https://kdsintf.amd.com/vlek/v1/Genoa/cert_chain": [.body(Array("<html>".utf8))]])
    let fetcher = EndorsementFetcher(
      exchange: vendor, clock: TestClock().clock, cache: try EndorsementCache(folder: folder.url))
    for _ in 0..<2 {
      await #expect(throws: FetchError(FetchError.unreadable, "")) { try await fetcher.sevSNP(report, product: nil) }
    }
    #expect(vendor.asked.count == 2)
  }
}
