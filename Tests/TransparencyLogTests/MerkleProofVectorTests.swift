import Foundation
import TestSupport
import Testing
import TransparencyLog

private struct MerkleProofs: Decodable {
  struct Inclusion: Decodable {
    let name: String
    let leafIdx: UInt64
    let treeSize: UInt64
    let root: String
    let leafHash: String
    let proof: [String]?
    let wantErr: Bool
  }

  struct Consistency: Decodable {
    let name: String
    let size1: UInt64
    let size2: UInt64
    let root1: String
    let root2: String
    let proof: [String]?
    let wantErr: Bool
  }

  let inclusion: [Inclusion]
  let consistency: [Consistency]
}

@Suite("vectors: Merkle proofs", .enabled(if: VectorFolder.isPresent))
struct MerkleProofVectorTests {
  @Test("57 inclusion probes are verified or refused as RFC 6962 says")
  func inclusion() throws {
    let vectors: MerkleProofs = try VectorFolder.json("tlog/merkle-proofs.json")
    var executed = 0
    for probe in vectors.inclusion {
      let isAccepted = accepts {
        let hashes = try (probe.proof ?? []).map { try TreeHash(base64: $0) }
        try InclusionProof(leafIndex: probe.leafIdx, treeSize: probe.treeSize, hashes: hashes)
          .verify(leafHash: TreeHash(base64: probe.leafHash), root: TreeHash(base64: probe.root))
      }
      #expect(isAccepted == !probe.wantErr, "\(probe.name)")
      executed += 1
    }
    #expect(
      try executed
        == VectorFolder.caseCount("tlog/merkle-proofs.json", published: 57, held: vectors.inclusion.count))
    if try VectorFolder.isPublished("tlog/merkle-proofs.json") {
      #expect(vectors.inclusion.count { !$0.wantErr } == 4)
    }
  }

  @Test("50 consistency probes are verified or refused as RFC 6962 says")
  func consistency() throws {
    let vectors: MerkleProofs = try VectorFolder.json("tlog/merkle-proofs.json")
    var executed = 0
    for probe in vectors.consistency {
      let isAccepted = accepts {
        let hashes = try (probe.proof ?? []).map { try TreeHash(base64: $0) }
        try ConsistencyProof(oldSize: probe.size1, newSize: probe.size2, hashes: hashes)
          .verify(oldRoot: TreeHash(base64: probe.root1), newRoot: TreeHash(base64: probe.root2))
      }
      #expect(isAccepted == !probe.wantErr, "\(probe.name)")
      executed += 1
    }
    #expect(
      try executed
        == VectorFolder.caseCount("tlog/merkle-proofs.json", published: 50, held: vectors.consistency.count))
    if try VectorFolder.isPublished("tlog/merkle-proofs.json") {
      #expect(vectors.consistency.count { !$0.wantErr } == 3)
    }
  }

  /// Anything but our own error would be a fault of the test.
  private func accepts(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      #expect(error is TransparencyLogError)
      return false
    }
  }
}
