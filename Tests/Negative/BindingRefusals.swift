import Attestation
import CloisterClient
import TestDeployment
import Testing
import Trust

@Suite("Refused: evidence that binds something else")
struct BindingRefusals {
  private static let digest = [UInt8](repeating: 9, count: 32)

  /// Every field of the binding, changed by itself.
  enum Change: String, CaseIterable {
    case operatorOrigin, role, epoch, keyConfiguration, releaseLeafHash, noteDigest, engineManifestDigest
    case hasAccelerator, acceleratorDigest

    var edit: @Sendable (inout NodeBinding) -> Void {
      switch self {
      case .operatorOrigin: { $0.operatorOrigin += "x" }
      case .role: { $0.role = "orchestrator" }
      case .epoch: { $0.epoch -= 1 }
      case .keyConfiguration: { $0.keyConfiguration[40] ^= 1 }
      case .releaseLeafHash: { $0.releaseLeafHash = digest }
      case .noteDigest: { $0.noteDigest = digest }
      case .engineManifestDigest: { $0.engineManifestDigest = digest }
      case .hasAccelerator: { $0.hasAccelerator.toggle() }
      case .acceleratorDigest: { $0.acceleratorDigest = digest }
      }
    }
  }

  @Test("any field of the node binding changed", arguments: Change.allCases)
  func changedField(_ change: Change) async throws {
    try await expectRefusal(AttestationError.reportData) { plan, _ in
      plan.editEveryNode { $0.editBinding = change.edit }
    }
  }

  @Test("a key swapped in after the evidence was made")
  func swappedKey() async throws {
    try await expectRefusal(AttestationError.reportData) { plan, _ in
      let key = try DeploymentFixture.key(9).keyConfiguration.encoded
      plan.editEveryNode { $0.editNode = { $0.keyConfiguration = key } }
    }
  }

  @Test("evidence of one node served for another")
  func swappedEvidence() async throws {
    try await expectRefusal(AttestationError.reportData) { plan, _ in
      plan.editBundle = { bundle in
        let keys = bundle.nodes.map(\.keyConfiguration)
        for index in bundle.nodes.indices { bundle.nodes[index].keyConfiguration = keys[(index + 1) % keys.count] }
      }
    }
  }

  @Test("another engine than the release's")
  func otherEngine() async throws {
    try await expectRefusal(ClientError.engineManifest) { plan, _ in
      plan.releases[0].entry.engineManifestDigest = Self.digest
    }
  }
}
