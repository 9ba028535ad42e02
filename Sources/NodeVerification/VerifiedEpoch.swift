public import Foundation
package import ObliviousHTTP
import TransparencyLog
public import Trust

/// An epoch whose bundle is the only one of its kind, under the policy in force. Only `EpochVerifier` makes one.
public struct VerifiedEpoch: Sendable {
  /// A head of the epoch log, and the bundle whose file showed it.
  package struct Head: Sendable, Equatable {
    package var treeSize: UInt64
    package var rootHash: [UInt8]
    package var bundleDigest: [UInt8]

    package init(treeSize: UInt64, rootHash: [UInt8], bundleDigest: [UInt8]) {
      self.treeSize = treeSize
      self.rootHash = rootHash
      self.bundleDigest = bundleDigest
    }
  }

  public let number: UInt64
  public let bundle: EpochBundle
  /// SHA-256 of the bundle.
  public let bundleDigest: [UInt8]
  /// SHA-256 of the exact cosigned note under the leaf.
  public let noteDigest: [UInt8]
  /// The k-th newest valid cosignature time.
  public let quorumTime: Date
  public let trusted: TrustedPolicy
  /// The names of the checks that passed, in their order.
  public let checks: [String]
  /// The names of the checks that this policy or moment leaves out.
  public let skipped: [String]

  /// When ages are judged: `EpochVerifier.Moment`.
  let time: Date
  package let head: Head
  let knownHeads: [EpochFile.KnownHead]
  let revocations: Revocations
  package let gatewayKey: KeyConfiguration
  /// The only token key of the policy's plan. Its form is for whoever draws tokens to look at.
  package let issuerKey: EpochBundle.IssuerKey
  /// A newer policy that the bundle carries, signed by the publishers of the one in force and logged.
  package let successor: TrustedPolicy?
  /// Notes already verified, for the entries and notes of the nodes.
  let epochNotes: LogNotes
  let releaseNotes: LogNotes
  package let appraisedNodes = AppraisedNodes()

  package var policy: TrustPolicy { trusted.policy }

  package var quorumSeconds: UInt64 { UInt64(max(quorumTime.timeIntervalSince1970, 0)) }

  /// The newest head whose size is divisible by 24, as far as the file proves one.
  package var dayHead: Head? {
    let size = head.treeSize / 24 * 24
    guard size > 0 else { return nil }
    if size == head.treeSize { return head }
    guard let root = try? provenRoot(treeSize: size) else { return nil }
    return Head(treeSize: size, rootHash: root, bundleDigest: bundleDigest)
  }

  /// The root of an older tree that the file's head extends; nil where files prove nothing about a size so old.
  /// - Throws: `log-consistency-missing` where every file of this size must, `log-consistency-invalid`.
  package func provenRoot(treeSize: UInt64) throws(VerificationError) -> [UInt8]? {
    guard let known = knownHeads.first(where: { $0.treeSize == treeSize }) else {
      guard !EpochFile.knownSizes(treeSize: head.treeSize).contains(treeSize) else {
        throw VerificationError(
          VerificationError.consistencyMissing, "file proves no consistency with the head of \(treeSize) leaves")
      }
      return nil
    }
    try coded {
      let proof = ConsistencyProof(
        oldSize: treeSize, newSize: head.treeSize, hashes: try known.hashes.map(Self.treeHash))
      try proof.verify(oldRoot: try Self.treeHash(known.rootHash), newRoot: try Self.treeHash(head.rootHash))
    }
    return known.rootHash
  }

  private static func treeHash(_ bytes: [UInt8]) throws(TransparencyLogError) -> TreeHash { try TreeHash(bytes) }

  /// Verified a moment ago, and still good now?
  /// - Throws: `epoch-not-current`, `note-old`, `note-future`.
  package func requireCurrent(at now: Date) throws(VerificationError) {
    try EpochAge(schedule: policy.epochs).requireCurrent(epoch: number, quorumTime: quorumTime, now: now)
  }
}
