public import Foundation
public import TransparencyLog

/// A log of RFC 6962 in memory, whose notes are signed and cosigned at whatever time by whomever a test wants.
public struct InMemoryLog: Sendable {
  public let key: NoteSigningKey
  public private(set) var tree = MerkleTree()
  public private(set) var entries: [[UInt8]] = []

  public init(name: String) throws { key = try NoteSigningKey(name: name, type: .ed25519) }

  public mutating func append(_ entry: [UInt8]) -> UInt64 {
    entries.append(entry)
    tree.append(leafHash: RFC6962.leafHash(entry))
    return tree.treeSize - 1
  }

  /// The head of a size, by default the newest.
  public func note(
    treeSize: UInt64? = nil, at time: Date, cosigners: [NoteSigningKey], logKey: NoteSigningKey? = nil
  ) throws -> SignedNote {
    let size = treeSize ?? tree.treeSize
    let checkpoint = try Checkpoint(
      origin: key.verifierKey.name, treeSize: size, rootHash: try tree.root(treeSize: size))
    var signatures = [try (logKey ?? key).sign(checkpoint.text)]
    for witness in cosigners { signatures.append(try witness.cosign(checkpoint, at: time)) }
    return try SignedNote(text: checkpoint.text, signatures: signatures)
  }

  /// The encoded proof that an entry stands at an index, under a note of this log.
  public func proof(index: UInt64, note: SignedNote) throws -> [UInt8] {
    let size = try Checkpoint(parsing: note.text).treeSize
    let proof = try tree.inclusionProof(leafIndex: index, treeSize: size)
    return TLogProof(index: index, hashes: proof.hashes, note: note).encoded
  }
}
