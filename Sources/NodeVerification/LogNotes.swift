import TransparencyLog
import Trust

/// Verifies what one log holds; each of its notes is verified once.
struct LogNotes: Sendable {
  let verifier: LogVerifier
  private var checkpoints: [[UInt8]: VerifiedCheckpoint] = [:]

  init(logKey: NoteVerifierKey, witnesses: WitnessPolicy) {
    verifier = LogVerifier(logKey: logKey, witnesses: witnesses)
  }

  /// - Throws: the codes of `LogVerifier`.
  mutating func checkpoint(of note: SignedNote) throws(VerificationError) -> VerifiedCheckpoint {
    let digest = note.digest
    if let known = checkpoints[digest] { return known }
    let verified = try coded { try verifier.verify(note) }
    checkpoints[digest] = verified
    return verified
  }

  /// - Throws: the codes of `LogVerifier`.
  mutating func checkpoint(of note: [UInt8]) throws(VerificationError) -> VerifiedCheckpoint {
    try checkpoint(of: try coded { try SignedNote(parsing: note) })
  }

  /// The leaf hash of an entry that the log holds.
  /// - Throws: the codes of `TLogProof` and `LogVerifier`, `log-inclusion-invalid`.
  mutating func verifyEntry(
    _ entry: [UInt8], proof encodedProof: [UInt8]
  ) throws(VerificationError) -> (leafHash: TreeHash, index: UInt64, checkpoint: VerifiedCheckpoint) {
    let proof = try coded { try TLogProof(parsing: encodedProof) }
    let verified = try checkpoint(of: proof.note)
    let leafHash = RFC6962.leafHash(entry)
    try coded {
      try InclusionProof(leafIndex: proof.index, treeSize: verified.checkpoint.treeSize, hashes: proof.hashes)
        .verify(leafHash: leafHash, root: verified.checkpoint.rootHash)
    }
    return (leafHash, proof.index, verified)
  }
}
