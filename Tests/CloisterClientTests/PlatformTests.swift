import Attestation
import CloisterClient
import ErrorCodes
import Foundation
import SimulatedTEE
import TestDeployment
import Testing
import Trust

/// The client verifies nodes on every hardware that a node can run on, from the release's values alone.
@Suite struct PlatformTests {
  private static let mrtd = [UInt8](repeating: 0x4D, count: 48)
  private static let rtmrs = (1...4).map { [UInt8](repeating: $0, count: 48) }
  private static let pcrs = (1...3).map { [UInt8](repeating: $0, count: 48) }

  private struct Hardware {
    let root: SimulatedRoot
    let identifier: [UInt8]
    let measurement: ReleaseEntry.Measurement
    let evidence: @Sendable ([UInt8]) throws -> Evidence
    let list: @Sendable (inout AppraisalPolicy, HostList) -> Void
  }

  private static func tdx(at time: Date) throws -> Hardware {
    try tdx(try SimulatedTDXVendor.make(at: time), index: 0, at: time)
  }

  private static func tdx(_ vendor: SimulatedTDXVendor, index: UInt32, at time: Date) throws -> Hardware {
    let platform = try vendor.makePlatform(index: index, at: time)
    let measurements = try #require(TDX.Measurements(mrtd: mrtd, rtmrs: rtmrs))
    return Hardware(
      root: vendor.root, identifier: platform.ppid,
      measurement: .init(platform: "tdx", measurement: measurements.rtmrDigest, firmware: mrtd),
      evidence: { reportData in
        let quote = SimulatedQuote(reportData: reportData, mrtd: mrtd, rtmrs: rtmrs)
        return Evidence(
          platform: .tdx, report: try quote.signed(by: platform), endorsements: platform.endorsements)
      }, list: { $0.tdx.hosts = $1 })
  }

  private static func nitro(instanceID: String = "i-0123456789abcdef0", at time: Date) throws -> Hardware {
    let vendor = try SimulatedNitroVendor.make(instanceID: instanceID, at: time)
    let measurements = try #require(Nitro.Measurements(pcr0: pcrs[0], pcr1: pcrs[1], pcr2: pcrs[2]))
    let attester = try SimulatedNitroAttester(vendor: vendor, measurements: measurements, clock: { time })
    return Hardware(
      root: vendor.root, identifier: Array(vendor.instanceID.utf8),
      measurement: .init(platform: "nitro", measurement: pcrs[0], firmware: pcrs[1], application: pcrs[2]),
      evidence: { reportData in try attester.issue { $0.userData = reportData } }, list: { $0.nitro.hosts = $1 })
  }

  private static func code(
    _ hardware: Hardware, _ edit: (inout EpochPlan) -> Void = { _ in }
  ) throws -> (ErrorCode?, VerifiedNode?) {
    var fixture = try DeploymentFixture.shared.get()
    fixture.policy.appraisal.anchors = .simulated([try DeploymentFixture.vendor.get().root, hardware.root])
    hardware.list(&fixture.policy.appraisal, HostList(chipIdentifiers: [hardware.identifier]))
    var plan = fixture.plan()
    plan.nodes[0].hardware = hardware.evidence
    plan.releases[0].entry.measurements.append(hardware.measurement)
    edit(&plan)
    let file = try fixture.publish(plan)
    let trusted = try TrustedPolicy(published: fixture.signedPolicy())
    let time = fixture.time(in: DeploymentFixture.firstEpoch)
    let epoch = try EpochVerifier(trusted).verify(file, at: .now(time))
    do {
      return (nil, try epoch.verifyNode(at: 0))
    } catch {
      return (error.code, nil)
    }
  }

  /// Ten minutes before the epoch, when nodes are handed the note.
  private static func noteTime() throws -> Date {
    let fixture = try DeploymentFixture.shared.get()
    return fixture.epochs.beginning(of: DeploymentFixture.firstEpoch).addingTimeInterval(-600)
  }

  @Test("a node on TDX is verified, and refused for a register, another release or a chip that is not listed")
  func tdx() throws {
    let hardware = try Self.tdx(at: try Self.noteTime())
    let (code, node) = try Self.code(hardware)
    #expect(code == nil)
    #expect(node?.platform == "tdx" && node?.chipIdentifier == hardware.identifier)
    try Self.refuses(hardware)
  }

  @Test("a node on Nitro is verified, and refused for a PCR, another release or an instance that is not listed")
  func nitro() throws {
    let hardware = try Self.nitro(at: try Self.noteTime())
    let (code, node) = try Self.code(hardware)
    #expect(code == nil)
    #expect(node?.platform == "nitro" && node?.chipIdentifier == hardware.identifier)
    try Self.refuses(hardware)
    #expect(
      try Self.code(hardware) { $0.releases[0].entry.measurements[1].application = Self.pcrs[0] }.0
        == AttestationError.measurement)
  }

  /// A client before two nodes, each on hardware of its own; no other is in the epoch.
  private static func client(of machines: [Hardware]) throws -> ClientFixture {
    var fixture = try DeploymentFixture.shared.get()
    fixture.policy.appraisal.anchors = .simulated(Set(machines.map(\.root)))
    machines[0].list(&fixture.policy.appraisal, HostList(chipIdentifiers: Set(machines.map(\.identifier))))
    var plan = fixture.plan()
    plan.nodes.removeLast()
    for (index, machine) in machines.enumerated() { plan.nodes[index].hardware = machine.evidence }
    plan.releases[0].entry.measurements.append(machines[0].measurement)
    let file = try fixture.publish(plan)
    let client = try ClientFixture(fixture, time: fixture.time(in: DeploymentFixture.firstEpoch))
    client.parties.serve(file, epoch: DeploymentFixture.firstEpoch)
    return client
  }

  private static func machines(_ platform: Platform) throws -> [Hardware] {
    let time = try noteTime()
    if platform == .nitro {
      return try ["i-0123456789abcdef0", "i-0123456789abcdef1"].map { try nitro(instanceID: $0, at: time) }
    }
    let vendor = try SimulatedTDXVendor.make(at: time)
    return try [0, 1].map { try tdx(vendor, index: $0, at: time) }
  }

  @Test("an epoch of two machines without SEV-SNP answers a request", arguments: [Platform.tdx, .nitro])
  func drawn(_ platform: Platform) async throws {
    let client = try Self.client(of: try Self.machines(platform))
    let answer = try await client.summarize()
    let receipt = try client.state.receipts.receipt(answer.receiptIdentifier)
    #expect(receipt.hops.map(\.platform) == [platform.rawValue])
  }

  @Test("two nodes on one machine are too few, and nothing is sent", arguments: [Platform.tdx, .nitro])
  func oneMachine(_ platform: Platform) async throws {
    let machine = try Self.machines(platform)[0]
    let client = try Self.client(of: [machine, machine])
    #expect(await client.refusal() == ClientError.tooFewChips)
    #expect(client.hasSentNothing)
  }

  private static func refuses(_ hardware: Hardware) throws {
    let last: (inout EpochPlan) -> Void = { $0.releases[0].entry.measurements[1].measurement = Self.pcrs[2] }
    #expect(try code(hardware, last).0 == AttestationError.measurement)
    #expect(
      try code(hardware) { $0.releases[0].entry.measurements[1].firmware = [UInt8](repeating: 9, count: 48) }.0
        == AttestationError.measurement)
    #expect(try code(hardware) { $0.releases[0].entry.measurements.removeLast() }.0 == ClientError.releasePlatform)
    #expect(
      try code(hardware) { $0.revocations[1].entry.chipIdentifiers = [hardware.identifier] }.0
        == AttestationError.chipRevoked)
    #expect(try code(hardware) { $0.nodes[0].editBinding = { $0.epoch += 1 } }.0 == AttestationError.reportData)
  }
}
