import Crypto
import Foundation
import HTTPMessages
import HTTPTransport
import Log
import Logging
import PartyHosting
import Synchronization
import TestSupport
import Testing
import TransparencyLog
import WireFormat
import Witness

/// `cloister-log`, killed again and again while writers send it entries. `CLOISTER_LOG_KILLS` says how often.
@Suite("cloister-log killed under load", .timeLimit(.minutes(60)))
struct LogKillTests {
  private static let kills = ProcessInfo.processInfo.environment["CLOISTER_LOG_KILLS"].flatMap { Int($0) } ?? 200
  private static let writers = 8

  @Test("SIGKILL at any moment loses no acknowledged entry, and every published tree is of one history")
  func kills() async throws {
    let log = try await KilledLog()
    var random = SplitMix(1)
    for life in 0..<Self.kills {
      // Every tenth dies before it listens.
      let count = life % 10 == 0 ? 0 : 1 + random.next(below: 24)
      try await log.live(killedAfter: count, writers: Self.writers)
    }
    try await log.check()
    await log.stop()
  }
}

private final class Countdown: Sendable {
  private let left: Atomic<Int>

  init(_ count: Int) { left = Atomic(count) }

  func reachesZero() -> Bool { left.subtract(1, ordering: .relaxed).newValue == 0 }
}

/// A log process over one folder, its witnesses in this process, and what it ever acknowledged.
private final class KilledLog: Sendable {
  private let state: String
  private let policy: String
  private let key: NoteVerifierKey
  private let witnessKeys: [NoteSigningKey]
  private let witnesses: [(server: String, task: Task<Void, any Error>)]
  private let exchange = SocketHTTPExchange(timeoutSeconds: 30)
  private let acknowledged = Mutex<[(entry: [UInt8], proof: TLogProof)]>([])
  private let nextEntry = Atomic<Int>(0)

  init() async throws {
    state = FileManager.default.temporaryDirectory.appendingPathComponent("killed-log-\(UUID().uuidString)").path
    key = try LogKeyFile.createOrRead(state: state, origin: LogFixture.origin).verifierKey
    witnessKeys = try (1...4).map { try NoteSigningKey(name: "witness.example/\($0)", type: .cosignature) }
    var witnesses: [(server: String, task: Task<Void, any Error>)] = []
    for witnessKey in witnessKeys {
      let service = WitnessService(key: witnessKey, logs: [key], store: MemoryWitnessStore())
      let (addresses, continuation) = AsyncStream.makeStream(of: ListenAddress.self)
      let server = PartyServer(
        WitnessParty(service), listen: try ListenAddress(parsing: "127.0.0.1:0"), record: nil,
        logger: Logger(label: "witness") { _ in SwiftLogNoOpLogHandler() }
      ) { continuation.yield($0) }
      let task = Task { try await server.run() }
      for await address in addresses {
        witnesses.append(("http://\(address.host):\(address.port)", task))
        break
      }
    }
    self.witnesses = witnesses
    let lines = zip(witnessKeys, witnesses).map {
      "witness \($0.verifierKey.name) \($0.verifierKey.encoded) \($1.server)\n"
    }
    let names = witnessKeys.map(\.verifierKey.name).joined(separator: " ")
    policy = state + "/witnesses.policy"
    try Data((lines.joined() + "group all-four 3 \(names)\nquorum all-four\n").utf8)
      .write(to: URL(fileURLWithPath: policy))
  }

  private func start() throws -> ChildProcess {
    let digest = Array(SHA256.hash(data: Array(LogFixture.submissionKey.utf8))).hexadecimal
    return try CommandRun.start(
      "cloister-log",
      [
        "run", "--listen", "127.0.0.1:0", "--state", state, "--log",
        "name=log,origin=\(LogFixture.origin),kind=release",
        "--witness-policy", policy, "--submission-key-digest", digest, "--exit-with-parent",
      ], errors: .discarded)
  }

  private static func server(_ line: String) throws -> String {
    try #require(line.hasPrefix("listening "))
    return "http://" + line.dropFirst("listening ".count)
  }

  /// One process, from its start to its kill.
  /// - Parameter count: acknowledged entries before the kill; 0 kills it while it starts.
  func live(killedAfter count: Int, writers: Int) async throws {
    let process = try start()
    if count > 0 {
      let server = try Self.server(await process.readLine())
      let left = Countdown(count)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<writers {
          group.addTask {
            while await self.add(to: server) {
              if left.reachesZero() { process.kill() }
            }
          }
        }
      }
    } else {
      process.kill()
    }
    #expect(await process.wait() == -SIGKILL)
  }

  /// - Returns: whether the entry was acknowledged.
  private func add(to server: String) async -> Bool {
    let number = nextEntry.add(1, ordering: .relaxed).newValue
    let entry = Array("entry \(number)".utf8)
    let answer = try? await exchange.send(
      WholeRequest(method: "POST", path: "/logs/log/add", fields: Self.authorization, body: entry), to: server,
      bodyLimit: TLogProof.byteLimit)
    guard let answer, answer.status == 200 else { return false }
    do {
      let proof = try TLogProof(parsing: answer.body)
      acknowledged.withLock { $0.append((entry, proof)) }
      return true
    } catch {
      Issue.record("an answer is no proof: \(error)")
      return false
    }
  }

  private static let authorization = [HTTPField("authorization", "Bearer " + LogFixture.submissionKey)]

  func check() async throws {
    let process = try start()
    let server = try Self.server(await process.readLine())
    let note = try await get("/logs/log/refresh", method: "POST", from: server)
    let verifier = LogVerifier(
      logKey: key,
      witnesses: try WitnessPolicy(witnesses: witnessKeys.map(\.verifierKey), threshold: 3, declaredFaults: 1))
    let checkpoint = try verifier.verify(note).checkpoint
    var (entries, tree) = ([[UInt8]](), MerkleTree())
    for tile in Tile.added(from: 0, to: checkpoint.treeSize) where tile.level == 0 {
      entries += try EntryBundle(parsing: await get("/logs/log/" + tile.entriesPath, from: server)).entries
    }
    for entry in entries { tree.append(leafHash: RFC6962.leafHash(entry)) }
    #expect(tree.root == checkpoint.rootHash)
    let acknowledged = acknowledged.withLock { $0 }
    #expect(!acknowledged.isEmpty)
    for (entry, proof) in acknowledged {
      #expect(entries.indices.contains(Int(proof.index)) && entries[Int(proof.index)] == entry, "an entry is lost")
      let published = try proof.verify(entry: entry, with: verifier).checkpoint
      #expect(try tree.root(treeSize: published.treeSize) == published.rootHash, "a fork was published")
    }
    process.terminate()
    #expect(await process.wait() == 0)
  }

  private func get(_ path: String, method: String = "GET", from server: String) async throws -> [UInt8] {
    let answer = try await exchange.send(
      WholeRequest(method: method, path: path, fields: Self.authorization), to: server, bodyLimit: 32 << 20)
    try #require(answer.status == 200)
    return answer.body
  }

  func stop() async {
    for witness in witnesses { witness.task.cancel() }
    for witness in witnesses { _ = await witness.task.result }
    await exchange.shutdown()
    try? FileManager.default.removeItem(atPath: state)
  }
}
