import Attestation
import ErrorCodes
import Foundation
import SimulatedTEE
import Testing

/// The vendor and its chips as state on disk, and what they attest.
@Suite struct SimulatedVendorTests {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)
  /// One vendor for the process, since its keys are slow to make.
  private static let created = Result { try SimulatedVendor.make(at: time) }

  /// A directory that is gone when the test ends.
  static func withDirectory<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("simulated-vendor-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(url)
  }

  static func permissions(_ url: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
  }

  static func policy(_ vendor: SimulatedVendor, chips: [SimulatedChip], measurement: [UInt8]) -> AppraisalPolicy {
    var policy = AppraisalPolicy(
      anchors: .simulated([vendor.root]), referenceValues: ReferenceValues(sevSNPMeasurements: [measurement]))
    policy.sevSNP.hosts = HostList(chipIdentifiers: Set(chips.map(\.chipIdentifier)))
    return policy
  }

  @Test("a stored vendor is loaded with the same root, and only its owner may read it")
  func stored() async throws {
    let vendor = try Self.created.get()
    try await Self.withDirectory { directory in
      try vendor.store(in: directory)
      let loaded = try SimulatedVendor.open(in: directory, at: Self.time.addingTimeInterval(100))
      #expect(loaded.root == vendor.root)
      #expect(try Self.permissions(directory) == 0o700)
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
      #expect(names == ["ark-key.pem", "ark.der", "ask-key.pem", "ask.der"])
      for name in names { #expect(try Self.permissions(directory.appendingPathComponent(name)) == 0o600) }
    }
  }

  @Test("a directory without a vendor, or with a damaged key, is unreadable")
  func unreadableVendor() async throws {
    let error = SimulatedTEEError(SimulatedTEEError.stateUnreadable, "")
    let vendor = try Self.created.get()
    try await Self.withDirectory { directory in
      #expect(throws: error) { try SimulatedVendor.load(from: directory) }
      try vendor.store(in: directory)
      let url = directory.appendingPathComponent("ark-key.pem")
      try Data(contentsOf: url).prefix(500).write(to: url)
      #expect(throws: error) { try SimulatedVendor.load(from: directory) }
    }
  }

  @Test("chips of one vendor differ, and the same number is the same chip")
  func chips() throws {
    let vendor = try Self.created.get()
    let first = try vendor.makeChip(index: 0, at: Self.time)
    #expect(first.chipIdentifier.count == 64)
    #expect(first.chipIdentifier == (try vendor.makeChip(index: 0, at: Self.time)).chipIdentifier)
    #expect(first.chipIdentifier != (try vendor.makeChip(index: 1, at: Self.time)).chipIdentifier)
  }

  @Test("an attester on a stored chip makes evidence that a simulated policy accepts and a production policy refuses")
  func attester() async throws {
    let vendor = try Self.created.get()
    let chip = try await Self.withDirectory { directory in
      try vendor.store(in: directory)
      let url = directory.appendingPathComponent("chip-3.json")
      try vendor.makeChip(index: 3, at: Self.time).save(to: url)
      return try SimulatedChip.load(from: url)
    }
    let measurement = [UInt8](repeating: 0x11, count: 48)
    let reportData = [UInt8](repeating: 0x22, count: 64)
    let attester: any NodeAttester = try SimulatedAttester(chip: chip, measurement: measurement)
    let evidence = try await attester.evidence(reportData: reportData)
    var policy = Self.policy(vendor, chips: [chip], measurement: measurement)
    let result = EvidenceVerifier(policy: policy).appraise(
      evidence: evidence, expectedReportData: reportData, at: Self.time)
    #expect(result.reasons == [])
    #expect(result.isSimulated)
    #expect(result.chipIdentifier == chip.chipIdentifier)
    policy.anchors = .allProduction
    #expect(
      EvidenceVerifier(policy: policy).appraise(
        evidence: evidence, expectedReportData: reportData, at: Self.time
      ).code == AttestationError.simulatedRefused)
  }

  @Test("report data and measurements of another length are refused", arguments: [0, 47, 63, 65])
  func lengths(byteCount: Int) async throws {
    let bytes = [UInt8](repeating: 0, count: byteCount)
    let chip = try Self.created.get().makeChip(index: 4, at: Self.time)
    let error = SimulatedTEEError(SimulatedTEEError.fieldLength, "")
    #expect(throws: error) { try SimulatedAttester(chip: chip, measurement: bytes) }
    let attester = try SimulatedAttester(chip: chip, measurement: Array(repeating: 0, count: 48))
    await #expect(throws: error) { try await attester.evidence(reportData: bytes) }
  }

  @Test("a chip file that is cut off or missing is unreadable")
  func unreadable() async throws {
    let chip = try Self.created.get().makeChip(index: 5, at: Self.time)
    let error = SimulatedTEEError(SimulatedTEEError.stateUnreadable, "")
    try await Self.withDirectory { directory in
      try Self.created.get().store(in: directory)
      let url = directory.appendingPathComponent("chip-5.json")
      try chip.save(to: url)
      let content = try Data(contentsOf: url)
      for count in [0, 1, content.count / 2, content.count - 1] {
        try content.prefix(count).write(to: url)
        #expect(throws: error) { try SimulatedChip.load(from: url) }
      }
      #expect(throws: error) { try SimulatedChip.load(from: directory.appendingPathComponent("none")) }
    }
  }
}
