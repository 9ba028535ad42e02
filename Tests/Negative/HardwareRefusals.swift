import Attestation
import CloisterClient
import ErrorCodes
import Foundation
import SimulatedTEE
import TestDeployment
import Testing
import Trust

@Suite("Refused: hardware and its firmware")
struct HardwareRefusals {
  private static let genoaComponents = ["bootLoader", "tee", "snp", "microcode"]

  /// Reads and changes one component of a version by its name.
  private static func change(
    _ name: String, of version: inout SEVSNP.TCBVersion, _ edit: (UInt8) -> UInt8
  ) {
    switch name {
    case "bootLoader": version.bootLoader = edit(version.bootLoader)
    case "tee": version.tee = edit(version.tee)
    case "snp": version.snp = edit(version.snp)
    default: version.microcode = edit(version.microcode)
    }
  }

  @Test("a report whose version differs from the certificate's, either way", arguments: genoaComponents, [-1, 1])
  func reportedDiffers(_ name: String, _ step: Int) async throws {
    try await expectRefusal(AttestationError.tcbCertificateMismatch) { plan, fixture in
      var tcb = fixture.chips[0].tcb
      Self.change(name, of: &tcb) { $0 == 0 ? 1 : UInt8(Int($0) + step) }
      let reported = tcb
      plan.editEveryNode { $0.editReport = { $0.reportedTCB = reported } }
    }
  }

  @Test("a chip whose certificate is below the minimum, by any component", arguments: genoaComponents)
  func certificateBelow(_ name: String) async throws {
    try await expectRefusal(
      AttestationError.tcbReported,
      policy: { policy in
        var minimum = SimulatedChip.tcb(.genoa)
        Self.change(name, of: &minimum) { $0 + 1 }
        policy.appraisal.sevSNP.minimumTCB = [.genoa: minimum]
      }, { _, _ in })
  }

  private static let versions: [(String, ErrorCode, @Sendable (inout SimulatedReport, SEVSNP.TCBVersion) -> Void)] = [
    ("committed", AttestationError.tcbCommitted, { $0.committedTCB = $1 }),
    ("launch", AttestationError.tcbLaunch, { $0.launchTCB = $1 }),
    ("current", AttestationError.tcbCurrent, { $0.currentTCB = $1 }),
  ]

  @Test(
    "a version in the report below the minimum, by any component", arguments: ["committed", "launch", "current"],
    ["bootLoader", "snp", "microcode"])
  func versionBelow(_ version: String, _ name: String) async throws {
    let (_, code, write) = try #require(Self.versions.first { $0.0 == version })
    let minimum = try #require(SEVSNP.AppraisalRules.strict.minimumTCB?[.genoa])
    var tcb = minimum
    Self.change(name, of: &tcb) { $0 - 1 }
    let lowered = tcb
    try await expectRefusal(code) { plan, _ in
      plan.editEveryNode { $0.editReport = { write(&$0, lowered) } }
    }
  }

  @Test("a report of another chip than its certificate's")
  func otherChip() async throws {
    try await expectRefusal(AttestationError.chipMismatch) { plan, fixture in
      for index in plan.nodes.indices {
        let identifier = fixture.chips[(index + 1) % 3].chipIdentifier
        plan.nodes[index].editReport = { $0.chipID = identifier }
      }
    }
  }

  @Test("a chip that is not in the host list")
  func unknownChip() async throws {
    try await expectRefusal(AttestationError.chipUnlisted) { plan, fixture in
      let vendor = try DeploymentFixture.vendor.get()
      for index in plan.nodes.indices {
        plan.nodes[index].otherChip = try vendor.makeChip(
          index: UInt32(90 + index), at: fixture.epochs.beginning(of: 0))
      }
    }
  }

  @Test("a masked chip")
  func maskedChip() async throws {
    try await expectRefusal(AttestationError.chipMasked) { plan, _ in
      // Of three nodes two are masked, so that every draw of two chips has one of them.
      for index in 0..<2 {
        plan.nodes[index].editReport = { $0.chipID = [UInt8](repeating: 0, count: 64) }
      }
    }
  }

  @Test("a chip that a publisher revoked")
  func revokedChip() async throws {
    try await expectRefusal(AttestationError.chipRevoked) { plan, fixture in
      plan.revocations[1].entry.chipIdentifiers = fixture.chips.map(\.chipIdentifier)
    }
  }

  @Test("a product below the floor")
  func productFloor() async throws {
    try await expectRefusal(
      AttestationError.productBelowFloor, policy: { $0.appraisal.sevSNP.productFloor = .turin }, { _, _ in })
  }

  @Test("a processor that is not the chain's product")
  func otherProduct() async throws {
    try await expectRefusal(AttestationError.productMismatch) { plan, _ in
      plan.editEveryNode { $0.editReport = { $0.processor = (0x19, 0x01, 1) } }
    }
  }

  @Test("a processor of no known product")
  func unknownProduct() async throws {
    try await expectRefusal(AttestationError.productUnknown) { plan, _ in
      plan.editEveryNode { $0.editReport = { $0.processor = (0x7F, 0x01, 1) } }
    }
  }

  @Test("revocation lists older than a day")
  func staleRevocations() async throws {
    try await expectRefusal(ClientError.revocationStale) { plan, fixture in
      plan.revocations[2].entry.issued =
        UInt64(fixture.time(in: currentEpoch).timeIntervalSince1970) - 24 * 3_600 - 1
    }
  }

  @Test("a publisher's revocation list left out")
  func missingRevocations() async throws {
    try await expectRefusal(ClientError.revocationStale) { plan, _ in plan.revocations.removeLast() }
  }

  @Test("a revocation list that its publisher did not sign")
  func forgedRevocations() async throws {
    try await expectRefusal(TrustError.tooFewSignatures) { plan, _ in
      plan.revocations[0].signers = [StatementSigningKey()]
    }
  }

  @Test("a revocation list from the future")
  func futureRevocations() async throws {
    try await expectRefusal(ClientError.entryFuture) { plan, fixture in
      plan.revocations[0].entry.issued = UInt64(fixture.time(in: currentEpoch).timeIntervalSince1970) + 301
    }
  }

  @Test("a chain whose root is left out")
  func missingRoot() async throws {
    try await expectRefusal(AttestationError.rootMissing) { plan, fixture in
      for index in plan.nodes.indices {
        let all = fixture.chips[index].endorsements
        plan.nodes[index].endorsements = [all[0], all[1], all[3]]
      }
    }
  }

  @Test("a chain that ends in another root than the policy's")
  func otherRoot() async throws {
    try await expectRefusal(
      AttestationError.rootNotPinned,
      policy: { policy in
        let root = try #require(SimulatedRoot(publicKeyDigest: [UInt8](repeating: 1, count: 32)))
        policy.appraisal.anchors = .simulated([root])
      }, { _, _ in })
  }

  @Test("a forged chain: a report that another key signed than the certificate's")
  func forgedSignature() async throws {
    try await expectRefusal(AttestationError.reportSignature) { plan, _ in
      plan.editEveryNode { $0.editNode = { $0.evidence[0x2A0] ^= 1 } }
    }
  }

  @Test("simulated machines under a policy with real roots")
  func simulatedUnderProduction() async throws {
    try await expectRefusal(
      AttestationError.simulatedRefused, policy: { $0.appraisal.anchors = .allProduction }, { _, _ in })
  }

  @Test("both draws on one chip")
  func oneChip() async throws {
    try await expectRefusal(ClientError.tooFewChips) { plan, _ in plan.editEveryNode { $0.chip = 0 } }
  }

  @Test("one node")
  func oneNode() async throws {
    try await expectRefusal(ClientError.tooFewChips) { plan, _ in plan.nodes = [plan.nodes[0]] }
  }

  @Test("nodes of another role than the task's")
  func otherRole() async throws {
    try await expectRefusal(ClientError.tooFewChips) { plan, _ in plan.editEveryNode { $0.role = "orchestrator" } }
  }

  @Test("another measurement than the release's")
  func otherMeasurement() async throws {
    try await expectRefusal(AttestationError.measurement) { plan, _ in
      plan.editEveryNode { $0.measurement = [UInt8](repeating: 1, count: 48) }
    }
  }

  @Test("evidence of an unknown platform")
  func unknownPlatform() async throws {
    try await expectRefusal(ClientError.releasePlatform) { plan, _ in
      plan.editEveryNode { $0.editNode = { $0.platform = "abacus" } }
    }
  }

  @Test("truncated evidence")
  func truncatedEvidence() async throws {
    try await expectRefusal(AttestationError.evidenceLength) { plan, _ in
      plan.editEveryNode { $0.editNode = { $0.evidence.removeLast() } }
    }
  }
}
