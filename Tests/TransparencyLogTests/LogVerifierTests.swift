import Foundation
import Testing
import TransparencyLog

@Suite("log verifier and witness policy")
struct LogVerifierTests {
  private let log: NoteSigningKey
  private let witnesses: [NoteSigningKey]
  private let checkpoint: Checkpoint

  init() throws {
    log = try NoteSigningKey(name: "log.example/epochs", type: .ed25519)
    witnesses = try (1...4).map { try NoteSigningKey(name: "witness.example/\($0)", type: .cosignature) }
    checkpoint = try Checkpoint(origin: "log.example/epochs", treeSize: 1, rootHash: RFC6962.leafHash([1]))
  }

  private func verifier(origin: String? = nil, threshold: Int = 3) throws -> LogVerifier {
    LogVerifier(
      origin: origin, logKey: log.verifierKey,
      witnesses: try WitnessPolicy(witnesses: witnesses.map(\.verifierKey), threshold: threshold, declaredFaults: 1))
  }

  private func time(_ seconds: Int) -> Date { Date(timeIntervalSince1970: TimeInterval(seconds)) }

  private func note(cosignedAt times: [Int]) throws -> SignedNote {
    var note = try SignedNote(text: checkpoint.text, signatures: [log.sign(checkpoint.text)])
    for (witness, seconds) in zip(witnesses, times) { note.append(try witness.cosign(checkpoint, at: time(seconds))) }
    return note
  }

  @Test("three of four witnesses make a verified checkpoint, and the third newest time is the quorum's")
  func quorum() throws {
    let note = try note(cosignedAt: [100, 400, 300, 200])
    let verified = try verifier().verify(note.encoded)
    #expect(verified.checkpoint == checkpoint)
    #expect(verified.cosignatureTimes == [time(400), time(300), time(200), time(100)])
    #expect(verified.quorumTime == time(200))
    #expect(verified.noteDigest == note.digest)
    #expect(try verifier(threshold: 4).verify(note.encoded).quorumTime == time(100))
    #expect(try verifier().verify(self.note(cosignedAt: [5, 6, 7]).encoded).quorumTime == time(5))
  }

  @Test("two cosignatures are no quorum of three")
  func tooFew() throws {
    for times in [[], [1], [1, 2]] {
      #expect(throws: TransparencyLogError(TransparencyLogError.witnessQuorum, "")) {
        try verifier().verify(note(cosignedAt: times).encoded)
      }
    }
  }

  @Test("one witness signing twice counts once, with its newest time")
  func signedTwice() throws {
    var note = try note(cosignedAt: [10, 20])
    note.append(try witnesses[1].cosign(checkpoint, at: time(30)))
    #expect(throws: TransparencyLogError(TransparencyLogError.witnessQuorum, "")) { try verifier().verify(note) }
    note.append(try witnesses[2].cosign(checkpoint, at: time(5)))
    #expect(try verifier().verify(note).cosignatureTimes == [time(30), time(10), time(5)])
  }

  @Test("cosignatures by unknown witnesses are ignored")
  func unknownWitness() throws {
    let stranger = try NoteSigningKey(name: "witness.example/1", type: .cosignature)
    var note = try note(cosignedAt: [1, 2])
    note.append(try stranger.cosign(checkpoint, at: time(3)))
    #expect(throws: TransparencyLogError(TransparencyLogError.witnessQuorum, "")) { try verifier().verify(note) }
    note.append(try witnesses[2].cosign(checkpoint, at: time(4)))
    #expect(try verifier().verify(note).quorumTime == time(1))
  }

  @Test("a known witness's bad cosignature is refused even beside a quorum")
  func badCosignature() throws {
    var note = try note(cosignedAt: [1, 2, 3])
    let other = try Checkpoint(origin: checkpoint.origin, treeSize: 2, rootHash: checkpoint.rootHash)
    note.append(try witnesses[3].cosign(other, at: time(4)))
    #expect(throws: TransparencyLogError(TransparencyLogError.witnessSignatureInvalid, "")) {
      try verifier().verify(note)
    }
  }

  @Test("a cosignature's time cannot be changed")
  func changedTime() throws {
    let cosignature = try witnesses[0].cosign(checkpoint, at: time(7))
    for index in 0..<8 {
      var bytes = cosignature.signature
      bytes[index] ^= 1
      let changed = try NoteSignature(name: cosignature.name, noteKeyID: cosignature.noteKeyID, signature: bytes)
      #expect(witnesses[0].verifierKey.cosignatureTime(changed, over: checkpoint.text) == nil)
    }
    for length in 1..<cosignature.signature.count {
      let short = try NoteSignature(
        name: cosignature.name, noteKeyID: cosignature.noteKeyID, signature: Array(cosignature.signature[..<length]))
      #expect(witnesses[0].verifierKey.cosignatureTime(short, over: checkpoint.text) == nil)
    }
    #expect(witnesses[0].verifierKey.cosignatureTime(cosignature, over: checkpoint.text) == time(7))
  }

  @Test("a log's missing or bad signature is refused")
  func logSignature() throws {
    let invalid = TransparencyLogError(TransparencyLogError.logSignatureInvalid, "")
    var unsigned = try SignedNote(text: checkpoint.text, signatures: [])
    for witness in witnesses { unsigned.append(try witness.cosign(checkpoint, at: time(1))) }
    #expect(throws: invalid) { try verifier().verify(unsigned.encoded) }
    var twice = try note(cosignedAt: [1, 2, 3, 4])
    twice.append(try log.sign("another text\n"))
    #expect(throws: invalid) { try verifier().verify(twice.encoded) }
  }

  @Test("a checkpoint of another log is refused")
  func otherLog() throws {
    #expect(throws: TransparencyLogError(TransparencyLogError.logOriginMismatch, "")) {
      try verifier(origin: "log.example/releases").verify(note(cosignedAt: [1, 2, 3]).encoded)
    }
  }

  @Test("a note that is no checkpoint is refused")
  func noCheckpoint() throws {
    let note = try SignedNote(text: "hello\n", signatures: [log.sign("hello\n")])
    #expect(throws: TransparencyLogError(TransparencyLogError.checkpointMalformed, "")) {
      try verifier().verify(note.encoded)
    }
    #expect(throws: TransparencyLogError(TransparencyLogError.noteMalformed, "")) { try verifier().verify([]) }
  }

  @Test(
    "a policy is safe where 2k−n exceeds the declared faults, at least one",
    arguments: [
      (4, 3, 1, true), (4, 4, 3, true), (4, 4, 4, false), (4, 3, 2, false), (4, 3, 0, false), (4, 2, 1, false),
      (3, 2, 1, false), (1, 1, 1, false), (4, 5, 1, false), (4, 0, 1, false), (4, 3, -1, false), (4, 3, .max, false),
      (4, .max, 1, false), (4, .min, 1, false),
    ])
  func policies(count: Int, threshold: Int, faults: Int, isSafe: Bool) throws {
    let keys = witnesses.prefix(count).map(\.verifierKey)
    if isSafe {
      #expect(try WitnessPolicy(witnesses: keys, threshold: threshold, declaredFaults: faults).threshold == threshold)
    } else {
      #expect(throws: TransparencyLogError(TransparencyLogError.witnessPolicyUnsafe, "")) {
        try WitnessPolicy(witnesses: keys, threshold: threshold, declaredFaults: faults)
      }
    }
  }

  @Test("a policy refuses one key under two names, and keys that sign other notes")
  func policyKeys() throws {
    let unsafe = TransparencyLogError(TransparencyLogError.witnessPolicyUnsafe, "")
    var keys = witnesses.map(\.verifierKey)
    keys[3] = try NoteVerifierKey(name: "witness.example/4", type: .cosignature, publicKey: keys[0].publicKey)
    #expect(throws: unsafe) { try WitnessPolicy(witnesses: keys, threshold: 3, declaredFaults: 1) }
    keys[3] = log.verifierKey
    #expect(throws: unsafe) { try WitnessPolicy(witnesses: keys, threshold: 3, declaredFaults: 1) }
  }
}
