import Attestation
import ErrorCodes
import Foundation
import HardwareTEE
import SimulatedTEE
import Testing

/// No enclave here: a simulated one answers in the device's place, and others answer with all that is wrong.
@Suite struct NitroDeviceAttesterTests {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)
  static let reportData: [UInt8] = (0..<64).map { UInt8($0) }
  static let publicKey: [UInt8] = [9, 8, 7]

  static func enclave() throws -> (vendor: SimulatedNitroVendor, attester: SimulatedNitroAttester) {
    let vendor = try SimulatedNitroVendor.make(at: time)
    let pcr = { (byte: UInt8) in [UInt8](repeating: byte, count: 48) }
    let measurements = try #require(Nitro.Measurements(pcr0: pcr(1), pcr1: pcr(2), pcr2: pcr(3)))
    return (vendor, try SimulatedNitroAttester(vendor: vendor, measurements: measurements, clock: { time }))
  }

  static func answer(_ document: [UInt8]) -> [UInt8] {
    CBORWriter.map([
      (CBORWriter.text("Attestation"), CBORWriter.map([(CBORWriter.text("document"), CBORWriter.bytes(document))]))
    ])
  }

  static func code(_ answer: [UInt8], publicKey: [UInt8]? = nil, reportData: [UInt8] = reportData) async -> ErrorCode? {
    let attester = NitroDeviceAttester(publicKey: publicKey) { _ throws(HardwareTEEError) in answer }
    do {
      _ = try await attester.evidence(reportData: reportData)
      return nil
    } catch {
      return (error as? HardwareTEEError)?.code
    }
  }

  @Test("a simulated enclave behind the device is accepted by the verifier, from end to end")
  func wholeFlow() async throws {
    let (vendor, enclave) = try Self.enclave()
    let attester = NitroDeviceAttester(publicKey: Self.publicKey) { request throws(HardwareTEEError) in
      #expect(request == NitroDeviceAttester.request(userData: Self.reportData, publicKey: Self.publicKey))
      let evidence = try? enclave.issue {
        $0.userData = Self.reportData
        $0.publicKey = Self.publicKey
      }
      return Self.answer(evidence?.report ?? [])
    }
    let evidence = try await attester.evidence(reportData: Self.reportData)
    var policy = AppraisalPolicy(
      anchors: .simulated([vendor.root]),
      referenceValues: ReferenceValues(
        nitroMeasurements: [
          try #require(
            Nitro.Measurements(
              pcr0: Array(repeating: 1, count: 48), pcr1: Array(repeating: 2, count: 48),
              pcr2: Array(repeating: 3, count: 48)))
        ]))
    policy.nitro.hosts = HostList(chipIdentifiers: [Array(vendor.instanceID.utf8)])
    let result = EvidenceVerifier(policy: policy).appraise(
      evidence: evidence, expecting: ExpectedValues(reportData: Self.reportData, publicKey: Self.publicKey),
      at: Self.time)
    #expect(result.reasons == [])
    #expect(result.skipped == ["nonce"])
  }

  @Test("the request is the device's, byte for byte")
  func request() {
    let request = NitroDeviceAttester.request(userData: [1, 2], publicKey: nil)
    #expect(
      request == [0xA1, 0x6B] + Array("Attestation".utf8) + [0xA3, 0x69] + Array("user_data".utf8) + [0x42, 1, 2, 0x65]
        + Array("nonce".utf8) + [0xF6, 0x6A] + Array("public_key".utf8) + [0xF6])
    let largest = NitroDeviceAttester.request(
      userData: Self.reportData, publicKey: Array(repeating: 0, count: 1024))
    #expect(largest.count <= NitroDevice.requestByteLimit)
    #expect(NitroDevice.exchangeRequest == 3 << 30 | UInt(MemoryLayout<NitroDevice.Message>.size) << 16 | 0x0A << 8)
  }

  @Test("a document over other data is never conveyed")
  func otherData() async throws {
    let enclave = try Self.enclave().attester
    func report(_ change: (inout SimulatedNitroDocument) -> Void) throws -> [UInt8] {
      Self.answer(
        try enclave.issue {
          $0.userData = Self.reportData
          change(&$0)
        }.report)
    }
    #expect(await Self.code(try report { _ in }) == nil)
    for answer in [
      try report { $0.userData = nil }, try report { $0.userData?[0] ^= 1 }, try report { $0.userData?.append(0) },
      try report { $0.publicKey = [1] },
    ] {
      #expect(await Self.code(answer) == HardwareTEEError.reportDataMismatch)
    }
    #expect(
      await Self.code(try report { _ in }, publicKey: Self.publicKey) == HardwareTEEError.reportDataMismatch)
  }

  @Test(
    "a refusal of the device has its code",
    arguments: ["InvalidArgument", "InputTooLarge", "InternalError", "SomethingNew", ""])
  func refusals(name: String) async {
    let answer = CBORWriter.map([(CBORWriter.text("Error"), CBORWriter.text(name))])
    #expect(await Self.code(answer) == HardwareTEEError.deviceRefused)
  }

  @Test("hostile answers are malformed, and none traps")
  func hostile() async throws {
    let document = try Self.enclave().attester.issue { $0.userData = Self.reportData }.report
    let good = Self.answer(document)
    #expect(await Self.code(good) == nil)
    for count in 0..<good.count where count < 64 || count % 97 == 0 {
      #expect(await Self.code(Array(good.prefix(count))) == HardwareTEEError.responseMalformed)
    }
    let attestation = CBORWriter.text("Attestation")
    let member = CBORWriter.text("document")
    for answer in [
      good + [0], CBORWriter.text("LockPCR"), CBORWriter.null, CBORWriter.map([]), [0xBF, 0xFF],
      CBORWriter.map([(attestation, CBORWriter.map([]))]), CBORWriter.map([(attestation, CBORWriter.null)]),
      CBORWriter.map([(attestation, CBORWriter.map([(member, CBORWriter.text("x"))]))]),
      CBORWriter.map([(attestation, CBORWriter.map([(CBORWriter.text("x"), CBORWriter.bytes(document))]))]),
      CBORWriter.map([(CBORWriter.text("GetRandom"), CBORWriter.map([]))]),
      CBORWriter.map([(CBORWriter.text("Error"), CBORWriter.unsigned(1))]),
      CBORWriter.map([(CBORWriter.text("Error"), CBORWriter.text(String(repeating: "x", count: 33)))]),
      CBORWriter.map([(attestation, CBORWriter.map([(member, CBORWriter.bytes(document))])), ([0], [0])]),
      Self.answer([]), Self.answer([0x84]), Self.answer(document + [0]), Self.answer(Array(document.dropLast())),
      [0xBB, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ] {
      #expect(await Self.code(answer) == HardwareTEEError.responseMalformed)
    }
    let huge = Self.answer(Array(repeating: 0, count: NitroDevice.responseByteLimit))
    #expect(await Self.code(huge) == HardwareTEEError.reportTooLarge)
  }

  @Test("an answer of indefinite length is read")
  func indefinite() async throws {
    let document = try Self.enclave().attester.issue { $0.userData = Self.reportData }.report
    let answer =
      [0xBF] + CBORWriter.text("Attestation") + [0xBF] + CBORWriter.text("document") + CBORWriter.bytes(document)
      + [0xFF, 0xFF]
    #expect(await Self.code(answer) == nil)
  }

  @Test("requests of another length are refused before the device is asked")
  func lengths() async {
    for (reportData, publicKey) in [
      ([], nil), (Array(repeating: 0, count: 65), nil), (Self.reportData, Array(repeating: 0, count: 1025)),
    ] as [([UInt8], [UInt8]?)] {
      let attester = NitroDeviceAttester(publicKey: publicKey) { _ throws(HardwareTEEError) in
        Issue.record("the device was asked")
        return []
      }
      await #expect(throws: HardwareTEEError(HardwareTEEError.requestLength, "")) {
        try await attester.evidence(reportData: reportData)
      }
    }
  }

  @Test("an error of the device passes through, and a file that is no device has its code")
  func devices() async throws {
    let failing = NitroDeviceAttester { _ throws(HardwareTEEError) in
      throw HardwareTEEError(HardwareTEEError.deviceFailed, "Nitro Security Module")
    }
    await #expect(throws: HardwareTEEError(HardwareTEEError.deviceFailed, "")) {
      try await failing.evidence(reportData: Self.reportData)
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nsm-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("nsm").path
    await #expect(throws: HardwareTEEError(HardwareTEEError.providerMissing, "")) {
      try await NitroDeviceAttester(path: file).evidence(reportData: Self.reportData)
    }
    try Data().write(to: URL(fileURLWithPath: file))
    await #expect(throws: HardwareTEEError(HardwareTEEError.providerUnexpected, "")) {
      try await NitroDeviceAttester(path: file).evidence(reportData: Self.reportData)
    }
  }
}
