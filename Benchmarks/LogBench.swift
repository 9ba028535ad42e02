import ArgumentParser
import Crypto
import DurableFiles
import Foundation
import HTTPMessages
import Log
import TransparencyLog

/// What a log takes in, and what a proof costs its reader.
struct LogBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Durable appends to a log by many writers and by one; an inclusion proof against its bare signatures.",
    discussion: """
      A writer sends its next entry once the one before lasts. Files lie in a new folder below TMPDIR, which says what
      disk is measured. The proof is a tlog-proof of a log of 2^20 leaves under its signature and four cosignatures.
      Bars: 35,000 entries of 256 bytes a second by 256 writers; a lone writer answered within 20 ms; a proof at most 1.15
      times its signature verifications.
      """)

  @Option(help: "Writers at a time.")
  var writers = 256

  @Option(help: "Bytes of an entry.")
  var byteCount = 256

  @Option(help: "Seconds of writing.")
  var seconds = 5

  @Option(help: "Entries of the lone writer.")
  var loneEntries = 200

  mutating func run() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-log-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let lone = try await write(
      by: 1, count: loneEntries, for: .seconds(60), below: folder.appendingPathComponent("lone").path)
    print(
      "a lone writer: median \(lone.median.millisecondText), longest \(lone.range.most.millisecondText)")
    let start = ContinuousClock.now
    let many = try await write(
      by: writers, count: .max, for: .seconds(seconds), below: folder.appendingPathComponent("many").path)
    let rate = Double(many.durations.count) / ((ContinuousClock.now - start).microseconds / 1e6)
    let sorted = many.durations.sorted()
    print(
      "\(writers) writers: \(Int(rate)) durable entries of \(byteCount) bytes a second; median "
        + "\(many.median.millisecondText), 99 % \(sorted[sorted.count * 99 / 100].millisecondText)")
    let proof = try proofRatio()
    guard rate >= 35_000, lone.range.most <= .milliseconds(20), proof <= 1.15 else {
      throw ValidationError("a bar is missed")
    }
  }

  /// The time of each entry, from the call until it lasts.
  private func write(by writers: Int, count: Int, for time: Duration, below folder: String) async throws -> Sample {
    let log = try LogService(
      key: NoteSigningKey(name: "log.test/bench", type: .ed25519), admission: .everyEntry,
      files: PosixFileSystem(root: folder),
      witnesses: Proof.witnesses.map { WitnessEndpoint(key: $0.verifierKey, server: "") },
      threshold: 3, exchange: NoExchange())
    let end = ContinuousClock.now + time
    let byteCount = byteCount
    return try await withThrowingTaskGroup(of: [Duration].self) { group in
      for writer in 0..<writers {
        group.addTask {
          var durations: [Duration] = []
          var entry = [UInt8](repeating: UInt8(truncatingIfNeeded: writer), count: byteCount)
          while durations.count < count, ContinuousClock.now < end {
            for (index, value) in withUnsafeBytes(of: (writer, durations.count), Array.init).enumerated() {
              entry[index] = value
            }
            let start = ContinuousClock.now
            _ = try await log.add(entry)
            durations.append(ContinuousClock.now - start)
          }
          return durations
        }
      }
      var sample = Sample()
      for try await durations in group { for duration in durations { sample.add(duration) } }
      return sample
    }
  }

  private func proofRatio() throws -> Double {
    let proof = try Proof()
    let times = try Sample.interleaved(
      rounds: 201, calls: 10, [{ try proof.verify() }, { try proof.verifyBareSignatures() }])
    print(
      "a proof in 2^20 leaves: \(times[0].microsecondText); its five signatures \(times[1].microsecondText); "
        + "ratio \(Duration.ratio(times[0], times[1]))")
    return times[0].microseconds / times[1].microseconds
  }
}

/// Witnesses that cannot be reached: entries last without them.
private struct NoExchange: HTTPExchange {
  func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    throw HTTPExchangeError(HTTPExchangeError.unreachable, "there is no network")
  }
}

/// A proof as a file brings it, and the signatures under it by themselves.
private struct Proof {
  static let witnesses = (1...4).compactMap { try? NoteSigningKey(name: "witness.test/\($0)", type: .cosignature) }

  private let bytes: [UInt8]
  private let entry: [UInt8]
  private let verifier: LogVerifier
  private let bare: [(key: Curve25519.Signing.PublicKey, signature: [UInt8], message: [UInt8])]

  init() throws {
    let entry = [UInt8](repeating: 7, count: 256)
    let tree = MerkleTree(
      leafHashes: (0..<1 << 20).map { $0 == 12_345 ? RFC6962.leafHash(entry) : RFC6962.leafHash(Self.bytes($0)) })
    let key = try NoteSigningKey(name: "log.test/bench", type: .ed25519)
    let checkpoint = try Checkpoint(origin: "log.test/bench", treeSize: tree.treeSize, rootHash: tree.root)
    let signatures = try [key.sign(checkpoint.text)] + Self.witnesses.map { try $0.cosign(checkpoint, at: Date()) }
    let note = try SignedNote(text: checkpoint.text, signatures: signatures)
    let inclusion = try tree.inclusionProof(leafIndex: 12_345, treeSize: tree.treeSize)
    bytes = TLogProof(index: 12_345, hashes: inclusion.hashes, note: note).encoded
    self.entry = entry
    verifier = LogVerifier(
      logKey: key.verifierKey,
      witnesses: try WitnessPolicy(witnesses: Self.witnesses.map(\.verifierKey), threshold: 3, declaredFaults: 1))
    // Messages as long as those that the note's signatures are over.
    bare = try signatures.enumerated().map { index, _ in
      let key = Curve25519.Signing.PrivateKey()
      let message = [UInt8](repeating: 9, count: checkpoint.text.utf8.count + (index == 0 ? 0 : 40))
      return (key.publicKey, Array(try key.signature(for: message)), message)
    }
  }

  private static func bytes(_ index: Int) -> [UInt8] { withUnsafeBytes(of: index.bigEndian, Array.init) }

  func verify() throws { use(try TLogProof(parsing: bytes).verify(entry: entry, with: verifier)) }

  func verifyBareSignatures() throws {
    for item in bare where !item.key.isValidSignature(item.signature, for: item.message) {
      throw ValidationError("a signature does not verify")
    }
  }
}
