import Foundation
import TransparencyLog

extension FuzzTarget {
  static let transparencyLog = [
    FuzzTarget("signed-note", seeds: { [try LogFixture.note().encoded] }) { bytes in
      guard let note = try? SignedNote(parsing: bytes) else { return }
      claim(note.encoded == bytes, "a note encodes to its bytes")
      claim(
        try SignedNote(text: note.text, signatures: note.signatures).encoded == bytes, "so it does put together anew")
      _ = try? note.verified(by: LogFixture.verifierKeys)
      _ = try? LogFixture.verifier().verify(note)
      for signature in note.signatures {
        let again = try? NoteSignature(
          name: signature.name, noteKeyID: signature.noteKeyID, signature: signature.signature)
        claim(again != nil, "a parsed signature can be made")
      }
    },
    FuzzTarget("checkpoint", seeds: { [Array(try LogFixture.checkpoint().text.utf8)] }) { bytes in
      guard let text = text(bytes), let checkpoint = try? Checkpoint(parsing: text) else { return }
      claim(Array(checkpoint.text.utf8) == bytes, "a checkpoint has one text")
    },
    FuzzTarget("log-policy", seeds: { [try LogFixture.policy()] }) { bytes in
      guard let policy = try? LogPolicy(parsing: bytes) else { return }
      if let strict = try? policy.witnessPolicy(declaredFaults: 1) {
        claim(2 * strict.threshold - strict.witnesses.count > 1, "no two histories meet a strict quorum")
      }
    },
    FuzzTarget("tlog-proof", seeds: LogFixture.proofs) { bytes in
      guard let proof = try? TLogProof(parsing: bytes) else { return }
      claim(proof.encoded == bytes, "a proof encodes to its bytes")
      _ = try? proof.verify(entry: [1], with: LogFixture.verifier())
      guard let checkpoint = try? Checkpoint(parsing: proof.note.text) else { return }
      try? InclusionProof(leafIndex: proof.index, treeSize: checkpoint.treeSize, hashes: proof.hashes)
        .verify(leafHash: RFC6962.leafHash([1]), root: checkpoint.rootHash)
    },
    FuzzTarget("tile-path", maximumByteCount: 128, seeds: LogFixture.paths) { bytes in
      guard let path = text(bytes) else { return }
      if let tile = try? Tile(path: path) { claim(Array(tile.path.utf8) == bytes, "a tile has one path") }
      if let tile = try? Tile(entriesPath: path) {
        claim(Array(tile.entriesPath.utf8) == bytes, "an entry bundle has one path")
      }
    },
    FuzzTarget("tile", maximumByteCount: 1 + 256 * 32, seeds: { [[1] + [UInt8](repeating: 9, count: 64)] }) { bytes in
      guard let width = bytes.first, let tile = try? Tile(level: 0, index: 0, width: Int(width) + 1),
        let hashes = try? tile.hashes(parsing: Array(bytes.dropFirst()))
      else { return }
      claim(hashes.flatMap(\.rawRepresentation)[...] == bytes.dropFirst(), "a tile's hashes are its bytes")
    },
    FuzzTarget("entry-bundle", seeds: { [[0, 1, 7, 0, 0, 0, 3, 1, 2, 3]] }) { bytes in
      guard let bundle = try? EntryBundle(parsing: bytes) else { return }
      claim(bundle.encoded == bytes, "an entry bundle encodes to its bytes")
    },
    FuzzTarget("add-checkpoint", seeds: LogFixture.addCheckpoints) { bytes in
      guard let request = try? AddCheckpointRequest(parsing: bytes) else { return }
      claim(request.encoded == bytes, "a request encodes to its bytes")
      guard let checkpoint = try? Checkpoint(parsing: request.note.text) else { return }
      try? ConsistencyProof(oldSize: request.oldSize, newSize: checkpoint.treeSize, hashes: request.proof)
        .verify(oldRoot: RFC6962.emptyRoot, newRoot: checkpoint.rootHash)
    },
    FuzzTarget("witness-answer", seeds: LogFixture.answers) { bytes in
      if let size = WitnessSize.parse(bytes) { claim(WitnessSize.encode(size) == bytes, "a size has one text") }
      guard let signatures = try? CosignatureLines.parse(bytes) else { return }
      claim(signatures.flatMap { Array($0.line.utf8) } == bytes, "signature lines keep their bytes")
    },
    FuzzTarget(
      "note-verifier-key", maximumByteCount: 256, seeds: { LogFixture.verifierKeys.map { Array($0.encoded.utf8) } }
    ) { bytes in
      guard let text = text(bytes), let key = try? NoteVerifierKey(parsing: text) else { return }
      claim(Array(key.encoded.utf8) == bytes, "a verifier key has one text")
    },
  ]
}

/// A log and a witness whose keys are one byte repeated.
private enum LogFixture {
  static let keys: [NoteSigningKey] = {
    do {
      return [
        try NoteSigningKey(name: "log.test", type: .ed25519, seed: [UInt8](repeating: 1, count: 32)),
        try NoteSigningKey(name: "witness.test", type: .cosignature, seed: [UInt8](repeating: 2, count: 32)),
      ]
    } catch {
      fatalError("fixture: \(error)")
    }
  }()

  static let verifierKeys = keys.map(\.verifierKey)

  static func verifier() throws -> LogVerifier {
    LogVerifier(
      logKey: verifierKeys[0],
      witnesses: try WitnessPolicy(withoutFaultMargin: [verifierKeys[1]], threshold: 1))
  }

  /// One log, one group of one witness.
  static func policy() throws -> [UInt8] {
    Array(
      """
      # a policy
      log \(verifierKeys[0].encoded) https://log.test/
      witness w \(verifierKeys[1].encoded)
      group g all w
      quorum g

      """.utf8)
  }

  private static let leaves = (0..<5).map { RFC6962.leafHash([UInt8($0)]) }

  private static let nodes: (pair: TreeHash, otherPair: TreeHash, four: TreeHash) = {
    let pair = RFC6962.nodeHash(leaves[0], leaves[1])
    let otherPair = RFC6962.nodeHash(leaves[2], leaves[3])
    return (pair, otherPair, RFC6962.nodeHash(pair, otherPair))
  }()

  /// Five leaves, each one byte.
  static func checkpoint() throws -> Checkpoint {
    try Checkpoint(
      origin: "log.test", treeSize: 5, rootHash: RFC6962.nodeHash(nodes.four, leaves[4]), extensionLines: ["more"])
  }

  static func note() throws -> SignedNote {
    let checkpoint = try checkpoint()
    return try SignedNote(
      text: checkpoint.text,
      signatures: [
        try keys[0].sign(checkpoint.text),
        try keys[1].cosign(checkpoint, at: Date(timeIntervalSince1970: 1_790_000_000)),
      ])
  }

  @Sendable static func proofs() throws -> [[UInt8]] {
    let hashes = [leaves[0], nodes.otherPair, leaves[4]]
    return try [nil, [7, 8]].map { try TLogProof(extra: $0, index: 1, hashes: hashes, note: note()).encoded }
  }

  @Sendable static func addCheckpoints() throws -> [[UInt8]] {
    [
      try AddCheckpointRequest(oldSize: 0, proof: [], note: note()).encoded,
      try AddCheckpointRequest(oldSize: 4, proof: [leaves[4]], note: note()).encoded,
    ]
  }

  @Sendable static func answers() throws -> [[UInt8]] {
    [WitnessSize.encode(7), Array(try note().signatures.map(\.line).joined().utf8)]
  }

  @Sendable static func paths() throws -> [[UInt8]] {
    let tiles = [
      try Tile(level: 0, index: 0, width: 256), try Tile(level: 3, index: 1_234_067, width: 1),
      try Tile(level: 63, index: .max, width: 255),
    ]
    return tiles.flatMap { [Array($0.path.utf8), Array($0.entriesPath.utf8)] }
  }
}
