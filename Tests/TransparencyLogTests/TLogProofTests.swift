import TestSupport
import Testing
import TransparencyLog

@Suite("tlog-proof and add-checkpoint bodies")
struct TLogProofTests {
  private let log: NoteSigningKey
  private let witness: NoteSigningKey
  private let tree: MerkleTree
  private let note: SignedNote
  private let verifier: LogVerifier

  init() throws {
    log = try NoteSigningKey(name: "log.example", type: .ed25519)
    witness = try NoteSigningKey(name: "witness.example", type: .cosignature)
    tree = MerkleTree(leafHashes: (0..<7).map { RFC6962.leafHash([UInt8($0)]) })
    let checkpoint = try Checkpoint(origin: "log.example", treeSize: 7, rootHash: tree.root)
    note = try SignedNote(
      text: checkpoint.text, signatures: [log.sign(checkpoint.text), witness.cosign(checkpoint, at: .now)])
    verifier = LogVerifier(
      logKey: log.verifierKey,
      witnesses: try WitnessPolicy(withoutFaultMargin: [witness.verifierKey], threshold: 1))
  }

  private func proof(_ index: UInt64, extra: [UInt8]? = nil) throws -> TLogProof {
    TLogProof(
      extra: extra, index: index, hashes: try tree.inclusionProof(leafIndex: index, treeSize: 7).hashes, note: note)
  }

  @Test(
    "a proof reads back byte for byte and verifies its own entry alone", arguments: [nil, [], [1, 2, 3]] as [[UInt8]?])
  func roundTrip(extra: [UInt8]?) throws {
    for index in 0..<7 as Range<UInt64> {
      let bytes = try proof(index, extra: extra).encoded
      let parsed = try TLogProof(parsing: bytes)
      #expect(parsed.encoded == bytes)
      #expect(parsed.extra == extra)
      #expect(try parsed.verify(entry: [UInt8(index)], with: verifier).checkpoint.treeSize == 7)
      #expect(throws: TransparencyLogError(TransparencyLogError.inclusionInvalid, "")) {
        try parsed.verify(entry: [UInt8(index) + 1], with: verifier)
      }
    }
  }

  @Test("no truncation of a proof verifies")
  func truncations() throws {
    let bytes = try proof(3, extra: [9]).encoded
    for length in 0..<bytes.count {
      #expect(throws: TransparencyLogError.self) {
        try TLogProof(parsing: Array(bytes[..<length])).verify(entry: [3], with: verifier)
      }
    }
    #expect(throws: TransparencyLogError.self) { try TLogProof(parsing: bytes + [0x0A]) }
  }

  @Test(
    "a proof's head is taken in its one form alone",
    arguments: [
      "c2sp.org/tlog-proof@v2\nindex 0\n", "index 0\n", "c2sp.org/tlog-proof@v1\n",
      "c2sp.org/tlog-proof@v1\nindex 00\n",
      "c2sp.org/tlog-proof@v1\nindex +1\n", "c2sp.org/tlog-proof@v1\nindex\n",
      "c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n",
      "c2sp.org/tlog-proof@v1\nextra A\nindex 0\n", "c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\nindex 0\n",
      "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n", "c2sp.org/tlog-proof@v1\r\nindex 0\n",
      "c2sp.org/tlog-proof@v1\nindex 18446744073709551616\n",
    ])
  func otherHeads(head: String) {
    #expect(throws: TransparencyLogError(TransparencyLogError.proofMalformed, "")) {
      try TLogProof(parsing: Array((head + "\n").utf8) + note.encoded)
    }
  }

  @Test("63 hashes are the most of a proof and of an add-checkpoint body")
  func hashLimits() throws {
    let hash = RFC6962.emptyRoot
    let most = Array(repeating: hash, count: 63)
    #expect(try TLogProof(parsing: TLogProof(index: 0, hashes: most, note: note).encoded).hashes == most)
    #expect(throws: TransparencyLogError(TransparencyLogError.proofMalformed, "")) {
      try TLogProof(parsing: TLogProof(index: 0, hashes: most + [hash], note: note).encoded)
    }
    let body = AddCheckpointRequest(oldSize: 1, proof: most, note: note).encoded
    #expect(try AddCheckpointRequest(parsing: body).proof == most)
    #expect(throws: TransparencyLogError(TransparencyLogError.addCheckpointMalformed, "")) {
      try AddCheckpointRequest(parsing: AddCheckpointRequest(oldSize: 1, proof: most + [hash], note: note).encoded)
    }
  }

  @Test("an add-checkpoint body reads back byte for byte, and no truncation of it parses")
  func addCheckpoint() throws {
    let bytes = AddCheckpointRequest(oldSize: 5, proof: [tree.root], note: note).encoded
    let parsed = try AddCheckpointRequest(parsing: bytes)
    #expect(parsed.oldSize == 5)
    #expect(parsed.encoded == bytes)
    // A cut right behind a signature line leaves a shorter note.
    let lastLine = note.signatures[1].line.utf8.count
    for length in 0..<bytes.count where length != bytes.count - lastLine {
      #expect(throws: TransparencyLogError.self) { try AddCheckpointRequest(parsing: Array(bytes[..<length])) }
    }
    for head in ["", "old\n", "old 01\n", "old -1\n", "new 1\n", "old 1\nAAAA\n", "old 1 \n"] {
      #expect(throws: TransparencyLogError(TransparencyLogError.addCheckpointMalformed, "")) {
        try AddCheckpointRequest(parsing: Array((head + "\n").utf8) + note.encoded)
      }
    }
  }

  @Test("a witness's answer is one or more signature lines and nothing else")
  func cosignatureLines() throws {
    let line = note.signatures[1].line
    #expect(try CosignatureLines.parse(Array((line + line).utf8)).count == 2)
    for text in ["", "\n", line + "\n", "x\n" + line, String(line.dropLast())] {
      #expect(throws: TransparencyLogError(TransparencyLogError.noteMalformed, "")) {
        try CosignatureLines.parse(Array(text.utf8))
      }
    }
  }
}

private struct TLogProofVector: Decodable {
  let entry: String
  let logVkey: String
  let witnessVkey: String
  let proof: String

  enum CodingKeys: String, CodingKey {
    case entry, proof
    case logVkey = "log_vkey"
    case witnessVkey = "witness_vkey"
  }
}

@Suite("vectors: tlog-proof", .enabled(if: VectorFolder.isPresent))
struct TLogProofVectorTests {
  @Test("another implementation's proof verifies with a quorum of one witness, and not of two")
  func proof() throws {
    let vector: TLogProofVector = try VectorFolder.json("tlog/tlog-proof.json")
    let logKey = try NoteVerifierKey(parsing: vector.logVkey)
    let witness = try NoteVerifierKey(parsing: vector.witnessVkey)
    let other = try NoteSigningKey(name: "other", type: .cosignature).verifierKey
    let bytes = Array(vector.proof.utf8)
    let proof = try TLogProof(parsing: bytes)
    #expect(proof.encoded == bytes)
    let entry = Array(vector.entry.utf8)
    var executed = 0
    let one = LogVerifier(
      logKey: logKey, witnesses: try WitnessPolicy(withoutFaultMargin: [witness], threshold: 1))
    let verified = try proof.verify(entry: entry, with: one)
    #expect(verified.checkpoint.treeSize == 4)
    #expect(verified.quorumTime.timeIntervalSince1970 == 0x6998_8F3E)
    executed += 1
    let two = LogVerifier(
      logKey: logKey, witnesses: try WitnessPolicy(withoutFaultMargin: [witness, other], threshold: 2))
    #expect(throws: TransparencyLogError(TransparencyLogError.witnessQuorum, "")) {
      try proof.verify(entry: entry, with: two)
    }
    executed += 1
    #expect(executed == 2)
  }
}
