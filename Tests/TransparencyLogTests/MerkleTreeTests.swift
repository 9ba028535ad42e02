import Testing
import TransparencyLog
import WireFormat

@Suite("Merkle trees and their proofs")
struct MerkleTreeTests {
  /// The eight entries and roots that RFC 6962 implementations have shared since Certificate Transparency's first.
  private static let entries: [String] = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
  ]
  private static let roots: [String] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  private static func tree(_ size: Int) -> MerkleTree {
    MerkleTree(leafHashes: (0..<size).map { RFC6962.leafHash([UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]) })
  }

  @Test("the roots of the reference tree come out at every size")
  func referenceRoots() throws {
    var tree = MerkleTree()
    #expect(tree.root.rawRepresentation.hexadecimal == Self.roots[0])
    for (entry, root) in zip(Self.entries, Self.roots.dropFirst()) {
      tree.append(leafHash: RFC6962.leafHash(try #require([UInt8](hexadecimal: entry))))
      #expect(tree.root.rawRepresentation.hexadecimal == root)
    }
    for (size, root) in Self.roots.enumerated() {
      #expect(try tree.root(treeSize: UInt64(size)).rawRepresentation.hexadecimal == root)
    }
  }

  @Test("every leaf of every size has an inclusion proof that verifies, and only there")
  func inclusion() throws {
    let tree = Self.tree(35)
    let leaves = tree.leafHashes
    for size in 1...35 as ClosedRange<UInt64> {
      let root = try tree.root(treeSize: size)
      for index in 0..<size {
        let proof = try tree.inclusionProof(leafIndex: index, treeSize: size)
        try proof.verify(leafHash: leaves[Int(index)], root: root)
        for other in 0..<size where other != index {
          let moved = InclusionProof(leafIndex: other, treeSize: size, hashes: proof.hashes)
          #expect(throws: inclusionInvalid) { try moved.verify(leafHash: leaves[Int(index)], root: root) }
        }
      }
    }
  }

  @Test("every pair of sizes has a consistency proof that verifies")
  func consistency() throws {
    let tree = Self.tree(35)
    for newSize in 1...35 as ClosedRange<UInt64> {
      for oldSize in 1...newSize {
        let proof = try tree.consistencyProof(from: oldSize, to: newSize)
        try proof.verify(oldRoot: tree.root(treeSize: oldSize), newRoot: tree.root(treeSize: newSize))
      }
    }
  }

  @Test("a consistency proof does not verify with a hash missing, added or changed")
  func brokenConsistency() throws {
    let tree = Self.tree(35)
    let old = try tree.root(treeSize: 13)
    let new = try tree.root(treeSize: 35)
    let proof = try tree.consistencyProof(from: 13, to: 35)
    var variants: [[TreeHash]] = [proof.hashes + [old], [old] + proof.hashes, []]
    for index in proof.hashes.indices {
      var shorter = proof.hashes
      shorter.remove(at: index)
      variants.append(shorter)
      var changed = proof.hashes
      changed[index] = RFC6962.emptyRoot
      variants.append(changed)
    }
    for hashes in variants {
      #expect(throws: consistencyInvalid) {
        try ConsistencyProof(oldSize: 13, newSize: 35, hashes: hashes).verify(oldRoot: old, newRoot: new)
      }
    }
  }

  @Test("an inclusion proof does not verify with a hash missing, added or changed")
  func brokenInclusion() throws {
    let tree = Self.tree(35)
    let proof = try tree.inclusionProof(leafIndex: 21, treeSize: 35)
    var variants: [[TreeHash]] = [proof.hashes + [tree.root], [tree.root] + proof.hashes, []]
    for index in proof.hashes.indices {
      var shorter = proof.hashes
      shorter.remove(at: index)
      variants.append(shorter)
      var changed = proof.hashes
      changed[index] = RFC6962.emptyRoot
      variants.append(changed)
    }
    for hashes in variants {
      #expect(throws: inclusionInvalid) {
        try InclusionProof(leafIndex: 21, treeSize: 35, hashes: hashes)
          .verify(leafHash: tree.leafHashes[21], root: tree.root)
      }
    }
  }

  @Test("the largest numbers are refused without a trap")
  func largestNumbers() {
    let hashes = Array(repeating: RFC6962.emptyRoot, count: 64)
    for (index, size) in [(UInt64.max, UInt64.max), (.max - 1, .max), (0, .max), (.max, 0), (0, 0)] {
      #expect(throws: inclusionInvalid) {
        try InclusionProof(leafIndex: index, treeSize: size, hashes: hashes)
          .verify(leafHash: RFC6962.emptyRoot, root: RFC6962.emptyRoot)
      }
      #expect(throws: consistencyInvalid) {
        try ConsistencyProof(oldSize: index, newSize: size, hashes: hashes)
          .verify(oldRoot: RFC6962.emptyRoot, newRoot: RFC6962.leafHash([]))
      }
    }
  }

  @Test("proofs and roots beyond the tree are refused")
  func beyondTheTree() throws {
    let tree = Self.tree(5)
    let unknown = TransparencyLogError(TransparencyLogError.treeSizeUnknown, "")
    #expect(throws: unknown) { try tree.root(treeSize: 6) }
    #expect(throws: unknown) { try tree.inclusionProof(leafIndex: 5, treeSize: 5) }
    #expect(throws: unknown) { try tree.inclusionProof(leafIndex: 0, treeSize: 6) }
    #expect(throws: unknown) { try tree.consistencyProof(from: 5, to: 4) }
    #expect(throws: unknown) { try tree.consistencyProof(from: 1, to: 6) }
    #expect(throws: unknown) { try tree.hashes(of: Tile(level: 0, index: 0, width: 6)) }
    #expect(throws: unknown) { try tree.hashes(of: Tile(level: 1, index: 0, width: 1)) }
    #expect(throws: unknown) { try tree.hashes(of: Tile(level: 0, index: .max, width: 1)) }
  }

  @Test("a hash has exactly 32 bytes")
  func hashLength() throws {
    for count in [0, 31, 33] {
      #expect(throws: TransparencyLogError(TransparencyLogError.treeHashMalformed, "")) {
        try TreeHash([UInt8](repeating: 7, count: count))
      }
    }
    let bytes = (0..<32).map { UInt8($0) }
    #expect(try TreeHash(bytes).rawRepresentation == bytes)
    #expect(try TreeHash(bytes[...]) == TreeHash(bytes))
  }

  private let inclusionInvalid = TransparencyLogError(TransparencyLogError.inclusionInvalid, "")
  private let consistencyInvalid = TransparencyLogError(TransparencyLogError.consistencyInvalid, "")
}
