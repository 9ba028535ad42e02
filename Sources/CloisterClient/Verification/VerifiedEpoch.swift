public import Foundation
import ObliviousHTTP
import PrivacyPass
import TransparencyLog
public import Trust

/// An epoch whose bundle is the only one of its kind, under the policy in force. Only `EpochVerifier` makes one.
public struct VerifiedEpoch: Sendable {
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

  /// When ages are judged: the client's time, or the note's where an old bundle is verified again.
  let time: Date
  let head: EpochMemory.Head
  let knownHeads: [EpochFile.KnownHead]
  let revocations: Revocations
  let gatewayKey: KeyConfiguration
  let issuerKey: IssuerPublicKey
  /// A newer policy that the bundle carries, signed by the publishers of the one in force and logged.
  let successor: TrustedPolicy?
  /// Notes already verified, for the entries and notes of the nodes.
  let epochNotes: LogNotes
  let releaseNotes: LogNotes
  let appraisedNodes = AppraisedNodes()

  var policy: TrustPolicy { trusted.policy }

  var issuerKeyDigest: [UInt8] { issuerKey.tokenKeyID }

  var quorumSeconds: UInt64 { UInt64(max(quorumTime.timeIntervalSince1970, 0)) }

  /// The newest head whose size is divisible by 24, as far as the file proves one.
  var dayHead: EpochMemory.Head? {
    let size = head.treeSize / 24 * 24
    guard size > 0 else { return nil }
    if size == head.treeSize { return head }
    guard let root = try? provenRoot(treeSize: size) else { return nil }
    return EpochMemory.Head(treeSize: size, rootHash: root, bundleDigest: bundleDigest)
  }

  /// The root of an older tree that the file's head extends; nil where files prove nothing about a size so old.
  /// - Throws: `log-consistency-missing` where every file of this size must, `log-consistency-invalid`.
  func provenRoot(treeSize: UInt64) throws(ClientError) -> [UInt8]? {
    guard let known = knownHeads.first(where: { $0.treeSize == treeSize }) else {
      guard !EpochFile.knownSizes(treeSize: head.treeSize).contains(treeSize) else {
        throw ClientError(
          ClientError.consistencyMissing, "file proves no consistency with the head of \(treeSize) leaves")
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
  func requireCurrent(at now: Date) throws(ClientError) {
    try EpochAge(schedule: policy.epochs).requireCurrent(epoch: number, quorumTime: quorumTime, now: now)
  }
}
