import Foundation
import HTTPMessages
import Synchronization
import Testing
import TransparencyLog
import Witness

@Suite("witness")
struct WitnessServiceTests {
  private let log: NoteSigningKey
  private let key: NoteSigningKey
  private let tree = MerkleTree(leafHashes: (0..<20).map { RFC6962.leafHash([UInt8($0)]) })
  private let time = Date(timeIntervalSince1970: 1_700_000_000)

  init() throws {
    log = try NoteSigningKey(name: "log.example/epochs", type: .ed25519)
    key = try NoteSigningKey(name: "witness.example/1", type: .cosignature)
  }

  private func party(_ store: any WitnessStore = MemoryWitnessStore()) -> WitnessParty {
    let time = time
    return WitnessParty(WitnessService(key: key, logs: [log.verifierKey], store: store, now: { time }))
  }

  private func note(_ size: UInt64, root: TreeHash? = nil) throws -> SignedNote {
    let checkpoint = try Checkpoint(
      origin: log.verifierKey.name, treeSize: size, rootHash: root ?? tree.root(treeSize: size))
    return try SignedNote(text: checkpoint.text, signatures: [log.sign(checkpoint.text)])
  }

  private func post(_ body: [UInt8], to party: WitnessParty) async -> WholeResponse {
    await party.respond(to: WholeRequest(method: "POST", path: "/add-checkpoint", body: body))
  }

  /// Asks for a cosignature over a growth of the honest tree.
  private func grow(_ old: UInt64, _ new: UInt64, on party: WitnessParty) async throws -> WholeResponse {
    let proof = try tree.consistencyProof(from: old, to: new).hashes
    return await post(AddCheckpointRequest(oldSize: old, proof: proof, note: try note(new)).encoded, to: party)
  }

  private func code(_ answer: WholeResponse) -> String {
    String(decoding: answer.body.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
  }

  @Test("a growing tree is cosigned with the witness's time")
  func growth() async throws {
    let party = party()
    for (old, new) in [(0, 1), (1, 2), (2, 7), (7, 7), (7, 20)] as [(UInt64, UInt64)] {
      let answer = try await grow(old, new, on: party)
      #expect(answer.status == 200)
      let signature = try #require(try CosignatureLines.parse(answer.body).first)
      #expect(key.verifierKey.cosignatureTime(signature, over: try note(new).text) == time)
    }
  }

  @Test("a witness whose clock went back cosigns nothing, and an unchanged tree once it is right again")
  func clockWentBack() async throws {
    let time = Mutex(time)
    let party = WitnessParty(
      WitnessService(key: key, logs: [log.verifierKey], store: MemoryWitnessStore(), now: { time.withLock { $0 } }))
    #expect(try await grow(0, 7, on: party).status == 200)
    time.withLock { $0 -= 1 }
    for new in [7, 9] as [UInt64] {
      let refused = try await grow(7, new, on: party)
      #expect(refused.status == 500)
      #expect(code(refused) == "witness-clock-went-back")
    }
    time.withLock { $0 += 61 }
    #expect(try await grow(7, 7, on: party).status == 200)
  }

  @Test("a rollback is answered with the size that the witness holds")
  func rollback() async throws {
    let party = party()
    _ = try await grow(0, 7, on: party)
    for old in [0, 5] as [UInt64] {
      let answer = try await grow(old, 7, on: party)
      #expect(answer.status == 409)
      #expect(answer.field("content-type") == "text/x.tlog.size")
      #expect(answer.body == Array("7\n".utf8))
    }
    #expect(try await grow(5, 5, on: party).status == 409)
    let reversed = await post(AddCheckpointRequest(oldSize: 7, proof: [], note: try note(5)).encoded, to: party)
    #expect(reversed.status == 400)
    #expect(code(reversed) == "witness-sizes-reversed")
  }

  @Test("a fork is refused, at the same size and at a larger one")
  func fork() async throws {
    let party = party()
    _ = try await grow(0, 7, on: party)
    let other = MerkleTree(leafHashes: (0..<20).map { RFC6962.leafHash([UInt8($0) ^ 1]) })
    let same = AddCheckpointRequest(oldSize: 7, proof: [], note: try note(7, root: other.root(treeSize: 7)))
    #expect(await post(same.encoded, to: party).status == 422)
    let larger = AddCheckpointRequest(
      oldSize: 7, proof: try other.consistencyProof(from: 7, to: 20).hashes, note: try note(20, root: other.root))
    let answer = await post(larger.encoded, to: party)
    #expect(answer.status == 422)
    #expect(code(answer) == "log-consistency-invalid")
    #expect(try await grow(7, 20, on: party).status == 200)
  }

  @Test("an empty tree has the empty root, and proves nothing")
  func emptyTree() async throws {
    let party = party()
    let wrong = AddCheckpointRequest(oldSize: 0, proof: [], note: try note(0, root: tree.root))
    #expect(await post(wrong.encoded, to: party).status == 422)
    let proven = AddCheckpointRequest(oldSize: 0, proof: [tree.root], note: try note(3))
    #expect(await post(proven.encoded, to: party).status == 422)
    #expect(try await grow(0, 0, on: party).status == 200)
    #expect(try await grow(0, 0, on: party).status == 200)
    #expect(try await grow(0, 3, on: party).status == 200)
  }

  @Test("a checkpoint without the log's signature, or with a bad one, is refused")
  func signatures() async throws {
    let party = party()
    let text = try note(1).text
    let stranger = try NoteSigningKey(name: log.verifierKey.name, type: .ed25519)
    for signatures in [[try stranger.sign(text)], [try log.sign(text), try log.sign("another\n")]] {
      let note = try SignedNote(text: text, signatures: signatures)
      let answer = await post(AddCheckpointRequest(oldSize: 0, proof: [], note: note).encoded, to: party)
      #expect(answer.status == 403)
      #expect(code(answer) == "log-signature-invalid")
    }
    let note = try SignedNote(text: text, signatures: [stranger.sign(text), log.sign(text)])
    #expect(await post(AddCheckpointRequest(oldSize: 0, proof: [], note: note).encoded, to: party).status == 200)
  }

  @Test("a log that the witness does not watch is refused")
  func unknownLog() async throws {
    let checkpoint = try Checkpoint(origin: "log.example/other", treeSize: 0, rootHash: RFC6962.emptyRoot)
    let note = try SignedNote(text: checkpoint.text, signatures: [log.sign(checkpoint.text)])
    let answer = await post(AddCheckpointRequest(oldSize: 0, proof: [], note: note).encoded, to: party())
    #expect(answer.status == 403)
    #expect(code(answer) == "witness-log-unknown")
  }

  @Test("a log may have two keys, one of which signs")
  func twoKeys() async throws {
    let other = try NoteSigningKey(name: log.verifierKey.name, type: .ed25519)
    let party = WitnessParty(
      WitnessService(
        key: key, logs: [other.verifierKey, log.verifierKey], store: MemoryWitnessStore(), now: { Date() }))
    #expect(try await grow(0, 1, on: party).status == 200)
  }

  @Test("no truncation of a request is cosigned, and each is answered")
  func truncations() async throws {
    let party = party()
    _ = try await grow(0, 3, on: party)
    let proof = try tree.consistencyProof(from: 3, to: 7).hashes
    let body = AddCheckpointRequest(oldSize: 3, proof: proof, note: try note(7)).encoded
    for length in 0..<body.count { #expect(await post(Array(body[..<length]), to: party).status == 400) }
    #expect(await post(body + [0x0A], to: party).status == 400)
    #expect(await post(body, to: party).status == 200)
  }

  @Test("without durable state there is no cosignature, and none after it until the witness is opened again")
  func storeFailure() async throws {
    let isFailing = Mutex(true)
    let store = MemoryWitnessStore(beforeKeeping: { () throws(WitnessError) in
      if isFailing.withLock({ $0 }) { throw WitnessError(WitnessError.stateUnusable, "full") }
    })
    let party = party(store)
    let answer = try await grow(0, 3, on: party)
    #expect(answer.status == 500)
    #expect(code(answer) == "witness-state-unusable")
    isFailing.withLock { $0 = false }
    #expect(try await grow(0, 5, on: party).status == 500)
    let told = await party.respond(to: WholeRequest(method: "GET", path: "/checkpoint/" + Self.originDigest))
    #expect(told.status == 500)
    #expect(try await grow(0, 5, on: self.party(store)).status == 200)
  }

  @Test("of requests at once, each is checked against the one before")
  func concurrency() async throws {
    let party = party()
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for size in 1...20 as ClosedRange<UInt64> {
        group.addTask { try await self.grow(0, size, on: party).status }
      }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(statuses.count { $0 == 200 } == 1)
    #expect(statuses.count { $0 == 409 } == 19)
  }

  @Test("monitors read the last cosigned note, with the signatures of log and witness")
  func reading() async throws {
    let party = party()
    let digest = "fd2db7d6bd0d0dd0e2b6c5aac03d7bd21cb8a9bd8f1ba4ebf23a9f18a1a3d3c7"
    let unknown = await party.respond(to: WholeRequest(method: "GET", path: "/checkpoint/" + digest))
    #expect(unknown.status == 404)
    _ = try await grow(0, 3, on: party)
    _ = try await grow(3, 7, on: party)
    let ours = Self.originDigest
    for path in ["/checkpoint/\(ours)", "/\(ours)/checkpoint"] {
      let answer = await party.respond(to: WholeRequest(method: "GET", path: path))
      let note = try SignedNote(parsing: answer.body)
      #expect(try Checkpoint(parsing: note.text).treeSize == 7)
      #expect(try note.verified(by: [log.verifierKey, key.verifierKey]).verified.count == 2)
    }
    for path in [
      "/", "/checkpoint", "/checkpoint/", "/checkpoint/\(ours)/", "/checkpoint/../key", "/checkpoint/\(ours)?a",
    ] {
      #expect(await party.respond(to: WholeRequest(method: "GET", path: path)).status == 404)
    }
    #expect(await party.respond(to: WholeRequest(method: "GET", path: "/add-checkpoint")).status == 405)
    #expect(await party.respond(to: WholeRequest(method: "GET", path: "/health")).status == 200)
  }

  /// SHA-256 of `log.example/epochs`.
  private static let originDigest = "3931dd3a54b71c52d9bfe78beeab6a60d699325cbbdfecac219f1cfce75dd921"
}

@Suite("witness files")
struct FileWitnessStoreTests {
  private let log: NoteSigningKey
  private let tree = MerkleTree(leafHashes: (0..<9).map { RFC6962.leafHash([UInt8($0)]) })

  init() throws { log = try NoteSigningKey(name: "log.example/epochs", type: .ed25519) }

  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("witness-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
  }

  private func request(_ old: UInt64, _ new: UInt64) throws -> AddCheckpointRequest {
    let checkpoint = try Checkpoint(
      origin: log.verifierKey.name, treeSize: new, rootHash: tree.root(treeSize: new))
    return AddCheckpointRequest(
      oldSize: old, proof: try tree.consistencyProof(from: old, to: new).hashes,
      note: try SignedNote(text: checkpoint.text, signatures: [log.sign(checkpoint.text)]))
  }

  @Test("a witness remembers across restarts")
  func restart() async throws {
    try await withFolder { folder in
      let key = try FileWitnessStore(folder: folder).createOrReadKey(name: "w.example")
      #expect(try FileWitnessStore(folder: folder).createOrReadKey(name: "w.example").verifierKey == key.verifierKey)
      for (old, new) in [(0, 3), (3, 8)] as [(UInt64, UInt64)] {
        let service = WitnessService(
          key: key, logs: [log.verifierKey], store: try FileWitnessStore(folder: folder))
        guard case .cosigned = try await service.addCheckpoint(request(old, new)) else {
          Issue.record("not cosigned")
          return
        }
      }
      let service = WitnessService(key: key, logs: [log.verifierKey], store: try FileWitnessStore(folder: folder))
      guard case .holdsOtherSize(8) = try await service.addCheckpoint(request(0, 9)) else {
        Issue.record("forgotten")
        return
      }
    }
  }

  @Test("the key file is its owner's alone")
  func keyMode() async throws {
    try await withFolder { folder in
      #expect(try FileWitnessStore(folder: folder).key(name: "w.example")?.verifierKey == nil)
      _ = try FileWitnessStore(folder: folder).createOrReadKey(name: "w.example")
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/key")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      try Data("short".utf8).write(to: URL(fileURLWithPath: folder + "/key"))
      #expect(throws: WitnessError(WitnessError.stateUnusable, "")) {
        try FileWitnessStore(folder: folder).key(name: "w.example")
      }
    }
  }

  @Test("a memory that the witness did not cosign stops it", arguments: ["", "text\n\n— w.example AAAAAAA=\n"])
  func corruptState(text: String) async throws {
    try await withFolder { folder in
      let store = try FileWitnessStore(folder: folder)
      let key = try store.createOrReadKey(name: "w.example")
      let service = WitnessService(key: key, logs: [log.verifierKey], store: store)
      _ = try await service.addCheckpoint(request(0, 3))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "key" }
      #expect(names.count == 1)
      for name in names { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
      await #expect(throws: WitnessError(WitnessError.stateUnusable, "")) {
        try await service.addCheckpoint(request(3, 8))
      }
    }
  }
}
