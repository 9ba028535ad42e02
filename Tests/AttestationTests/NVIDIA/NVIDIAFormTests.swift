import Attestation
import ErrorCodes
import Foundation
import SimulatedTEE
import StrictJSON
import TestSupport
import Testing
import WireFormat

/// Reports that are not of their form, and every flipped bit.
@Suite struct NVIDIAFormTests {
  typealias Fixture = NVIDIAFixture

  static func code(_ bytes: [UInt8], _ platform: Platform = .nvidiaGPU) -> ErrorCode? {
    do {
      _ = try NVIDIA.Report(parsing: bytes, platform: platform)
      return nil
    } catch {
      return error.code
    }
  }

  static func signed(
    _ platform: Platform = .nvidiaGPU, _ change: (inout SimulatedGPUReport) -> Void = { _ in }
  ) throws -> [UInt8] {
    try Fixture.report(platform, change).signed(by: try Fixture.device(platform))
  }

  /// Where the fixture's report has its parts.
  struct Layout {
    static let record = 45
    static let blockByteCount = 55
    let blockCount = SimulatedGPUReport.standardMeasurements.count
    var responderNonce: Int { Self.record + Self.blockByteCount * blockCount }
    var opaqueLength: Int { responderNonce + 32 }
    var opaque: Int { opaqueLength + 2 }
  }

  @Test("every truncation and every byte too many is malformed, with no claims")
  func lengths() throws {
    let bytes = try Self.signed()
    for count in 0..<bytes.count {
      #expect(Self.code(Array(bytes.prefix(count))) != nil)
    }
    #expect(Self.code(bytes + [0]) == AttestationError.evidenceLength)
    let evidence = Evidence(platform: .nvidiaGPU, report: Array(bytes.dropLast()), endorsements: [])
    let result = Fixture.result(evidence, try Fixture.policy())
    #expect(result.verdict == .malformed)
    #expect(result.checks.map(\.name) == ["form"])
    #expect(result.claims.isEmpty && result.chipIdentifier == nil && result.measurement == nil)
  }

  @Test("every single flipped bit of a signed report is refused by the check that sees it")
  func everyBit() throws {
    let bytes = try Self.signed()
    let key = try Fixture.device().publicKey
    let layout = Layout()
    var codes: [ErrorCode: Int] = [:]
    for index in 0..<bytes.count * 8 {
      var damaged = bytes
      let offset = index / 8
      damaged[offset] ^= 1 << (index % 8)
      var code = Self.code(damaged)
      if code == nil {
        let report = try NVIDIA.Report(parsing: damaged, platform: .nvidiaGPU)
        if !report.isSigned(by: key) { code = AttestationError.reportSignature }
      }
      let seen = try #require(code, "bit \(index)")
      codes[seen, default: 0] += 1
      switch offset {
      case 0, 37: #expect(seen == AttestationError.evidenceVersion)
      case 1, 38: #expect(seen == AttestationError.spdmMessage)
      case 2...36, 39, 40, layout.responderNonce..<layout.opaqueLength, (bytes.count - 96)...:
        #expect(seen == AttestationError.reportSignature)
      case 41...44:
        #expect([AttestationError.spdmRecord, AttestationError.evidenceLength].contains(seen))
      case Layout.record..<layout.responderNonce:
        #expect([AttestationError.spdmRecord, AttestationError.reportSignature].contains(seen))
      default:
        #expect(
          [AttestationError.spdmOpaqueData, AttestationError.evidenceLength, AttestationError.reportSignature]
            .contains(seen))
      }
    }
    #expect(codes.values.reduce(0, +) == bytes.count * 8)
    #expect(codes[AttestationError.evidenceVersion] == 16)
    #expect(codes[AttestationError.spdmMessage] == 16)
    #expect(bytes.count > 600)
  }

  @Test("one flipped bit in any byte of a real report is refused", .enabled(if: VectorFolder.isPresent))
  func everyRealByte() throws {
    let evidence = try NVIDIARealEvidenceTests.evidence("hopper-b")
    let verifier = EvidenceVerifier(policy: .authenticityOnly())
    var refused = 0
    for index in stride(from: 0, to: evidence.report.count, by: 8) {
      var damaged = evidence
      damaged.report[index] ^= 1 << (index / 8 % 8)
      let result = verifier.appraise(
        evidence: damaged, expectedReportData: nil, at: NVIDIARealEvidenceTests.time)
      if result.verdict != .accepted { refused += 1 }
    }
    #expect(refused == (evidence.report.count + 7) / 8)
  }

  @Test("a measurement record that is not of DMTF's blocks is malformed")
  func record() throws {
    let bytes = try Self.signed()
    let changes: [(offset: Int, value: UInt8)] = [
      (41, 5), (41, 7), (45, 0), (45, 9), (45 + 55, 1), (45 + 55, 255), (46, 2), (47, 52), (50, 49), (51, 1),
    ]
    for change in changes {
      var damaged = bytes
      damaged[change.offset] = change.value
      #expect(Self.code(damaged) == AttestationError.spdmRecord, "offset \(change.offset)")
    }
    var longer = bytes
    longer[42] &+= 1
    #expect(Self.code(longer) == AttestationError.spdmRecord)
    longer[43] = 0xFF
    #expect(Self.code(longer) == AttestationError.evidenceLength)
  }

  @Test("opaque data that are no whole fields, or have a field twice or of a wrong size, are malformed")
  func opaque() throws {
    let changes: [@Sendable (inout SimulatedGPUReport) -> Void] = [
      { $0.opaque.append((15, [1])) }, { $0.set(12, [1, 2, 3]) }, { $0.set(20, Array(repeating: 1, count: 47)) },
      { $0.set(22, Array(repeating: 1, count: 12)) },
    ]
    for change in changes { #expect(Self.code(try Self.signed(.nvidiaGPU, change)) == AttestationError.spdmOpaqueData) }
    for value in [7, 9, 16] {
      let bytes = try Self.signed(.nvidiaSwitch) { $0.set(22, Array(repeating: 1, count: value)) }
      #expect(Self.code(bytes, .nvidiaSwitch) == AttestationError.spdmOpaqueData)
    }
    let short = try Self.signed(.nvidiaSwitch) { $0.set(26, Array(repeating: 1, count: 63)) }
    #expect(Self.code(short, .nvidiaSwitch) == AttestationError.spdmOpaqueData)
    // The last field says that it is longer than it is.
    var bytes = try Self.signed()
    let last = bytes.count - 96 - 2 - 2
    bytes[last] &+= 1
    #expect(Self.code(bytes) == AttestationError.spdmOpaqueData)
  }

  @Test("a report has at most 16 KiB, and at least the fields without blocks")
  func limits() throws {
    let byteCount = try Self.signed().count
    let room = NVIDIA.Report.byteLimit - byteCount - 4
    #expect(Self.code(try Self.signed { $0.set(99, Array(repeating: 1, count: room)) }) == nil)
    #expect(
      Self.code(try Self.signed { $0.set(99, Array(repeating: 1, count: room + 1)) })
        == AttestationError.evidenceLength)
    let empty = try Self.signed { report in
      report.measurements = [:]
      report.opaque = []
    }
    #expect(empty.count == NVIDIA.Report.shortestByteCount)
    #expect(Self.code(empty) == nil)
    #expect(Self.code(Array(empty.dropFirst())) == AttestationError.evidenceLength)
  }

  @Test("nothing traps on random bytes, with and without the right heads")
  func random() throws {
    var generator = SystemRandomNumberGenerator()
    let valid = try Self.signed()
    for round in 0..<4000 {
      var bytes = (0..<Int.random(in: 0...900, using: &generator)).map { _ in UInt8.random(in: 0...255) }
      if round % 2 == 1 {
        bytes = valid
        for _ in 0..<Int.random(in: 1...20) { bytes[Int.random(in: 37..<bytes.count)] = UInt8.random(in: 0...255) }
      }
      for platform in [Platform.nvidiaGPU, .nvidiaSwitch] {
        guard let report = try? NVIDIA.Report(parsing: bytes, platform: platform) else { continue }
        _ = (
          report.opaque.vbiosVersion, report.opaque.board, report.opaque.switchIdentifiers,
          report.opaque.gpuIdentifiers, report.opaque.featureFlag
        )
      }
    }
  }

  @Test(
    "a text that is no evidence of NVIDIA's SDK is refused",
    arguments: [
      "", "{}", "[]", "[1]", #"[{"arch": "HOPPER"}]"#,
      #"[{"arch": "HOPPER", "certificate": "AA==", "evidence": "AA==", "nonce": "00"}]"#,
      #"[{"arch": "AMPERE", "certificate": "AA==", "evidence": "AA==", "nonce": "N"}]"#,
      #"[{"arch": "HOPPER", "certificate": "!", "evidence": "AA==", "nonce": "N"}]"#,
      #"[{"arch": "HOPPER", "certificate": "AA==", "evidence": 1, "nonce": "N"}]"#,
      #"{"evidence_list": []}"#, #"{"evidence_list": [{"certificate": "AA==", "evidence": "AA=="}]}"#,
      #"{"arch": "HOPPER", "nonce": "00", "evidence_list": [{"certificate": "AA==", "evidence": "AA=="}]}"#,
      #"{"arch": "HOPPER", "nonce": 1, "evidence_list": [{"certificate": "AA==", "evidence": "AA=="}]}"#,
      #"{"device_evidence_list": {"arch": "HOPPER"}}"#,
    ])
  func evidenceFile(text: String) {
    let text = text.replacing(#""N""#, with: "\"" + String(repeating: "0", count: 64) + "\"")
    #expect(throws: AttestationError(AttestationError.evidenceFile, "")) {
      try NVIDIA.EvidenceFile(parsing: Array(text.utf8))
    }
  }

  @Test("evidence of GPUs and switches in one file is read device by device")
  func evidenceFileDevices() throws {
    func member(_ architecture: String, _ evidence: Evidence) -> JSONValue {
      [
        "arch": .string(architecture), "certificate": .string(Data(evidence.endorsements[0]).base64EncodedString()),
        "evidence": .string(Data(evidence.report).base64EncodedString()),
        "nonce": .string(Fixture.nonce.hexadecimal), "driver_version": "unused",
      ]
    }
    let file: JSONValue = [
      member("HOPPER", try Fixture.evidence()), member("LS10", try Fixture.evidence(.nvidiaSwitch)),
    ]
    let devices = try NVIDIA.EvidenceFile(parsing: file.canonicalBytes).devices
    #expect(devices.map(\.evidence.platform) == [.nvidiaGPU, .nvidiaSwitch])
    for device in devices {
      let policy = try Fixture.policy { $0.nvidia.largestRevocationListAge = nil }
      #expect(Fixture.codes(device.evidence, policy, nonce: device.nonce) == [])
    }
  }

  @Test("a request to NVIDIA's service and an agent's file hold the same devices")
  func evidenceFileForms() throws {
    // A file has the chain and no revocation lists.
    var evidence = try Fixture.evidence()
    evidence.endorsements.removeSubrange(1...)
    var device: [String: JSONValue] = [
      "certificate": .string(Data(evidence.endorsements[0]).base64EncodedString()),
      "evidence": .string(Data(evidence.report).base64EncodedString()),
    ]
    let request: JSONValue = [
      "nonce": .string(Fixture.nonce.hexadecimal), "arch": "HOPPER", "evidence_list": [.object(device)],
    ]
    let requested = try NVIDIA.EvidenceFile(parsing: request.canonicalBytes).devices
    #expect(requested.map(\.evidence) == [evidence] && requested.map(\.nonce) == [Fixture.nonce])
    device["arch"] = "Blackwell"
    device["uuid"] = "GPU-0"
    let agent: JSONValue = ["device_evidence_list": [.object(device), .object(device)]]
    let gathered = try NVIDIA.EvidenceFile(parsing: agent.canonicalBytes).devices
    #expect(gathered.map(\.evidence) == [evidence, evidence] && gathered.map(\.nonce) == [nil, nil])
  }

  @Test("a simulated device that was stored reports like before")
  func stored() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    try Fixture.device().save(to: url)
    let device = try SimulatedGPU.load(from: url)
    #expect(device.chipIdentifier == (try Fixture.device().chipIdentifier))
    #expect(Fixture.codes(try device.evidence(Fixture.report()), try Fixture.policy()) == [])
  }
}
