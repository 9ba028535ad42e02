import Attestation
import Foundation
import ObliviousHTTP
import TransparencyLog
import Trust
import WireFormat

/// Appraises nodes of one verified epoch: their releases, the note in their evidence, their evidence and what it binds.
package struct NodeVerifier {
  package let epoch: VerifiedEpoch
  private var releaseNotes: LogNotes
  private var epochNotes: LogNotes
  private var releases: [UInt8: VerifiedRelease] = [:]

  package init(_ epoch: VerifiedEpoch) {
    self.epoch = epoch
    releaseNotes = epoch.releaseNotes
    epochNotes = epoch.epochNotes
  }

  /// Chains already verified in this process.
  private static let chains = VerifiedChainCache()

  private static let noteChecks = ["evidence-note-quorum", "evidence-note-size", "evidence-note-distance"]
  private static let deviceChecks = ["engine-manifest", "accelerator", "node-hybrid-suite", "chip-not-revoked"]

  private static let releaseAndDeviceChecks = VerifiedRelease.checks + noteChecks + deviceChecks

  /// - Parameter index: of one of the bundle's nodes.
  /// - Throws: the code of the first check that fails, of this library or of the one that makes the check.
  package mutating func verify(_ index: Int) throws(VerificationError) -> VerifiedNode {
    let node = epoch.bundle.nodes[index]
    let release = try release(of: node)
    let noteDigest = try verifyNote(epoch.bundle.notes[Int(node.noteIndex)])
    guard node.engineManifestDigest == release.entry.engineManifestDigest else {
      throw VerificationError(VerificationError.engineManifest, "engine is another than the release's")
    }
    let accelerators = try acceleratorEvidence(of: node)
    let verifiedAccelerators = try AcceleratorVerifier(epoch: epoch, release: release.entry).verify(
      accelerators,
      nonce: AcceleratorBinding.nonce(noteDigest: noteDigest, keyConfiguration: node.keyConfiguration))
    let keyConfiguration = try HybridSuite.keyConfiguration(node.keyConfiguration)
    let binding = NodeBinding(
      operatorOrigin: epoch.policy.operatorOrigin, role: node.role, epoch: epoch.number,
      keyConfiguration: node.keyConfiguration, releaseLeafHash: release.leafHash, noteDigest: noteDigest,
      engineManifestDigest: node.engineManifestDigest, hasAccelerator: !node.accelerators.isEmpty,
      acceleratorDigest: AcceleratorBinding.digest(of: accelerators))
    let result = try appraise(node, binding: binding, release: release.entry)
    guard let chip = result.chipIdentifier, !epoch.revocations.chipIdentifiers.contains(chip) else {
      throw VerificationError(AttestationError.chipRevoked, "a publisher revoked the chip, or it is not named")
    }
    return VerifiedNode(
      index: index, identifier: node.identifier, role: node.role, release: release.entry,
      releaseLeafHash: release.leafHash, platform: node.platform, chipIdentifier: chip,
      isSimulated: result.isSimulated,
      checks: Self.releaseAndDeviceChecks + result.checks.filter { $0.outcome == .passed }.map(\.name),
      skipped: result.skipped, accelerators: verifiedAccelerators, keyConfiguration: keyConfiguration)
  }

  private mutating func release(of node: EpochBundle.Node) throws(VerificationError) -> VerifiedRelease {
    let release: VerifiedRelease
    if let known = releases[node.releaseIndex] {
      release = known
    } else {
      release = try VerifiedRelease(
        epoch.bundle.releases[Int(node.releaseIndex)], in: epoch, notes: &releaseNotes)
      releases[node.releaseIndex] = release
    }
    guard release.entry.role == node.role else {
      throw VerificationError(VerificationError.releaseRole, "release is of another role than its node")
    }
    return release
  }

  /// The newest cosigned note that the node was given: evidence that binds it cannot be older.
  /// - Returns: the digest of the note.
  private mutating func verifyNote(_ note: [UInt8]) throws(VerificationError) -> [UInt8] {
    let verified = try epochNotes.checkpoint(of: note)
    guard verified.checkpoint.treeSize == epoch.number else {
      throw VerificationError(
        VerificationError.evidenceNoteSize,
        "note in the evidence is of \(verified.checkpoint.treeSize) leaves, expected \(epoch.number)")
    }
    let distance = abs(epoch.quorumTime.timeIntervalSince(verified.quorumTime))
    guard distance <= epoch.policy.epochs.seconds(scaledMinutes: EpochSchedule.evidenceNoteAgeMinutes) else {
      throw VerificationError(
        VerificationError.evidenceNoteOld,
        "note in the evidence lies \(distance.wholeSeconds) seconds from the bundle's")
    }
    if let root = try epoch.provenRoot(treeSize: verified.checkpoint.treeSize) {
      guard root == verified.checkpoint.rootHash.rawRepresentation else {
        throw VerificationError(VerificationError.logFork, "note in the evidence is of another tree than the bundle's")
      }
    }
    return verified.noteDigest
  }

  private func acceleratorEvidence(of node: EpochBundle.Node) throws(VerificationError) -> [Evidence] {
    var evidence: [Evidence] = []
    for accelerator in node.accelerators {
      guard let platform = Platform(rawValue: accelerator.platform) else {
        throw VerificationError(
          VerificationError.acceleratorUnexpected, "node has an accelerator of a kind that is not known")
      }
      evidence.append(
        Evidence(
          platform: platform, report: accelerator.evidence, endorsements: endorsements(accelerator.endorsementIndices)))
    }
    return evidence
  }

  private func endorsements(_ indices: [UInt16]) -> [[UInt8]] { indices.map { epoch.bundle.endorsements[Int($0)] } }

  private func appraise(
    _ node: EpochBundle.Node, binding: NodeBinding, release: ReleaseEntry
  ) throws(VerificationError) -> AttestationResult {
    guard let platform = Platform(rawValue: node.platform),
      let referenceValues = release.referenceValues(for: platform)
    else {
      throw VerificationError(VerificationError.releasePlatform, "release has no measurement for the node's platform")
    }
    let evidence = Evidence(
      platform: platform, report: node.evidence, supplement: node.supplement.isEmpty ? nil : node.supplement,
      endorsements: endorsements(node.endorsementIndices))
    var policy = epoch.policy.appraisal
    // What is good comes from the logged release alone.
    policy.referenceValues = referenceValues
    let result = EvidenceVerifier(policy: policy, cache: Self.chains).appraise(
      evidence: evidence, expectedReportData: binding.reportData, at: epoch.time)
    if let reason = result.reasons.first { throw VerificationError(reason) }
    guard result.verdict == .accepted, result.isSimulated == epoch.policy.isSimulated else {
      throw VerificationError(
        AttestationError.simulatedRefused, "evidence is of another kind of roots than the policy's")
    }
    return result
  }
}

extension VerifiedEpoch {
  /// Appraises one of the bundle's nodes.
  /// - Throws: the code of the first check that fails.
  public func verifyNode(at index: Int) throws(VerificationError) -> VerifiedNode {
    guard bundle.nodes.indices.contains(index) else {
      throw VerificationError(VerificationError.nodeNotInBundle, "bundle has no such node")
    }
    var verifier = NodeVerifier(self)
    return try verifier.verify(index)
  }
}
