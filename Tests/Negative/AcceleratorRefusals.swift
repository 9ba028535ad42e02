import Attestation
import CloisterClient
import SimulatedTEE
import TestDeployment
import Testing
import Trust

@Suite("Refused: accelerators that are not what release and node say")
struct AcceleratorRefusals {
  /// Three simulated GPUs of one vendor, one beside each node.
  private struct Devices {
    let vendor: SimulatedGPUVendor
    let devices: [SimulatedGPU]

    init() throws {
      let time = try SharedDeployment.copy().epochs.beginning(of: 0)
      let vendor = try SimulatedGPUVendor.make(at: time)
      devices = try (0..<3).map { _ in try vendor.makeDevice(at: time) }
      self.vendor = vendor
    }
  }

  private static let shared = Result { try Devices() }

  private static func report(_ nonce: [UInt8]) -> SimulatedGPUReport {
    SimulatedGPUReport(platform: .nvidiaGPU, nonce: nonce)
  }

  /// A policy that trusts the GPUs' vendor and lists them.
  private static func trustDevices(_ policy: inout TrustPolicy) throws {
    let shared = try shared.get()
    guard case .simulated(let roots) = policy.appraisal.anchors else { return }
    policy.appraisal.anchors = .simulated(roots.union([shared.vendor.root]))
    policy.appraisal.nvidia.hosts = HostList(chipIdentifiers: Set(shared.devices.map(\.chipIdentifier)))
  }

  /// Every node has its GPU, and the release names one.
  private static func addDevices(_ plan: inout EpochPlan) throws {
    let devices = try shared.get().devices
    for index in plan.nodes.indices {
      plan.nodes[index].accelerators = { nonce in [try devices[index].evidence(report(nonce))] }
    }
    plan.releases[0].entry.accelerators = [
      .init(
        platform: "nvidia-gpu", count: 1, goldenValues: [try report([UInt8](repeating: 0, count: 32)).goldenValues])
    ]
  }

  private func expectRefusal(
    _ code: String, policy change: (inout TrustPolicy) throws -> Void = { _ in },
    location: SourceLocation = #_sourceLocation, _ edit: (inout EpochPlan) throws -> Void
  ) async throws {
    let client = try brokenEpoch(
      policy: {
        try Self.trustDevices(&$0)
        try change(&$0)
      },
      { plan, _ in
        try Self.addDevices(&plan)
        try edit(&plan)
      })
    try await Negative.expectRefusal(.init(code), of: client, location: location)
  }

  @Test("nodes whose accelerators fit are accepted, and their receipts name them")
  func accepted() async throws {
    var fixture = try SharedDeployment.copy()
    try Self.trustDevices(&fixture.policy)
    var plan = fixture.plan()
    try Self.addDevices(&plan)
    let file = try fixture.publish(plan)
    let trusted = try TrustedPolicy(published: fixture.signedPolicy())
    let epoch = try EpochVerifier(trusted).verify(file, at: .now(fixture.time(in: currentEpoch)))
    for index in epoch.bundle.nodes.indices {
      let node = try epoch.verifyNode(at: index)
      #expect(node.accelerators.map(\.platform) == ["nvidia-gpu"])
      #expect(node.accelerators[0].checks.contains("signature"))
    }
  }

  @Test("an accelerator that the release does not name")
  func unexpected() async throws {
    try await expectRefusal("accelerator-unexpected") { $0.releases[0].entry.accelerators = [] }
  }

  @Test("an accelerator of a kind that is not known")
  func unknownKind() async throws {
    try await expectRefusal("accelerator-unexpected") { plan in
      plan.editEveryNode { $0.editNode = { $0.accelerators[0].platform = "abacus" } }
    }
  }

  @Test("an accelerator that the release names and the node lacks")
  func missing() async throws {
    try await expectRefusal("accelerator-missing") { plan in plan.editEveryNode { $0.accelerators = { _ in [] } } }
    try await expectRefusal("accelerator-missing") { $0.releases[0].entry.accelerators[0].count = 2 }
  }

  @Test("one accelerator that stands for two")
  func repeated() async throws {
    let devices = try Self.shared.get().devices
    try await expectRefusal("accelerator-repeated") { plan in
      plan.releases[0].entry.accelerators[0].count = 2
      plan.editEveryNode { node in
        node.accelerators = { nonce in try (0..<2).map { _ in try devices[0].evidence(Self.report(nonce)) } }
      }
    }
  }

  @Test("evidence of an accelerator that was asked for again after the node's evidence was made")
  func askedAgain() async throws {
    let devices = try Self.shared.get().devices
    try await expectRefusal("report-data-mismatch") { plan in
      for index in plan.nodes.indices {
        plan.nodes[index].editNode = { node in
          // Good in itself, over the same nonce: only the node's binding tells it from the first.
          let nonce = Array(node.accelerators[0].evidence[4..<36])
          node.accelerators[0].evidence = (try? devices[index].evidence(Self.report(nonce)).report) ?? []
        }
      }
    }
  }

  @Test("recorded evidence of an accelerator")
  func recorded() async throws {
    let devices = try Self.shared.get().devices
    try await expectRefusal("spdm-nonce-mismatch") { plan in
      plan.editEveryNode { node in
        node.accelerators = { _ in [try devices[0].evidence(Self.report([UInt8](repeating: 7, count: 32)))] }
      }
    }
  }

  @Test("an accelerator whose measurements are not the release's")
  func measurements() async throws {
    let devices = try Self.shared.get().devices
    try await expectRefusal("measurement-unknown") { plan in
      plan.editEveryNode { node in
        node.accelerators = { nonce in
          var report = Self.report(nonce)
          report.measurements[3] = [UInt8](repeating: 3, count: 48)
          return [try devices[0].evidence(report)]
        }
      }
    }
  }

  @Test("an accelerator that is not in the host list")
  func unlisted() async throws {
    try await expectRefusal("chip-unlisted", policy: { $0.appraisal.nvidia.hosts = HostList() }) { _ in }
  }

  @Test("an accelerator that a publisher revoked")
  func revoked() async throws {
    let identifiers = try Self.shared.get().devices.map(\.chipIdentifier)
    try await expectRefusal("chip-revoked") { $0.revocations[2].entry.chipIdentifiers = identifiers }
  }

  @Test("an accelerator of a vendor that the policy does not trust")
  func otherVendor() async throws {
    let root = try DeploymentFixture.vendor.get().root
    try await expectRefusal("root-not-pinned", policy: { $0.appraisal.anchors = .simulated([root]) }) { _ in }
  }
}
