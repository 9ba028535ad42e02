import Crypto
import DurableFiles
import Foundation
import Synchronization
import TestSupport
import Testing
import TransparencyLog
import WireFormat
import Witness

/// A log that lies to a witness whose machine fails: all that the witness ever cosigned is one history.
@Suite("witness that crashes", .timeLimit(.minutes(10)))
struct WitnessCrashTests {
  private static let lives = 8

  @Test(
    "kills and failures at any operation: two trees that contradict each other are never cosigned", arguments: 0..<250)
  func crashes(seed: Int) async throws {
    var random = SplitMix(UInt64(seed))
    let files = FaultyFiles(seed: UInt64(seed) &* 11 &+ 3)
    let logKey = try NoteSigningKey(name: "log.example/lies", type: .ed25519)
    let key = try NoteSigningKey(name: "witness.example/1", type: .cosignature)
    let originDigest = Array(SHA256.hash(data: Array(logKey.verifierKey.name.utf8))).hexadecimal
    // Two histories that part at the fourth leaf.
    let histories = [0, 1].map { history in
      MerkleTree(leafHashes: (0..<40 as Range<UInt8>).map { RFC6962.leafHash([$0, $0 < 3 ? 0 : history]) })
    }
    var cosigned: [(history: Int, treeSize: UInt64)] = []
    var time = Date(timeIntervalSince1970: 1_700_000_000)
    for _ in 0..<Self.lives {
      files.fail(after: random.next(below: 14), random.next(below: 4) == 0 ? .fail : .kill)
      let now = time
      let witness = WitnessService(key: key, logs: [logKey.verifierKey], store: FileWitnessStore(files), now: { now })
      for _ in 0..<10 where !files.isDead {
        let (history, size) = (random.next(below: 2), UInt64(1 + random.next(below: 40)))
        let request = Request(tree: histories[history], logKey: logKey, treeSize: size)
        // An honest old size, or a guess.
        let oldSize = random.coin() ? UInt64(random.next(below: Int(size) + 1)) : nil
        if let answer = try? await request.send(to: witness, oldSize: oldSize), case .cosigned = answer {
          cosigned.append((history, size))
        }
        // What it tells anyone counts as much.
        if let bytes = try? await witness.note(of: originDigest), let note = try? SignedNote(parsing: bytes) {
          let checkpoint = try Checkpoint(parsing: note.text)
          let history = try histories[0].root(treeSize: checkpoint.treeSize) == checkpoint.rootHash ? 0 : 1
          cosigned.append((history, checkpoint.treeSize))
        }
      }
      if random.next(below: 3) == 0 { files.endProcess() } else { files.crash() }
      time += TimeInterval(random.next(below: 600))
    }
    #expect(!cosigned.isEmpty && files.faultCount >= 1, "seed \(seed) tried nothing")
    let parted = Set(cosigned.filter { $0.treeSize > 3 }.map(\.history))
    #expect(parted.count <= 1, "seed \(seed): both histories were cosigned")
    #expect(
      cosigned.map(\.treeSize) == cosigned.map(\.treeSize).sorted(), "seed \(seed): an older tree was cosigned later")
  }
}

private struct Request {
  let tree: MerkleTree
  let logKey: NoteSigningKey
  let treeSize: UInt64

  /// - Parameter oldSize: what the witness is said to hold; nil asks it.
  func send(to witness: WitnessService, oldSize: UInt64?) async throws -> WitnessService.Answer {
    let checkpoint = try Checkpoint(
      origin: logKey.verifierKey.name, treeSize: treeSize, rootHash: try tree.root(treeSize: treeSize))
    let note = try SignedNote(text: checkpoint.text, signatures: [logKey.sign(checkpoint.text)])
    var size = oldSize ?? 0
    while true {
      let proof = try tree.consistencyProof(from: size, to: treeSize)
      let request = AddCheckpointRequest(oldSize: size, proof: proof.hashes, note: note)
      let answer = try await witness.addCheckpoint(request)
      guard oldSize == nil, case .holdsOtherSize(let held) = answer, held <= treeSize, held != size else {
        return answer
      }
      size = held
    }
  }
}
