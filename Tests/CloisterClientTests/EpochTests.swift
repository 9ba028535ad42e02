import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import Testing
import Trust

@Suite("Epochs and what is remembered of them")
struct EpochTests {
  private static let epoch = ClientHarness.epoch

  @Test("an epoch verifies, and names its checks")
  func verified() throws {
    let harness = try ClientHarness()
    let verifier = EpochVerifier(try TrustedPolicy(published: harness.fixture.signedPolicy()))
    let epoch = try verifier.verify(harness.file, at: .now(harness.fixture.time(in: Self.epoch)))
    #expect(epoch.number == Self.epoch)
    #expect(epoch.checks.contains("epoch-witness-quorum"))
    #expect(epoch.checks.contains("policy-logged"))
    #expect(epoch.skipped.isEmpty)
    let node = try epoch.verifyNode(at: 0)
    #expect(node.isSimulated)
    #expect(node.checks.contains("release-logged"))
    #expect(node.checks.contains("report-data"))
    #expect(node.checks.contains("measurement"))
  }

  @Test("a node of an epoch is appraised once, and one that was refused is appraised again")
  func appraisedOnce() throws {
    let harness = try ClientHarness()
    let verifier = EpochVerifier(try TrustedPolicy(published: harness.fixture.signedPolicy()))
    let epoch = try verifier.verify(harness.file, at: .now(harness.fixture.time(in: Self.epoch)))
    let appraised = AppraisedNodes()
    var count = 0
    for _ in 0..<3 {
      #expect(
        code {
          _ = try appraised.node(1) { () throws(ClientError) in
            count += 1
            throw ClientError(ClientError.releaseRole, "")
          }
        } == ClientError.releaseRole)
    }
    #expect(count == 3)
    for index in [0, 0, 1, 0, 1] {
      let node = try appraised.node(index) { () throws(ClientError) in
        count += 1
        return try epoch.verifyNode(at: index)
      }
      #expect(node.index == index)
    }
    #expect(count == 5)
  }

  @Test("an old epoch verifies as of its own note, and not as of now")
  func asOfNote() throws {
    let harness = try ClientHarness()
    let verifier = EpochVerifier(try TrustedPolicy(published: harness.fixture.signedPolicy()))
    let later = harness.fixture.time(in: Self.epoch + 100)
    #expect(code { _ = try verifier.verify(harness.file, at: .now(later)) } == ClientError.epochNotCurrent)
    #expect(code { _ = try verifier.verify(harness.file, at: .asOfNote) } == nil)
  }

  @Test("epochs follow one another", arguments: [1, 2, 23, 24, 25, 700])
  func succession(_ step: UInt64) async throws {
    var harness = try ClientHarness()
    _ = try await harness.client.client.currentEpoch()
    let next = Self.epoch + step
    harness.client.parties.serve(try harness.fixture.publish(harness.fixture.plan(next)), epoch: next)
    let later = harness.client.client(at: harness.fixture.time(in: next))
    #expect(try await later.currentEpoch().number == next)
  }

  @Test("away for longer than files prove, the client counts as new but keeps its floor")
  func away() async throws {
    var harness = try ClientHarness()
    _ = try await harness.client.client.currentEpoch()
    let next = Self.epoch + 31 * 24
    harness.client.parties.serve(try harness.fixture.publish(harness.fixture.plan(next)), epoch: next)
    _ = try await harness.client.client(at: harness.fixture.time(in: next)).currentEpoch()
    let back = harness.client.client(at: harness.fixture.time(in: Self.epoch))
    await #expect(throws: ClientError(ClientError.logRollback, "")) { _ = try await back.currentEpoch() }
  }

  @Test("for five minutes the bundle of the epoch before will do where the new one is late")
  func overlap() async throws {
    let harness = try ClientHarness()
    let end = harness.fixture.epochs.end(of: Self.epoch)
    let client = harness.client.client(at: end.addingTimeInterval(60))
    #expect(try await client.currentEpoch().number == Self.epoch)
  }

  @Test("a newer policy in the bundle, signed and logged, is adopted for good")
  func successor() async throws {
    let harness = try ClientHarness { plan, _ in plan.policy.entry.version += 1 }
    let answer = try await harness.client.summarize()
    #expect(try harness.client.state.policies.current().policy.version == 4)
    #expect(try harness.client.state.receipts.receipt(answer.receiptIdentifier).policyVersion == 4)
    let old = harness.fixture.signedPolicy()
    #expect(
      code { try harness.client.state.policies.trust(try TrustedPolicy(published: old)) } == ClientError.policyRollback)
  }

  @Test("a policy edited by hand is labelled custom, and skips the check of its place in the log")
  func custom() async throws {
    let harness = try ClientHarness()
    var policy = harness.fixture.policy
    policy.releases[0].minimumSecurityVersion = 7
    let custom = try TrustedPolicy(custom: policy.statement)
    try harness.client.state.policies.trust(custom)
    let answer = try await harness.client.summarize()
    let receipt = try harness.client.state.receipts.receipt(answer.receiptIdentifier)
    #expect(receipt.policyProvenance == "custom")
    #expect(receipt.hops[0].skipped.contains("policy-logged"))
    #expect(ReceiptNarrative(receipt).text.contains("CUSTOM POLICY"))
    #expect(try harness.client.state.policies.current().provenance == .custom)
  }
}
