import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import TestSupport
import Testing
import X509

/// Chains that are not a device's, and revocation.
@Suite struct NVIDIAChainTests {
  typealias Fixture = NVIDIAFixture
  typealias Level = SimulatedGPUVendor.Level

  /// A device with one certificate changed before it was signed, appraised by a policy that lists it.
  static func codes(
    _ architecture: NVIDIA.Architecture = .hopper, flags: [UInt8] = [0, 0, 0, 1],
    report: SimulatedGPUReport = Fixture.report(), platform: Platform = .nvidiaGPU, at time: Date = Fixture.time,
    _ template: (Level, inout SimulatedAuthority.Template) throws -> Void = { _, _ in },
    policy change: (inout AppraisalPolicy) -> Void = { _ in }
  ) throws -> [ErrorCode] {
    let device = try Fixture.vendor().makeDevice(architecture, flags: flags, at: Fixture.time, change: template)
    var evidence = try device.evidence(report)
    evidence.platform = platform
    var policy = try Fixture.policy(devices: [device])
    change(&policy)
    return Fixture.codes(evidence, policy, at: time)
  }

  @Test(
    "certificates whose names do not belong together are refused",
    arguments: [
      (Level.identity, "NVIDIA GB100 Identity"), (.identity, "NVIDIA GH100"), (.provisioner, "GH100 A00 GSP BROM"),
      (.provisioner, "NVIDIA GB100 Provisioner ICA 1"), (.device, "GB100 A01 GSP BROM"),
      (.leaf, "GB100 A01 GSP FMC LF"),
    ])
  func names(level: Level, name: String) throws {
    let codes = try Self.codes { current, template in
      if current == level { template.subject = try SimulatedAuthority.Template.name(name) }
    }
    #expect(codes == [AttestationError.chainNames])
  }

  @Test(
    "a switch whose names do not belong together, or which stands under another identity than GH100's, is refused",
    arguments: [
      (Level.identity, "NVIDIA LS_10 Identity"), (.identity, "NVIDIA GB100 Identity"),
      (.provisioner, "NVIDIA GH100 Provisioner ICA 1"), (.device, "GH100 A01 GSP BROM"),
      (.leaf, "GH100 A01 GSP FMC LF"),
    ])
  func switchNames(level: Level, name: String) throws {
    let codes = try Self.codes(.ls10, report: Fixture.report(.nvidiaSwitch), platform: .nvidiaSwitch) {
      current, template in
      if current == level { template.subject = try SimulatedAuthority.Template.name(name) }
    }
    #expect(codes == [AttestationError.chainNames])
  }

  @Test("a chip that is not known is no GPU", arguments: ["GX100", "GH", "CX7", "GHx"])
  func unknownChip(chip: String) throws {
    let codes = try Self.codes { level, template in
      guard level != .root else { return }
      let names: [Level: String] = [
        .identity: "NVIDIA \(chip) Identity", .provisioner: "NVIDIA \(chip) Provisioner ICA 1",
        .device: "\(chip) A01 GSP BROM", .leaf: "\(chip) A01 GSP FMC LF",
      ]
      template.subject = try SimulatedAuthority.Template.name(names[level] ?? "")
    }
    #expect(codes == [AttestationError.productUnknown])
  }

  @Test("a GPU's chain is no switch's, and a switch's no GPU's")
  func otherPlatform() throws {
    #expect(
      try Self.codes(report: Fixture.report(.nvidiaSwitch), platform: .nvidiaSwitch)
        == [AttestationError.productMismatch])
    #expect(try Self.codes(.ls10) == [AttestationError.productMismatch])
  }

  @Test("a certificate outside its time is refused", arguments: [Level.identity, .provisioner, .device, .leaf])
  func times(level: Level) throws {
    let expired = try Self.codes { current, template in
      if current == level { template.notAfter = Fixture.time.addingTimeInterval(-1) }
    }
    #expect(expired == [AttestationError.certificateExpired])
    let early = try Self.codes { current, template in
      if current == level { template.notBefore = Fixture.time.addingTimeInterval(60) }
    }
    #expect(early == [AttestationError.certificateNotYetValid])
  }

  @Test("a certificate that may not do what the chain has it do is refused")
  func usage() throws {
    for level in [Level.identity, .provisioner, .device] {
      let signs = try Self.codes { current, template in
        if current == level { template.keyUsage = KeyUsage(digitalSignature: true) }
      }
      #expect(signs == [AttestationError.certificateUsage])
    }
    let pathLength = try Self.codes { level, template in
      if level == .identity { template.basicConstraints = .isCertificateAuthority(maxPathLength: 1) }
    }
    #expect(pathLength == [AttestationError.certificateUsage])
    let noAuthority = try Self.codes { level, template in
      if level == .device { template.basicConstraints = .notCertificateAuthority }
    }
    #expect(noAuthority == [AttestationError.issuerMissing])
    let leafUsage = try Self.codes { level, template in
      if level == .leaf { template.keyUsage = KeyUsage(keyAgreement: true) }
    }
    #expect(leafUsage == [AttestationError.certificateUsage])
    let leafAuthority = try Self.codes { level, template in
      if level == .leaf { template.basicConstraints = .isCertificateAuthority(maxPathLength: nil) }
    }
    #expect(leafAuthority == [AttestationError.leafMissing])
    let critical = try Self.codes { level, template in
      if level == .leaf {
        template.extensions.append(.init(oid: [1, 2, 3], critical: true, value: [5, 0]))
      }
    }
    #expect(critical == [AttestationError.certificateUsage])
  }

  @Test("a key on another curve is refused")
  func curve() throws {
    let codes = try Self.codes { level, template in
      if level == .leaf { template.publicKey = Certificate.PublicKey(P256.Signing.PrivateKey().publicKey) }
    }
    #expect(codes == [AttestationError.certificateKey])
  }

  @Test("each certificate must say that it is simulated", arguments: [Level.identity, .provisioner, .device, .leaf])
  func marks(level: Level) throws {
    let codes = try Self.codes { current, template in if current == level { template.isMarked = false } }
    #expect(codes == [AttestationError.simulatedExpected])
  }

  @Test("a simulated chain is refused under production roots, and another vendor's under these")
  func roots() throws {
    #expect(try Self.codes(policy: { $0.anchors = .allProduction }) == [AttestationError.simulatedRefused])
    let other = try SimulatedGPUVendor.make(at: Fixture.time)
    #expect(try Self.codes(policy: { $0.anchors = .simulated([other.root]) }) == [AttestationError.rootNotPinned])
  }

  @Test("another vendor's chain with the right names beneath the right root is refused")
  func forged() throws {
    let other = try SimulatedGPUVendor.make(at: Fixture.time).makeDevice(.nvidiaGPU, at: Fixture.time)
    let root = try Fixture.device().chain[4]
    let evidence = Evidence(
      platform: .nvidiaGPU, report: try Fixture.report().signed(by: other),
      endorsements: Array(other.chain.prefix(4)) + [root])
    #expect(Fixture.codes(evidence, try Fixture.policy()) == [AttestationError.chainSignature])
  }

  @Test("a device's report under another device's chain is refused")
  func swapped() throws {
    let other = try Fixture.vendor().makeDevice(.nvidiaGPU, at: Fixture.time)
    var evidence = try Fixture.evidence()
    evidence.endorsements = other.endorsements
    #expect(Fixture.codes(evidence, try Fixture.policy()) == [AttestationError.reportSignature])
    // With both chains at hand, the one whose key signed counts.
    evidence.endorsements = other.chain + (try Fixture.device().endorsements)
    #expect(Fixture.codes(evidence, try Fixture.policy()) == [])
  }

  @Test("no certificate of the chain may be missing, and their order does not matter")
  func missing() throws {
    let device = try Fixture.device()
    for index in 0..<5 {
      var evidence = try Fixture.evidence()
      evidence.endorsements = device.chain
      evidence.endorsements.remove(at: index)
      #expect(
        Fixture.codes(evidence, try Fixture.policy())
          == [index == 0 ? AttestationError.leafMissing : AttestationError.issuerMissing])
    }
    var evidence = try Fixture.evidence()
    evidence.endorsements = device.revocationLists + device.chain.reversed()
    #expect(Fixture.codes(evidence, try Fixture.policy()) == [])
  }

  @Test("endorsements that are nothing, or too many, are refused")
  func unreadable() throws {
    var evidence = try Fixture.evidence()
    evidence.endorsements.append([1, 2, 3])
    #expect(Fixture.codes(evidence, try Fixture.policy()) == [AttestationError.endorsementUnreadable])
    evidence.endorsements[2] = [0x30, 0x00]
    #expect(Fixture.codes(evidence, try Fixture.policy()) == [AttestationError.endorsementUnreadable])
    evidence.endorsements = Array(repeating: try Fixture.device().chain[0], count: 33)
    #expect(Fixture.codes(evidence, try Fixture.policy()) == [AttestationError.endorsementLimit])
    evidence.endorsements = [Array(repeating: 0x30, count: 1 << 20 + 1)]
    #expect(Fixture.codes(evidence, try Fixture.policy()) == [AttestationError.endorsementLimit])
  }

  @Test("the firmware that the report names is the leaf's")
  func firmware() throws {
    for architecture in [NVIDIA.Architecture.hopper, .blackwell] {
      let other = Fixture.report(.nvidiaGPU) { $0.set(20, Array(repeating: 1, count: 48)) }
      #expect(try Self.codes(architecture, report: other) == [AttestationError.firmwareIdentifier])
      // Early firmware reports none.
      #expect(try Self.codes(architecture, report: Fixture.report(.nvidiaGPU) { $0.set(20, nil) }) == [])
      let absent = try Self.codes(architecture) { level, template in
        if level == .leaf { template.extensions = [] }
      }
      #expect(absent == [AttestationError.firmwareIdentifier])
      let malformed = try Self.codes(architecture) { level, template in
        if level == .leaf {
          template.extensions = template.extensions.map {
            Certificate.Extension(oid: $0.oid, critical: false, value: $0.value.dropLast() + [0, 0])
          }
        }
      }
      #expect(malformed == [AttestationError.certificateExtensions])
    }
  }

  @Test("a device in debug mode, in recovery or not secure is refused, and other flags are not")
  func flags() throws {
    #expect(try Self.codes(.blackwell, flags: [0x10, 0, 0, 1]) == [AttestationError.deviceDebug])
    #expect(try Self.codes(.blackwell, flags: [0x40, 0, 0, 1]) == [AttestationError.deviceNotSecure])
    #expect(try Self.codes(.blackwell, flags: [0x20]) == [AttestationError.deviceNotSecure])
    #expect(try Self.codes(.blackwell, flags: [0x8F, 0, 0, 1]) == [])
    #expect(try Self.codes(.blackwell, flags: []) == [])
    #expect(try Self.codes(.blackwell, flags: [0x10], policy: { $0.nvidia.secureFirmware = false }) == [])
  }

  @Test("an unknown endorsement of a stranger's list is passed over; one that names a certificate refuses")
  func revocation() throws {
    let device = try Fixture.vendor().makeDevice(.nvidiaGPU, at: Fixture.time)
    let policy = try Fixture.policy(devices: [device])
    let seconds = Int64(Fixture.time.timeIntervalSince1970)
    func codes(_ lists: [[UInt8]], _ policy: AppraisalPolicy, at time: Date = Fixture.time) throws -> [ErrorCode] {
      var evidence = try device.evidence(Fixture.report())
      evidence.endorsements = device.chain + lists
      return Fixture.codes(evidence, policy, at: time)
    }
    func list(
      _ issuer: SimulatedAuthority, revoking certificate: SimulatedAuthority? = nil, key: SimulatedAuthority.Key? = nil
    ) throws -> [UInt8] {
      var template = try issuer.revocationList(thisUpdate: seconds - 60)
      if let certificate { template.revokedSerialNumbers = [Array(certificate.certificate.serialNumber.bytes)] }
      return try template.signed(by: key ?? issuer.key)
    }
    let root = try Fixture.vendor().authority
    let (identity, provisioner) = (device.authorities[0], device.authorities[1])
    let good = [try list(root), try list(identity)]
    #expect(try codes(good, policy) == [])
    #expect(try codes([try list(root, revoking: identity), good[1]], policy) == [AttestationError.certificateRevoked])
    #expect(
      try codes([good[0], try list(identity, revoking: provisioner)], policy) == [AttestationError.certificateRevoked])
    // What another authority revokes is not the chain's.
    #expect(try codes(good + [try list(provisioner, revoking: identity)], policy) == [])
    #expect(try codes([good[0]], policy) == [AttestationError.revocationMissing])
    #expect(try codes([good[1]], policy) == [AttestationError.revocationMissing])
    let forged = try list(root, key: identity.key)
    #expect(try codes(good + [forged], policy) == [AttestationError.revocationSignature])
    let stranger = try SimulatedGPUVendor.make(at: Fixture.time).makeDevice(.blackwell, at: Fixture.time) { _, _ in }
    #expect(try codes(good + [try list(stranger.authorities[0])], policy) == [])
    #expect(
      try codes(good, policy, at: Fixture.time.addingTimeInterval(31 * 86_400)) == [AttestationError.revocationStale])
    #expect(
      try codes(good, policy, at: Fixture.time.addingTimeInterval(-400)) == [AttestationError.revocationNotYetValid])
    var young = policy
    young.nvidia.largestRevocationListAge = 59
    #expect(try codes(good, young) == [AttestationError.revocationStale])
    young.nvidia.largestRevocationListAge = nil
    #expect(try codes([], young) == [])
    #expect(
      try codes([try list(root, revoking: identity)], young) == [AttestationError.certificateRevoked])
  }

  @Test(
    "real chains: swapped ones are refused, and a pile of all changes nothing", .enabled(if: VectorFolder.isPresent))
  func realChains() throws {
    var evidence = try NVIDIARealEvidenceTests.evidence("hopper-a")
    evidence.endorsements = try NVIDIARealEvidenceTests.evidence("hopper-b").endorsements
    #expect(NVIDIARealEvidenceTests.appraise(evidence).reasons.map(\.code) == [AttestationError.reportSignature])
    evidence.endorsements = try NVIDIARealEvidenceTests.accepted.flatMap {
      try NVIDIARealEvidenceTests.evidence($0).endorsements
    }
    #expect(NVIDIARealEvidenceTests.appraise(evidence).reasons == [])
    let policy = AppraisalPolicy.authenticityOnly(anchors: .production([.nvidiaManifests, .amdGenoa]))
    #expect(
      NVIDIARealEvidenceTests.appraise(evidence, policy).reasons.map(\.code) == [AttestationError.rootNotPinned])
    let simulated = AppraisalPolicy.authenticityOnly(anchors: .simulated([try Fixture.vendor().root]))
    #expect(
      NVIDIARealEvidenceTests.appraise(evidence, simulated).reasons.map(\.code)
        == [AttestationError.simulatedExpected])
  }
}
