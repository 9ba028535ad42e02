import Attestation
package import ObliviousHTTP
public import Trust

/// A node whose evidence binds exactly the key that requests are sealed to. Only `NodeVerifier` makes one.
public struct VerifiedNode: Sendable {
  /// The index among the bundle's nodes.
  public let index: Int
  /// SHA-256 of the node's key configuration.
  public let identifier: [UInt8]
  public let role: String
  public let release: ReleaseEntry
  /// RFC 6962 leaf hash of the release entry.
  public let releaseLeafHash: [UInt8]
  public let platform: String
  /// The chip's hardware identifier.
  public let chipIdentifier: [UInt8]
  public let isSimulated: Bool
  /// The names of the checks that passed, in their order.
  public let checks: [String]
  /// The names of the checks that the policy leaves out.
  public let skipped: [String]
  /// The GPUs and switches beside it, whose evidence its own binds.
  public let accelerators: [VerifiedAccelerator]

  package let keyConfiguration: KeyConfiguration

  /// The node's part of a receipt, with the checks of the epoch before its own.
  package func hop(in epoch: VerifiedEpoch) -> Receipt.Hop {
    Receipt.Hop(
      role: role, node: identifier, release: release.name, releaseVersion: release.version,
      releaseLeafHash: releaseLeafHash, platform: platform, verified: epoch.checks + checks,
      skipped: epoch.skipped + skipped, relaxations: Self.relaxations(platform, epoch),
      weaknesses: release.weaknesses,
      accelerators: accelerators.map {
        Receipt.Accelerator(
          platform: $0.platform, verified: $0.checks, skipped: $0.skipped,
          relaxations: Self.relaxations($0.platform, epoch))
      }, calls: release.calls)
  }

  private static func relaxations(_ platform: String, _ epoch: VerifiedEpoch) -> [String] {
    Platform(rawValue: platform).map { epoch.appraisedNodes.relaxations(for: $0, epoch.policy.appraisal) } ?? []
  }
}
