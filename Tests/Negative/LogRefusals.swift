import CloisterClient
import Foundation
import TestDeployment
import Testing
import TransparencyLog
import Trust
import WireFormat

@Suite("Refused: logs")
struct LogRefusals {
  @Test("a note that another key signed than the log's")
  func otherLogKey() async throws {
    try await expectRefusal(TransparencyLogError.logSignatureInvalid) { plan, fixture in
      plan.noteLogKey = try NoteSigningKey(name: fixture.epochLog.key.verifierKey.name, type: .ed25519)
    }
  }

  @Test("a note with one cosignature too few", arguments: 0..<3)
  func tooFewWitnesses(_ count: Int) async throws {
    try await expectRefusal(TransparencyLogError.witnessQuorum) { plan, fixture in
      plan.cosigners = Array(fixture.witnesses.prefix(count))
    }
  }

  @Test("a note that one witness cosigned several times")
  func oneWitnessThrice() async throws {
    try await expectRefusal(TransparencyLogError.witnessQuorum) { plan, fixture in
      plan.cosigners = [fixture.witnesses[0], fixture.witnesses[0], fixture.witnesses[0], fixture.witnesses[1]]
    }
  }

  @Test("a note that unknown witnesses cosigned")
  func unknownWitnesses() async throws {
    try await expectRefusal(TransparencyLogError.witnessQuorum) { plan, _ in
      plan.cosigners = try (0..<4).map { try NoteSigningKey(name: "stranger\($0).test", type: .cosignature) }
    }
  }

  @Test("a cosignature of a known witness that does not verify")
  func badCosignature() async throws {
    try await expectRefusal(TransparencyLogError.witnessSignatureInvalid) { plan, fixture in
      plan.editFile = { file in
        guard let proof = try? TLogProof(parsing: file.proof),
          let other = try? Checkpoint(
            origin: "epochs.operator.test", treeSize: 1, rootHash: RFC6962.leafHash([1])),
          let signature = try? fixture.witnesses[3].cosign(other, at: fixture.time(in: currentEpoch))
        else { return }
        var note = proof.note
        note.append(signature)
        file.proof = TLogProof(index: proof.index, hashes: proof.hashes, note: note).encoded
      }
    }
  }

  @Test("the proof of another leaf")
  func otherLeaf() async throws {
    try await expectRefusal(TransparencyLogError.inclusionInvalid) { plan, fixture in
      let statement = EpochLeaf(
        operatorOrigin: DeploymentFixture.origin, epoch: currentEpoch, bundleDigest: [UInt8](repeating: 1, count: 32)
      ).signed(by: fixture.operatorKey).encoded
      plan.editFile = { $0.leaf = statement }
    }
  }

  @Test("a note of the other log")
  func otherLog() async throws {
    try await expectRefusal(TransparencyLogError.logOriginMismatch) { plan, fixture in
      let releases = fixture.releaseLog
      let (time, cosigners) = (plan.noteTime, plan.cosigners)
      plan.editFile = { file in
        var log = releases
        let index = log.append(file.leaf)
        guard let note = try? log.note(at: time, cosigners: cosigners),
          let proof = try? log.proof(index: index, note: note)
        else { return }
        file.proof = proof
      }
    }
  }

  @Test("a leaf whose JSON names a member twice or one that nobody knows", arguments: [true, false])
  func leafMembers(_ isDuplicate: Bool) async throws {
    try await expectRefusal(TrustError.malformed) { plan, fixture in
      plan.editLeafStatement = { bytes in
        guard let statement = try? Statement(parsing: bytes) else { return }
        var text = String(decoding: statement.payload, as: UTF8.self)
        text.replace("{\"bundle\"", with: isDuplicate ? "{\"epoch\":1,\"bundle\"" : "{\"also\":1,\"bundle\"")
        var changed = Statement(payloadType: statement.payloadType, payload: Array(text.utf8))
        changed.sign(with: fixture.operatorKey)
        bytes = changed.encoded
      }
    }
  }

  @Test("a leaf of another payload type")
  func leafPayloadType() async throws {
    try await expectRefusal(TrustError.payloadType) { plan, fixture in
      plan.editLeafStatement = { bytes in
        guard let statement = try? Statement(parsing: bytes) else { return }
        var changed = Statement(payloadType: "application/json", payload: statement.payload)
        changed.sign(with: fixture.operatorKey)
        bytes = changed.encoded
      }
    }
  }

  /// A client that saw the current epoch, and then the next one in a log that a row broke.
  private static func later(
    _ publish: (inout DeploymentFixture) throws -> [UInt8]
  ) async throws -> (client: ClientFixture, later: CloisterClient) {
    var fixture = try SharedDeployment.copy()
    let first = try fixture.publish(fixture.plan())
    let second = try publish(&fixture)
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    client.parties.serve(first, epoch: currentEpoch)
    client.parties.serve(second, epoch: currentEpoch + 1)
    _ = try await client.client.currentEpoch()
    return (client, client.client(at: fixture.time(in: currentEpoch + 1)))
  }

  @Test("a log that does not extend the head already seen, which is kept as proof and stops all use")
  func fork() async throws {
    let (client, later) = try await Self.later { fixture in
      // The same keys, another history.
      var fork = try SharedDeployment.copy()
      let other = EpochLeaf(
        operatorOrigin: DeploymentFixture.origin, epoch: currentEpoch, bundleDigest: [UInt8](repeating: 1, count: 32))
      while fork.epochLog.tree.treeSize < currentEpoch { fork.appendVoidLeaf() }
      var plan = fork.plan(currentEpoch + 1)
      plan.entriesBefore = [other.signed(by: fork.operatorKey).encoded]
      plan.evidenceNote = try fixture.epochLog.note(
        at: plan.evidenceNoteTime, cosigners: plan.evidenceNoteCosigners)
      return try fork.publishWithoutVoidLeaves(plan)
    }
    await #expect(throws: ClientError(ClientError.logFork, "")) { _ = try await later.currentEpoch() }
    await #expect(throws: ClientError(ClientError.conflictKept, "")) { _ = try await later.currentEpoch() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: client.path + "/conflicts").count == 2)
    #expect(client.hasSentNothing)
  }

  @Test("a file that leaves out the head which it must prove consistency with")
  func missingHead() async throws {
    let (client, later) = try await Self.later { fixture in
      var plan = fixture.plan(currentEpoch + 1)
      plan.editFile = { $0.knownHeads = [] }
      return try fixture.publish(plan)
    }
    await #expect(throws: ClientError(ClientError.consistencyMissing, "")) { _ = try await later.currentEpoch() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: client.path + "/conflicts").isEmpty)
    #expect(client.hasSentNothing)
  }

  @Test("a consistency proof that does not hold; it proves nothing, so nothing is kept")
  func badConsistency() async throws {
    let (client, later) = try await Self.later { fixture in
      var plan = fixture.plan(currentEpoch + 1)
      plan.editFile = { file in
        for index in file.knownHeads.indices { file.knownHeads[index].rootHash[0] ^= 1 }
      }
      return try fixture.publish(plan)
    }
    await #expect(throws: ClientError(TransparencyLogError.consistencyInvalid, "")) {
      _ = try await later.currentEpoch()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: client.path + "/conflicts").isEmpty)
    #expect(client.hasSentNothing)
  }

  @Test("an epoch file cut short at any of many places, or with a byte too many")
  func truncated() throws {
    var fixture = try SharedDeployment.copy()
    let file = try fixture.publish(fixture.plan())
    let verifier = EpochVerifier(try TrustedPolicy(published: fixture.signedPolicy()))
    for count in stride(from: 0, to: file.count, by: 499) {
      #expect(refusalCode { _ = try verifier.verify(Array(file.prefix(count)), at: .asOfNote) } == TrustError.malformed)
    }
    #expect(refusalCode { _ = try verifier.verify(file + [0], at: .asOfNote) } == TrustError.malformed)
  }
}
