public import Foundation
public import TransparencyLog

/// Cosigns checkpoints of the logs it watches, each only when it extends what it cosigned before (C2SP tlog-witness).
///
/// Nothing here suspends, so requests are served one after the other: checking the old size and keeping the new note
/// is one step.
public actor WitnessService {
  private let key: NoteSigningKey
  private let logs: [[UInt8]: [NoteVerifierKey]]
  private let store: any WitnessStore
  private let now: @Sendable () -> Date
  /// Logs whose kept notes are known to last.
  private var settled: Set<String> = []
  private var stopped: WitnessError?

  /// - Parameter logs: keys of the logs to watch; a key's name is its log's origin, and a log may have several.
  public init(
    key: NoteSigningKey, logs: [NoteVerifierKey], store: any WitnessStore,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.key = key
    self.logs = Dictionary(grouping: logs) { Array($0.name.utf8) }
    self.store = store
    self.now = now
  }

  /// What a witness answers to a request.
  public enum Answer: Sendable {
    case cosigned(NoteSignature)
    /// The size that this witness cosigned last.
    case holdsOtherSize(UInt64)
  }

  /// Checks a checkpoint in tlog-witness's order and cosigns it, once the new state is durable.
  /// - Throws: `witness-log-unknown`, `checkpoint-malformed`, `log-signature-invalid`, `witness-sizes-reversed`,
  ///   `log-consistency-invalid`, `witness-clock-went-back`, `witness-state-unusable`.
  public func addCheckpoint(_ request: AddCheckpointRequest) throws(WitnessError) -> Answer {
    do {
      let checkpoint = try Checkpoint(parsing: request.note.text)
      let logSignatures = try verifiedSignatures(of: request.note, origin: checkpoint.origin)
      guard request.oldSize <= checkpoint.treeSize else {
        throw WitnessError(WitnessError.sizesReversed, "the old size is above the checkpoint's")
      }
      let originDigest = Checkpoint.originDigest(checkpoint.origin)
      let held = try heldCosigned(originDigest)
      let heldSize = held?.checkpoint.treeSize ?? 0
      guard request.oldSize == heldSize else { return .holdsOtherSize(heldSize) }
      try verifyConsistency(request, from: held?.checkpoint, to: checkpoint)
      let time = now()
      // A later cosignature with an earlier time would make an older tree look fresher than the newer one.
      guard held.map({ $0.time <= time }) ?? true else {
        throw WitnessError(WitnessError.clockWentBack, "the clock shows a time before the last cosignature")
      }
      let cosignature = try key.cosign(checkpoint, at: time)
      let note = try SignedNote(text: request.note.text, signatures: logSignatures + [cosignature])
      try keep(note.encoded, of: originDigest)
      return .cosigned(cosignature)
    } catch let error as TransparencyLogError {
      throw WitnessError(error)
    } catch let error as WitnessError {
      throw error
    } catch {
      throw WitnessError(WitnessError.stateUnusable, "the checkpoint cannot be cosigned")
    }
  }

  /// The last cosigned note of a log, with the log's signatures; nil where there is none.
  /// - Parameter originDigest: hexadecimal SHA-256 of the log's origin, lower case.
  public func note(of originDigest: String) throws(WitnessError) -> [UInt8]? {
    guard logs.keys.contains(where: { Checkpoint.originDigest(String(decoding: $0, as: UTF8.self)) == originDigest })
    else {
      return nil
    }
    return try keptNote(of: originDigest)
  }

  /// The note that lasts: one that a process before this one wrote may be readable and still not last, so it is written
  /// again before anybody hears of it.
  private func keptNote(of originDigest: String) throws(WitnessError) -> [UInt8]? {
    if let stopped { throw stopped }
    let note = try store.note(of: originDigest)
    if let note, !settled.contains(originDigest) { try keep(note, of: originDigest) }
    return note
  }

  /// A failure stops the witness until it is opened again, because nobody knows what lasts.
  private func keep(_ note: [UInt8], of originDigest: String) throws(WitnessError) {
    do {
      try store.keep(note, of: originDigest)
    } catch {
      stopped = error
      throw error
    }
    settled.insert(originDigest)
  }

  /// The log's own signatures: at least one, all valid.
  private func verifiedSignatures(
    of note: SignedNote, origin: String
  ) throws(WitnessError) -> [NoteSignature] {
    guard let keys = logs[Array(origin.utf8)] else {
      throw WitnessError(WitnessError.logUnknown, "unknown log")
    }
    do {
      return try note.verified(by: keys).verified
    } catch {
      throw WitnessError(TransparencyLogError.logSignatureInvalid, "invalid signature")
    }
  }

  private func heldCosigned(_ originDigest: String) throws(WitnessError) -> (checkpoint: Checkpoint, time: Date)? {
    guard let bytes = try keptNote(of: originDigest) else { return nil }
    // Only what this witness cosigned counts as its memory.
    let own = key.verifierKey
    guard let note = try? SignedNote(parsing: bytes),
      let time = note.signatures.lazy.filter({ own.matches($0) }).compactMap({
        own.cosignatureTime($0, over: note.text)
      })
      .first,
      let checkpoint = try? Checkpoint(parsing: note.text), Checkpoint.originDigest(checkpoint.origin) == originDigest
    else { throw WitnessError(WitnessError.stateUnusable, "the kept note is not one that this witness cosigned") }
    return (checkpoint, time)
  }

  private func verifyConsistency(
    _ request: AddCheckpointRequest, from held: Checkpoint?, to checkpoint: Checkpoint
  ) throws(WitnessError) {
    let code = TransparencyLogError.consistencyInvalid
    if checkpoint.treeSize == 0, checkpoint.rootHash != RFC6962.emptyRoot {
      throw WitnessError(code, "an empty tree has another root")
    }
    guard let held, held.treeSize > 0 else {
      guard request.proof.isEmpty else { throw WitnessError(code, "a consistency proof from an empty tree") }
      return
    }
    do {
      try ConsistencyProof(oldSize: held.treeSize, newSize: checkpoint.treeSize, hashes: request.proof)
        .verify(oldRoot: held.rootHash, newRoot: checkpoint.rootHash)
    } catch {
      throw WitnessError(code, "the consistency proof does not verify")
    }
  }
}
