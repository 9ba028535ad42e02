import Attestation
import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import Testing
import TransparencyLog
import Trust

@Suite("Refused: what was good once")
struct FreshnessRefusals {
  @Test("a recorded bundle, replayed in a later epoch")
  func recordedBundle() async throws {
    var fixture = try SharedDeployment.copy()
    let recorded = try fixture.publish(fixture.plan())
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch + 1))
    client.parties.serve(recorded, epoch: currentEpoch + 1)
    try await expectRefusal(ClientError.epochNotCurrent, of: client)
  }

  @Test("the epoch before, later than five minutes after its end")
  func epochBefore() async throws {
    var fixture = try SharedDeployment.copy()
    let file = try fixture.publish(fixture.plan())
    let end = fixture.epochs.end(of: currentEpoch)
    let late = try ClientFixture(fixture, time: end.addingTimeInterval(301))
    late.parties.serve(file, epoch: currentEpoch)
    try await expectRefusal(ClientError.epochUnavailable, of: late)
    let inTime = try ClientFixture(fixture, time: end.addingTimeInterval(299))
    inTime.parties.serve(file, epoch: currentEpoch)
    #expect(await inTime.refusal() == nil)
  }

  @Test("a note older than the bound")
  func oldNote() async throws {
    try await expectRefusal(ClientError.noteOld) { plan, fixture in
      plan.noteTime = fixture.time(in: currentEpoch).addingTimeInterval(-75 * 60 - 1)
    }
  }

  @Test("a note from the future")
  func futureNote() async throws {
    try await expectRefusal(ClientError.noteFuture) { plan, fixture in
      plan.noteTime = fixture.time(in: currentEpoch).addingTimeInterval(5 * 60 + 1)
    }
  }

  @Test("one witness with a fast clock does not make a note fresh")
  func oneFastWitness() async throws {
    let client = try brokenEpoch { plan, fixture in
      let time = fixture.time(in: currentEpoch)
      plan.noteTime = time.addingTimeInterval(-76 * 60)
      plan.editFile = { file in
        guard let proof = try? TLogProof(parsing: file.proof),
          let checkpoint = try? Checkpoint(parsing: proof.note.text),
          let signature = try? fixture.witnesses[3].cosign(checkpoint, at: time)
        else { return }
        var note = proof.note
        note.append(signature)
        file.proof = TLogProof(index: proof.index, hashes: proof.hashes, note: note).encoded
      }
    }
    try await expectRefusal(ClientError.noteOld, of: client)
  }

  @Test("a bundle with its cosignatures stripped")
  func stripped() async throws {
    try await expectRefusal(TransparencyLogError.witnessQuorum) { plan, _ in plan.cosigners = [] }
  }

  @Test("evidence that binds the note of an earlier tree")
  func earlierNote() async throws {
    try await expectRefusal(ClientError.evidenceNoteSize) { plan, fixture in
      var log = fixture
      while log.epochLog.tree.treeSize < currentEpoch { log.appendVoidLeaf() }
      plan.evidenceNote = try log.epochLog.note(
        treeSize: currentEpoch - 1, at: plan.evidenceNoteTime, cosigners: plan.evidenceNoteCosigners)
    }
  }

  @Test("evidence that binds another note than the bundle shows")
  func recordedEvidence() async throws {
    try await expectRefusal(AttestationError.reportData) { plan, _ in
      plan.editEveryNode { $0.editBinding = { $0.noteDigest = [UInt8](repeating: 9, count: 32) } }
    }
  }

  @Test("evidence over a note more than three hours from the bundle's")
  func distantNote() async throws {
    try await expectRefusal(ClientError.evidenceNoteOld) { plan, _ in
      plan.evidenceNoteTime = plan.noteTime.addingTimeInterval(-3 * 3_600 - 1)
    }
  }

  @Test("evidence over a note that too few witnesses cosigned")
  func uncosignedEvidenceNote() async throws {
    try await expectRefusal(TransparencyLogError.witnessQuorum) { plan, fixture in
      plan.evidenceNoteCosigners = Array(fixture.witnesses.prefix(2))
    }
  }

  @Test("a clock before the first epoch")
  func clockBeforeStart() async throws {
    let time = Date(timeIntervalSince1970: Double(DeploymentFixture.start) - 1)
    var fixture = try SharedDeployment.copy()
    let file = try fixture.publish(fixture.plan())
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    client.parties.serve(file, epoch: currentEpoch)
    let early = client.client(at: time)
    await #expect(throws: ClientError(TrustError.beforeFirstEpoch, "")) { _ = try await early.currentEpoch() }
    #expect(client.parties.arrivals.isEmpty)
  }

  @Test("a client's clock that jumped back behind an epoch it has seen")
  func clockBack() async throws {
    var fixture = try SharedDeployment.copy()
    let first = try fixture.publish(fixture.plan())
    let second = try fixture.publish(fixture.plan(currentEpoch + 1))
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    client.parties.serve(first, epoch: currentEpoch)
    client.parties.serve(second, epoch: currentEpoch + 1)
    _ = try await client.client(at: fixture.time(in: currentEpoch + 1)).currentEpoch()
    try await expectRefusal(ClientError.logRollback, of: client)
  }
}
