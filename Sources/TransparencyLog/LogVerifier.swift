public import Foundation

/// Verifies checkpoints of one log under one witness policy.
public struct LogVerifier: Sendable {
  public let origin: String
  public let logKey: NoteVerifierKey
  public let witnesses: WitnessPolicy

  /// - Parameter origin: the checkpoint's first line; the key's name unless the log says otherwise.
  public init(origin: String? = nil, logKey: NoteVerifierKey, witnesses: WitnessPolicy) {
    self.origin = origin ?? logKey.name
    self.logKey = logKey
    self.witnesses = witnesses
  }

  /// - Parameter noteBytes: untrusted.
  /// - Throws: `note-malformed`, `checkpoint-malformed`, `log-origin-mismatch`, `log-signature-invalid`,
  ///   `witness-signature-invalid`, `witness-quorum`.
  public func verify(_ noteBytes: [UInt8]) throws(TransparencyLogError) -> VerifiedCheckpoint {
    try VerifiedCheckpoint(SignedNote(parsing: noteBytes), verifier: self)
  }

  /// - Throws: as `verify(_:)` of bytes.
  public func verify(_ note: SignedNote) throws(TransparencyLogError) -> VerifiedCheckpoint {
    try VerifiedCheckpoint(note, verifier: self)
  }

  /// The checkpoint of a note that the log signed, whoever cosigned it.
  /// - Throws: `checkpoint-malformed`, `log-origin-mismatch`, `log-signature-invalid`.
  public static func checkpoint(
    of note: SignedNote, origin: String, logKey: NoteVerifierKey
  ) throws(TransparencyLogError) -> Checkpoint {
    let checkpoint = try Checkpoint(parsing: note.text)
    guard checkpoint.origin.isSameBytes(as: origin) else {
      throw TransparencyLogError(TransparencyLogError.logOriginMismatch, "the checkpoint is of another log")
    }
    let signatures = note.signatures.filter { logKey.matches($0) }
    guard !signatures.isEmpty, signatures.allSatisfy({ logKey.isValid($0, over: note.text) }) else {
      throw TransparencyLogError(
        TransparencyLogError.logSignatureInvalid, "\(signatures.count) signatures of the log, not all valid")
    }
    return checkpoint
  }
}

/// A checkpoint that its log signed and enough witnesses cosigned. Only a verifier makes one.
public struct VerifiedCheckpoint: Sendable, Equatable {
  public let checkpoint: Checkpoint
  /// SHA-256 of the exact bytes of the note.
  public let noteDigest: [UInt8]
  /// When each known witness cosigned, newest first; one time for each witness.
  public let cosignatureTimes: [Date]
  /// The k-th newest cosignature time: one time that a quorum had reached.
  public let quorumTime: Date

  fileprivate init(_ note: SignedNote, verifier: LogVerifier) throws(TransparencyLogError) {
    checkpoint = try LogVerifier.checkpoint(of: note, origin: verifier.origin, logKey: verifier.logKey)
    var times: [Date] = []
    for witness in verifier.witnesses.witnesses {
      var newest: Date?
      for signature in note.signatures where witness.matches(signature) {
        guard let time = witness.cosignatureTime(signature, over: note.text) else {
          throw TransparencyLogError(
            TransparencyLogError.witnessSignatureInvalid, "a known witness's cosignature does not verify")
        }
        newest = max(newest ?? time, time)
      }
      if let newest { times.append(newest) }
    }
    let threshold = verifier.witnesses.threshold
    guard times.count >= threshold else {
      throw TransparencyLogError(
        TransparencyLogError.witnessQuorum, "\(times.count) witnesses cosigned, \(threshold) are needed")
    }
    times.sort(by: >)
    noteDigest = note.digest
    cosignatureTimes = times
    quorumTime = times[threshold - 1]
  }
}
