import Attestation
import ErrorCodes
import Foundation
import SimulatedTEE
import StrictJSON
import Testing
import WireFormat

/// Each rule refuses alone, with a code of its own, and says so when it is left out.
@Suite struct NVIDIARuleTests {
  typealias Fixture = NVIDIAFixture

  @Test("a strict policy that names roots, golden values and devices accepts a GPU and a switch")
  func accepted() throws {
    for platform in [Platform.nvidiaGPU, .nvidiaSwitch] {
      let result = Fixture.result(try Fixture.evidence(platform), try Fixture.policy())
      #expect(result.reasons == [])
      #expect(result.skipped == [])
      #expect(result.isSimulated)
      #expect(result.chipIdentifier == (try Fixture.device(platform).chipIdentifier))
      #expect(result.measurement?.count == 48)
      #expect(result.claims["platform"] == .string(platform.rawValue))
      #expect(result.claims["simulated"] == true)
    }
  }

  @Test("a Blackwell chain with the newer form of the firmware identifier is accepted")
  func blackwell() throws {
    let device = try Fixture.vendor().makeDevice(.blackwell, at: Fixture.time) { _, _ in }
    let evidence = try device.evidence(Fixture.report())
    let result = Fixture.result(evidence, try Fixture.policy(devices: [device]))
    #expect(result.reasons == [])
    #expect(result.claims["architecture"] == "blackwell")
    #expect(
      Fixture.codes(
        try Fixture.evidence(), try Fixture.policy { $0.nvidia.architectureFloor = .blackwell })
        == [AttestationError.productBelowFloor])
  }

  /// A change of report or policy that one rule sees.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var platform = Platform.nvidiaGPU
    var code: ErrorCode
    /// The check that `leaveOut` skips.
    var skipped: String?
    var report: @Sendable (inout SimulatedGPUReport) -> Void = { _ in }
    var policy: @Sendable (inout AppraisalPolicy) -> Void = { _ in }
    var leaveOut: @Sendable (inout AppraisalPolicy) -> Void = { _ in }

    init(
      _ name: String, _ code: ErrorCode, of platform: Platform = .nvidiaGPU, skipped: String? = nil,
      report: @escaping @Sendable (inout SimulatedGPUReport) -> Void = { _ in },
      policy: @escaping @Sendable (inout AppraisalPolicy) -> Void = { _ in },
      leaveOut: @escaping @Sendable (inout AppraisalPolicy) -> Void = { _ in }
    ) {
      testDescription = name
      self.platform = platform
      self.code = code
      self.skipped = skipped
      self.report = report
      self.policy = policy
      self.leaveOut = leaveOut
    }
  }

  static let formCases = [
    Case(
      "no signature asked for", AttestationError.spdmRequest, skipped: "spdm-request",
      report: { $0.requestAttributes = 0 }, leaveOut: { $0.nvidia.completeRequest = false }),
    Case(
      "one measurement asked for", AttestationError.spdmRequest, skipped: "spdm-request",
      report: { $0.requestedOperation = 1 }, leaveOut: { $0.nvidia.completeRequest = false }),
    Case(
      "answer of another slot", AttestationError.spdmRequest, skipped: "spdm-request",
      report: { $0.slot = 1 }, leaveOut: { $0.nvidia.completeRequest = false }),
    Case(
      "unknown opaque field", AttestationError.opaqueFieldUnknown, skipped: "opaque-fields",
      report: { $0.set(99, [1]) }, leaveOut: { $0.nvidia.namedUnknownFields = nil }),
    Case(
      "driver version missing", AttestationError.opaqueFieldMissing, skipped: "opaque-consistency",
      report: { $0.set(3, nil) },
      policy: { $0.nvidia.driverVersions = nil }, leaveOut: { $0.nvidia.consistentFields = false }),
    Case(
      "VBIOS version missing", AttestationError.opaqueFieldMissing, of: .nvidiaSwitch, skipped: "opaque-consistency",
      report: { $0.set(6, nil) },
      policy: { $0.nvidia.vbiosVersions = nil }, leaveOut: { $0.nvidia.consistentFields = false }),
    Case(
      "flag with a third value", AttestationError.opaqueFieldConflict, skipped: "opaque-consistency",
      report: { $0.set(21, [0x56]) }, leaveOut: { $0.nvidia.consistentFields = false }),
    Case(
      "opaque data of version 1 without the feature flag", AttestationError.opaqueFieldConflict,
      skipped: "opaque-consistency", report: { $0.set(34, [1, 0]) },
      leaveOut: { $0.nvidia.consistentFields = false }),
    Case(
      "feature flag that is not known", AttestationError.opaqueFieldConflict, skipped: "opaque-consistency",
      report: {
        $0.set(34, [1])
        $0.set(36, [3])
      }, leaveOut: { $0.nvidia.consistentFields = false }),
    Case(
      "feature flag against protected PCIe", AttestationError.opaqueFieldConflict, skipped: "opaque-consistency",
      report: {
        $0.set(34, [1])
        $0.set(36, [2])
      }, policy: { $0.nvidia.protectedPCIe = .set }, leaveOut: { $0.nvidia.consistentFields = false }),
  ]

  static let deviceCases = [
    Case(
      "architecture below the floor", AttestationError.productBelowFloor, skipped: "architecture-floor",
      policy: { $0.nvidia.architectureFloor = .blackwell }, leaveOut: { $0.nvidia.architectureFloor = nil }),
    Case(
      "chip that is not named", AttestationError.productUnknown, skipped: "chips",
      policy: { $0.nvidia.chips = ["GB100"] }, leaveOut: { $0.nvidia.chips = nil }),
    Case(
      "device that is not listed", AttestationError.chipUnlisted, skipped: "host-list",
      policy: { $0.nvidia.hosts = HostList() }, leaveOut: { $0.nvidia.hosts = nil }),
    Case(
      "device that is revoked", AttestationError.chipRevoked, skipped: "revoked-chips",
      policy: { $0.nvidia.revokedChips = $0.nvidia.hosts }, leaveOut: { $0.nvidia.revokedChips = nil }),
    Case(
      "protected PCIe on", AttestationError.protectedPCIe, skipped: "protected-pcie",
      report: { $0.set(21, [0xAA]) }, leaveOut: { $0.nvidia.protectedPCIe = .either }),
    Case(
      "protected PCIe on by the feature flag", AttestationError.protectedPCIe, skipped: "protected-pcie",
      report: {
        $0.set(21, [0xAA])
        $0.set(34, [1])
        $0.set(36, [2])
      }, leaveOut: { $0.nvidia.protectedPCIe = .either }),
    Case(
      "protected PCIe off where the policy demands it", AttestationError.protectedPCIe, skipped: "protected-pcie",
      policy: { $0.nvidia.protectedPCIe = .set }, leaveOut: { $0.nvidia.protectedPCIe = .either }),
    Case(
      "GPU at a switch that is not named", AttestationError.switchUnlisted, skipped: "switches",
      report: { $0.set(22, Array(repeating: 0, count: 8) + Array(repeating: 9, count: 8)) },
      leaveOut: { $0.nvidia.switches = nil }),
    Case(
      "switch that is not named", AttestationError.switchUnlisted, of: .nvidiaSwitch, skipped: "switches",
      policy: { $0.nvidia.switches = [] }, leaveOut: { $0.nvidia.switches = nil }),
    Case(
      "switch that does not say which it is", AttestationError.switchUnlisted, of: .nvidiaSwitch, skipped: "switches",
      report: { $0.set(22, nil) }, leaveOut: { $0.nvidia.switches = nil }),
    Case(
      "switch at a GPU that is not named", AttestationError.gpuUnlisted, of: .nvidiaSwitch, skipped: "gpus",
      policy: { $0.nvidia.gpus = [] }, leaveOut: { $0.nvidia.gpus = nil }),
  ]

  static let measurementCases = [
    Case(
      "no golden values at all", AttestationError.noReferenceValues,
      policy: {
        $0.referenceValues = ReferenceValues()
        $0.nvidia.driverVersions = nil
        $0.nvidia.vbiosVersions = nil
      }),
    Case(
      "one measurement differs", AttestationError.measurement,
      report: { $0.measurements[3] = Array(repeating: 1, count: 48) }),
    Case(
      "one measurement is missing", AttestationError.measurement, report: { $0.measurements[3] = nil }),
    Case(
      "measurements are raw values", AttestationError.measurement, report: { $0.valueType = 0x81 }),
    Case(
      "measurement without a golden value", AttestationError.measurementUncovered, skipped: "measurement-coverage",
      report: { $0.measurements[9] = Array(repeating: 1, count: 48) },
      leaveOut: { $0.nvidia.uncoveredMeasurements = nil }),
    Case(
      "driver that is not the golden values'", AttestationError.driverVersion, skipped: "driver-version",
      report: { $0.set(3, Array("1.2\0".utf8)) }, leaveOut: { $0.nvidia.driverVersions = nil }),
    Case(
      "driver that is not named", AttestationError.driverVersion, skipped: "driver-version",
      policy: { $0.nvidia.driverVersions = ["1.2"] }, leaveOut: { $0.nvidia.driverVersions = nil }),
    Case(
      "VBIOS that is not the golden values'", AttestationError.vbiosVersion, skipped: "vbios-version",
      report: { $0.set(6, [1, 2, 3, 4, 5, 6, 7, 8]) }, leaveOut: { $0.nvidia.vbiosVersions = nil }),
    Case(
      "firmware of a switch that is not named", AttestationError.vbiosVersion, of: .nvidiaSwitch,
      skipped: "vbios-version", policy: { $0.nvidia.vbiosVersions = ["1"] },
      leaveOut: { $0.nvidia.vbiosVersions = nil }),
    Case(
      "nothing fixes the mode", AttestationError.confidentialMode, skipped: "confidential-mode",
      policy: {
        $0.referenceValues = nil
        $0.nvidia.driverVersions = nil
        $0.nvidia.vbiosVersions = nil
      }, leaveOut: { $0.nvidia.confirmedMode = false }),
  ]

  @Test(
    "each rule refuses alone, and is named when it is left out", arguments: formCases + deviceCases + measurementCases)
  func rule(_ change: Case) throws {
    let evidence = try Fixture.evidence(change.platform, change.report)
    var policy = try Fixture.policy()
    change.policy(&policy)
    let before = Fixture.result(evidence, policy)
    #expect(before.reasons.map(\.code) == [change.code])
    guard let skipped = change.skipped else { return }
    change.leaveOut(&policy)
    let after = Fixture.result(evidence, policy)
    #expect(after.reasons == [])
    #expect(Set(after.skipped).subtracting(before.skipped) == [skipped])
  }

  @Test("what the policy names is allowed")
  func named() throws {
    var policy = try Fixture.policy { policy in
      policy.nvidia.namedUnknownFields = [99]
      policy.nvidia.uncoveredMeasurements = [9]
      policy.nvidia.driverVersions = ["1.2", "3.4"]
      policy.nvidia.protectedPCIe = .set
    }
    let evidence = try Fixture.evidence { report in
      report.set(99, [1, 2, 3])
      report.set(3, Array("1.2\0".utf8))
      report.set(21, [0xAA])
      // A GPU has the bytes of a switch's identifier in the other order.
      report.set(22, Array(SimulatedGPUReport.switchIdentifier.reversed()))
      report.measurements[9] = Array(repeating: 1, count: 48)
    }
    #expect(Fixture.codes(evidence, policy) == [])
    policy.nvidia.revokedChips = HostList(chipIdentifiers: [Array(repeating: 1, count: 32)])
    #expect(Fixture.codes(evidence, policy) == [])
  }

  @Test("an index with alternatives takes each of them and nothing else")
  func alternatives() throws {
    let other = [UInt8](repeating: 0xA1, count: 48)
    let golden = try Fixture.report().goldenValues
    var measurements = golden.measurements
    measurements[2]?.insert(other)
    let wider = try NVIDIA.Measurements(
      platform: .nvidiaGPU, driverVersion: golden.driverVersion, vbiosVersion: golden.vbiosVersion,
      measurements: measurements)
    let policy = try Fixture.policy { $0.referenceValues?.nvidiaMeasurements = [wider] }
    #expect(Fixture.codes(try Fixture.evidence(), policy) == [])
    #expect(Fixture.codes(try Fixture.evidence { $0.measurements[2] = other }, policy) == [])
    #expect(
      Fixture.codes(try Fixture.evidence { $0.measurements[3] = other }, policy) == [AttestationError.measurement])
  }

  @Test("versions count together: the driver of one release with the VBIOS of another is refused")
  func mixedReleases() throws {
    let golden = try Fixture.report().goldenValues
    let others = try [("1.2", golden.vbiosVersion), (golden.driverVersion, "97.00.00.00.01")].map { driver, vbios in
      try NVIDIA.Measurements(
        platform: .nvidiaGPU, driverVersion: driver, vbiosVersion: vbios, measurements: golden.measurements)
    }
    let policy = try Fixture.policy { $0.referenceValues?.nvidiaMeasurements = others }
    #expect(Fixture.codes(try Fixture.evidence(), policy) == [AttestationError.vbiosVersion])
  }

  @Test("measurement 36 may differ where the decoder is disabled and the policy says so, and nowhere else")
  func nvdec() throws {
    let golden = try Fixture.report { $0.measurements[36] = Array(repeating: 3, count: 48) }.goldenValues
    var policy = try Fixture.policy { $0.referenceValues?.nvidiaMeasurements = [golden] }
    let evidence = try Fixture.evidence { $0.measurements[36] = Array(repeating: 4, count: 48) }
    #expect(Fixture.codes(evidence, policy) == [AttestationError.measurement])
    policy.nvidia.comparesDisabledNVDEC0 = false
    let result = Fixture.result(evidence, policy)
    #expect(result.reasons == [])
    #expect(result.skipped == ["measurement-nvdec0"])
    let enabled = try Fixture.evidence { report in
      report.measurements[36] = Array(repeating: 4, count: 48)
      report.set(11, [0xAA])
    }
    #expect(Fixture.codes(enabled, policy) == [AttestationError.measurement])
  }

  @Test("the nonce is the one that was asked for, whichever member states it")
  func nonce() throws {
    let evidence = try Fixture.evidence()
    let policy = try Fixture.policy()
    #expect(Fixture.codes(evidence, policy, nonce: Array(repeating: 1, count: 32)) == [AttestationError.spdmNonce])
    let verifier = EvidenceVerifier(policy: policy)
    func codes(_ expected: ExpectedValues) -> [ErrorCode] {
      verifier.appraise(evidence: evidence, expecting: expected, at: Fixture.time).reasons.map(\.code)
    }
    #expect(codes(ExpectedValues(reportData: Fixture.nonce)) == [])
    #expect(codes(ExpectedValues(reportData: Fixture.nonce, nonce: Fixture.nonce)) == [])
    #expect(
      codes(ExpectedValues(reportData: Array(repeating: 0, count: 32), nonce: Fixture.nonce))
        == [AttestationError.spdmNonce])
    #expect(Fixture.result(evidence, policy, nonce: nil).skipped == ["nonce"])
  }

  @Test("authenticity alone names every rule that it leaves out")
  func authenticityOnly() throws {
    let vendor = try Fixture.vendor()
    let result = Fixture.result(
      try Fixture.evidence(), .authenticityOnly(anchors: .simulated([vendor.root])), nonce: nil)
    #expect(result.verdict == .accepted)
    let strict = Fixture.result(try Fixture.evidence(), try Fixture.policy(), nonce: nil)
    #expect(
      Set(result.skipped).union(result.checks.map(\.name)).subtracting(["measurement-nvdec0"])
        == Set(strict.checks.map(\.name)))
  }
}
