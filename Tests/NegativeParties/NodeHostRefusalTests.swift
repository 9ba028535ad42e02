import Foundation
import HTTPMessages
import InMemoryParties
import StrictJSON
import Synchronization
import Testing
import TransparencyLog
import Trust

@Suite("What a node refuses from its host: no key is made, no evidence given", .keepsFolders)
struct NodeHostRefusalTests {
  /// What the gateway hands a node for its keys.
  private struct Handed {
    let deployment: InMemoryDeployment
    let note: [UInt8]
    let release: [UInt8]
    let releaseProof: [UInt8]

    /// From the first node's published epoch.
    init(_ deployment: InMemoryDeployment) throws {
      self.deployment = deployment
      let messages = deployment.network.messages(to: DeploymentNames.node(0))
      let body = try #require(messages.first { $0.request.path == "/keys" }).request.body
      var object = try JSONObject(parsing: body, name: "host message")
      func bytes(_ member: StaticString) throws -> [UInt8] {
        Array(try #require(Data(base64Encoded: try object.string(member))))
      }
      note = try bytes("note")
      release = try bytes("release")
      releaseProof = try bytes("releaseProof")
    }

    func message(note: [UInt8]? = nil, release: [UInt8]? = nil, proof: [UInt8]? = nil) -> [UInt8] {
      JSONValue.object([
        "note": base64(note ?? self.note), "release": base64(release ?? self.release),
        "releaseProof": base64(proof ?? releaseProof),
      ]).canonicalBytes
    }

    private func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }

    func post(_ body: [UInt8], to path: String = "/keys") async throws -> WholeResponse {
      try await deployment.network.exchange(from: "host", address: "127.0.0.5").send(
        WholeRequest(method: "POST", path: path, body: body), to: DeploymentNames.node(0), bodyLimit: 1 << 20)
    }

    func expectRefused(_ body: [UInt8], path: String = "/keys", _ code: String) async throws {
      let answer = try await post(body, to: path)
      #expect(answer.status == 400)
      #expect(answer.refusalCode == code)
    }
  }

  private func handed() async throws -> Handed { try Handed(try await InMemoryDeployment.started()) }

  @Test("host: a second key for one epoch")
  func secondKey() async throws {
    let deployment = try await InMemoryDeployment()
    let offers = Mutex<[[UInt8]]>([])
    deployment.network.intercept(DeploymentNames.node(0)) { request, deliver in
      guard request.path == "/keys" else { return await deliver(request) }
      for _ in 0..<2 {
        let answer = await deliver(request)
        offers.withLock { $0.append(answer.body) }
      }
      return await deliver(request)
    }
    await deployment.gateway.publishDueEpochs()
    let keys = try offers.withLock { $0 }.map { body in
      var object = try JSONObject(parsing: body, name: "offer")
      return try object.string("keyConfiguration")
    }
    #expect(keys.count == 2)
    #expect(Set(keys).count == 1)
  }

  // MARK: Notes

  @Test("note: with too few cosignatures", arguments: [0, 1, 2])
  func tooFewCosignatures(count: Int) async throws {
    let handed = try await handed()
    let note = try SignedNote(parsing: handed.note)
    let log = note.signatures.filter { $0.name == handed.deployment.identity.epochLogKey.verifierKey.name }
    let cosignatures = note.signatures.filter { $0.name.hasPrefix("witness-") }
    #expect(cosignatures.count == 4)
    let stripped = try SignedNote(text: note.text, signatures: log + cosignatures.prefix(count))
    try await handed.expectRefused(handed.message(note: stripped.encoded), "node-note-refused")
    try await handed.expectRefused(stripped.encoded, path: "/notes", "node-note-refused")
  }

  @Test("note: with one witness's cosignature three times")
  func oneWitnessThrice() async throws {
    let handed = try await handed()
    let note = try SignedNote(parsing: handed.note)
    let checkpoint = try Checkpoint(parsing: note.text)
    let identity = handed.deployment.identity
    let cosignatures = try (0..<3).map {
      try identity.witnessKeys[0].cosign(checkpoint, at: handed.deployment.clock.now.addingTimeInterval(Double($0)))
    }
    let forged = try SignedNote(
      text: note.text, signatures: [identity.epochLogKey.sign(note.text)] + cosignatures)
    try await handed.expectRefused(forged.encoded, path: "/notes", "node-note-refused")
  }

  @Test("note: by witnesses that the node does not know")
  func unknownWitnesses() async throws {
    let handed = try await handed()
    let note = try SignedNote(parsing: handed.note)
    let checkpoint = try Checkpoint(parsing: note.text)
    let cosignatures = try (0..<4).map { index in
      try NoteSigningKey(name: "witness-\(index + 1).test/1", type: .cosignature)
        .cosign(checkpoint, at: handed.deployment.clock.now)
    }
    let forged = try SignedNote(
      text: note.text, signatures: [handed.deployment.identity.epochLogKey.sign(note.text)] + cosignatures)
    try await handed.expectRefused(forged.encoded, path: "/notes", "node-note-refused")
  }

  @Test("note: older than one that the node was given")
  func olderNote() async throws {
    let handed = try await handed()
    let older = handed.note
    await handed.deployment.passMinutes(60)
    try await handed.expectRefused(older, path: "/notes", "node-note-older")
    try await handed.expectRefused(handed.message(), "node-note-older")
  }

  @Test("note: of another log under the same witnesses")
  func otherLog() async throws {
    let handed = try await handed()
    let note = try #require(await handed.deployment.releaseLog.publishedNote)
    try await handed.expectRefused(note, path: "/notes", "node-note-refused")
  }

  @Test("note: of the epoch log, under another log key")
  func otherLogKey() async throws {
    let handed = try await handed()
    let note = try SignedNote(parsing: handed.note)
    let stranger = try NoteSigningKey(
      name: handed.deployment.identity.epochLogKey.verifierKey.name, type: .ed25519)
    let forged = try SignedNote(
      text: note.text,
      signatures: [stranger.sign(note.text)] + note.signatures.filter { $0.name.hasPrefix("witness-") })
    try await handed.expectRefused(forged.encoded, path: "/notes", "node-note-refused")
  }

  @Test("note: fresh cosignatures over the tree of an epoch whose key is made")
  func secondNoteOfOneEpoch() async throws {
    let handed = try await handed()
    handed.deployment.clock.advance(bySeconds: 2)
    let note = try SignedNote(parsing: handed.note)
    let checkpoint = try Checkpoint(parsing: note.text)
    let identity = handed.deployment.identity
    let second = try SignedNote(
      text: note.text,
      signatures: [identity.epochLogKey.sign(note.text)]
        + identity.witnessKeys.map { try $0.cosign(checkpoint, at: handed.deployment.clock.now) })
    let answer = try await handed.post(handed.message(note: second.encoded))
    #expect(answer.status == 400)
    #expect(["node-note-refused", "node-note-older"].contains(answer.refusalCode))
  }

  // MARK: Release entries

  @Test("release: signed by one publisher, or twice by one", arguments: [1, 2])
  func onePublisher(signatureCount: Int) async throws {
    let handed = try await handed()
    var statement = try Statement(parsing: handed.release)
    statement = Statement(payloadType: statement.payloadType, payload: statement.payload)
    for _ in 0..<signatureCount { statement.sign(with: handed.deployment.identity.publisherKeys[0]) }
    let proof = try await handed.deployment.releaseLog.append(statement.encoded).encoded
    try await handed.expectRefused(
      handed.message(release: statement.encoded, proof: proof), "node-release-refused")
  }

  @Test(
    "release: of another role, other artifacts, another engine, or for what the engine cannot do",
    arguments: ["role", "artifact", "names", "second", "capabilities", "engine"])
  func otherImage(changed: String) async throws {
    let handed = try await handed()
    var release = try ReleaseEntry(
      verifying: try Statement(parsing: handed.release), publishers: handed.deployment.identity.publishers)
    switch changed {
    case "role": release.role = "orchestrator"
    case "artifact": release.artifacts[1].digest[0] ^= 1
    case "names":
      (release.artifacts[1].name, release.artifacts[2].name) = (
        release.artifacts[2].name, release.artifacts[1].name
      )
    case "second":
      release.artifacts.append(.init(name: "other", purpose: "binary", digest: release.artifacts[1].digest))
    case "capabilities": release.capabilities = [.chat]
    default: release.engineManifestDigest[0] ^= 1
    }
    let statement = handed.deployment.identity.signedByPublishers(release.statement)
    let proof = try await handed.deployment.releaseLog.append(statement).encoded
    try await handed.expectRefused(handed.message(release: statement, proof: proof), "node-release-refused")
  }

  @Test("release: not in the log")
  func notLogged() async throws {
    let handed = try await handed()
    var release = try ReleaseEntry(
      verifying: try Statement(parsing: handed.release), publishers: handed.deployment.identity.publishers)
    release.issued += 1
    let statement = handed.deployment.identity.signedByPublishers(release.statement)
    try await handed.expectRefused(handed.message(release: statement), "node-release-refused")
  }

  @Test("release: proven under too few cosignatures")
  func proofWithoutQuorum() async throws {
    let handed = try await handed()
    let proof = try TLogProof(parsing: handed.releaseProof)
    let stripped = try SignedNote(
      text: proof.note.text,
      signatures: proof.note.signatures.filter { !["witness-1.test/1", "witness-2.test/1"].contains($0.name) })
    let weak = TLogProof(index: proof.index, hashes: proof.hashes, note: stripped)
    try await handed.expectRefused(handed.message(proof: weak.encoded), "node-release-refused")
  }

  @Test("release: a policy in its place")
  func otherType() async throws {
    let handed = try await handed()
    let policy = handed.deployment.publications.policy
    let proof = try await handed.deployment.releaseLog.append(policy).encoded
    try await handed.expectRefused(handed.message(release: policy, proof: proof), "node-release-refused")
  }

  // MARK: Form

  @Test("host message: truncated anywhere")
  func truncated() async throws {
    let handed = try await handed()
    let message = handed.message()
    for length in stride(from: 0, to: message.count, by: max(1, message.count / 40)) {
      let answer = try await handed.post(Array(message.prefix(length)))
      #expect(answer.status == 400)
      #expect(answer.refusalCode == "node-host-message-malformed")
    }
  }

  @Test(
    "host message: not of its schema",
    arguments: [
      "{}", "[]", "null", #"{"note":"","release":"","releaseProof":"","extra":1}"#,
      #"{"note":"","note":"","release":"","releaseProof":""}"#, #"{"note":1,"release":"","releaseProof":""}"#,
      #"{"note":"*","release":"","releaseProof":""}"#,
    ])
  func otherSchema(text: String) async throws {
    let handed = try await handed()
    try await handed.expectRefused(Array(text.utf8), "node-host-message-malformed")
  }

  @Test("host message: oversized")
  func oversized() async throws {
    let handed = try await handed()
    for (path, limit) in [("/keys", 512 << 10), ("/notes", 65_536)] {
      let answer = try await handed.post(Array(repeating: 0x20, count: limit + 1), to: path)
      #expect(answer.status == 413)
      #expect(answer.refusalCode == "request-too-large")
    }
  }
}
