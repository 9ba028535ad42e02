public import Foundation
import NodeVerification
import TransparencyLog
public import Trust

/// How old one proof behind a receipt was when the epoch's own note was cosigned. A receipt knows no finer time.
public struct ProofAge: Sendable, Equatable {
  public enum Proof: Sendable, Equatable {
    /// The note of the epoch log that the bundle stands under.
    case epochNote
    /// The head of the release log.
    case releaseLogHead
    /// The note that a node's hardware report binds: the report cannot be older. By the place in `Receipt.allHops`.
    case evidenceNote(hop: Int)
    /// The entry of a node's release, by the same place.
    case release(hop: Int)
    /// One publisher's list of what is revoked, by the publisher's place in the policy.
    case revocations(publisher: Int)
  }

  public let proof: Proof
  public let made: Date
  /// In seconds, as of the epoch's note; what was made after it is 0 seconds old.
  public let age: TimeInterval
  /// In seconds: what the rules allow.
  public let allowedAge: TimeInterval
}

extension ReceiptVerifier {
  /// The ages of the proofs behind a receipt, verified again from the stored epoch file, offline.
  /// - Throws: as `verify`.
  public func ages(of receipt: Receipt, file: [UInt8]) throws(ClientError) -> [ProofAge] {
    try verify(receipt, file: file)
    let epoch = try EpochVerifier(trusted).verify(file, at: .asOfNote)
    return try ProofAges(epoch).all(receipt)
  }
}

extension Receipt {
  /// Every node that worked on the request: each hop, and behind it those that it called.
  public var allHops: [Hop] { hops.flatMap { [$0] + $0.called } }
}

/// Reads times from proofs that were verified before.
private struct ProofAges {
  let epoch: VerifiedEpoch

  init(_ epoch: VerifiedEpoch) { self.epoch = epoch }

  func all(_ receipt: Receipt) throws(ClientError) -> [ProofAge] {
    let head = try quorumTime(of: epoch.bundle.releaseLogNote, in: epoch.policy.releaseLog)
    var ages = [
      age(.epochNote, epoch.quorumTime, EpochSchedule.quorumAgeMinutes),
      age(.releaseLogHead, head, EpochSchedule.revocationAgeMinutes),
    ]
    for (hop, visited) in receipt.allHops.enumerated() {
      guard let node = epoch.bundle.nodes.first(where: { $0.identifier == visited.node }) else { continue }
      let note = try quorumTime(of: epoch.bundle.notes[Int(node.noteIndex)], in: epoch.policy.epochLog)
      ages.append(age(.evidenceNote(hop: hop), note, EpochSchedule.evidenceNoteAgeMinutes))
      let statement = try coded { try Statement(parsing: epoch.bundle.releases[Int(node.releaseIndex)].statement) }
      let release = try coded { try ReleaseEntry(verifying: statement, publishers: epoch.policy.publishers) }
      ages.append(age(.release(hop: hop), Self.date(release.issued), EpochSchedule.releaseAgeMinutes))
    }
    return ages + (try revocations())
  }

  private func quorumTime(of note: [UInt8], in log: NoteVerifierKey) throws(ClientError) -> Date {
    try coded {
      try LogVerifier(logKey: log, witnesses: epoch.policy.witnesses.policy)
        .verify(try SignedNote(parsing: note)).quorumTime
    }
  }

  /// Each publisher's newest list.
  private func revocations() throws(ClientError) -> [ProofAge] {
    let publishers = epoch.policy.publishers
    var newest: [String: UInt64] = [:]
    for entry in epoch.bundle.revocations {
      let statement = try coded { try Statement(parsing: entry.statement) }
      let (list, publisher) = try coded { try RevocationEntry.verified(statement, publishers: publishers) }
      newest[publisher.identifier] = max(newest[publisher.identifier] ?? 0, list.issued)
    }
    return publishers.keys.enumerated().compactMap { index, key in
      newest[key.identifier].map {
        age(.revocations(publisher: index), Self.date($0), EpochSchedule.revocationAgeMinutes)
      }
    }
  }

  private static func date(_ seconds: UInt64) -> Date { Date(timeIntervalSince1970: Double(seconds)) }

  private func age(_ proof: ProofAge.Proof, _ made: Date, _ allowedMinutes: Double) -> ProofAge {
    ProofAge(
      proof: proof, made: made, age: max(0, epoch.quorumTime.timeIntervalSince(made)),
      allowedAge: epoch.policy.epochs.seconds(scaledMinutes: allowedMinutes))
  }
}

extension ClientState {
  /// Repeats every check behind a receipt, offline, from what this state keeps, and tells the ages of its proofs.
  /// - Throws: `receipt-bundle-missing`, `receipt-policy-missing`, `receipt-mismatch`, and the code of any check.
  package func proofAges(of receipt: Receipt) throws(ClientError) -> [ProofAge] {
    let trusted = try policies.policy(digest: receipt.policyDigest)
    guard let file = try epochs.file(bundleDigest: receipt.bundleDigest) else {
      throw ClientError(ClientError.receiptBundleMissing, "bundle of the receipt is not in the state")
    }
    return try ReceiptVerifier(trusted).ages(of: receipt, file: file)
  }

  /// When the epoch of a receipt began; nil where its policy is not in this state any more.
  package func beginning(of receipt: Receipt) -> Date? {
    try? policies.policy(digest: receipt.policyDigest).policy.epochs.beginning(of: receipt.epoch)
  }
}
