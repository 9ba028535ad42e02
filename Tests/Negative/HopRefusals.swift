import Attestation
import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import Testing
import TransparencyLog
import Trust
import WireFormat

@Suite("Refused: nodes that a node calls")
struct HopRefusals {
  /// A client before orchestrators that say they called these nodes.
  private static func client(
    _ edit: (inout EpochPlan, DeploymentFixture) throws -> Void = { _, _ in },
    hops: (EpochPlan, DeploymentFixture) -> [[UInt8]]? = { [$1.identifier(ofNode: $0.nodes[2])] }
  ) throws -> ClientFixture {
    var fixture = try SharedDeployment.copy()
    fixture.nameModelRelease()
    var plan = fixture.orchestratedPlan()
    try edit(&plan, fixture)
    let hops = hops(plan, fixture)
    let file = try fixture.publish(plan)
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    client.parties.serve(file, epoch: currentEpoch)
    client.parties.behave { $0.hops = hops }
    return client
  }

  /// Nothing of the answer is shown; what was sent stands in the receipt, and nobody is asked a second time.
  private static func expectRefusal(
    _ code: ErrorCode, of client: ClientFixture, in answerClass: AnswerClass = .block,
    location: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(await client.refusal(in: answerClass) == code, sourceLocation: location)
    #expect(client.parties.askedNodes.count == 1, sourceLocation: location)
    let receipts = try client.state.receipts.all()
    #expect(receipts.map(\.hops.count) == [1], sourceLocation: location)
    #expect(receipts.first?.hops.first?.called == [], sourceLocation: location)
    #expect(receipts.first?.failure == code, sourceLocation: location)
  }

  @Test(
    "control: a called node that passes every check stands in the receipt", arguments: [AnswerClass.block, .frames])
  func accepted(_ answerClass: AnswerClass) async throws {
    let client = try Self.client()
    let answer = try await client.summarize(in: answerClass)
    let receipt = try client.state.receipts.receipt(answer.receiptIdentifier)
    #expect(receipt.hops.first?.called.map(\.role) == [DeploymentFixture.modelRole])
    let file = try Data(
      contentsOf: URL(fileURLWithPath: "\(client.path)/bundles/\(try EpochMemoryName.only(in: client.path))"))
    try ReceiptVerifier(try client.state.policies.current()).verify(receipt, file: Array(file))
  }

  @Test("a called node that is not in the epoch's bundle", arguments: [AnswerClass.block, .frames])
  func notInBundle(_ answerClass: AnswerClass) async throws {
    let client = try Self.client(hops: { _, _ in [[UInt8](repeating: 7, count: 32)] })
    try await Self.expectRefusal(ClientError.nodeNotInBundle, of: client, in: answerClass)
  }

  @Test("a called node of a role that the release may not call", arguments: [AnswerClass.block, .frames])
  func otherRole(_ answerClass: AnswerClass) async throws {
    let client = try Self.client(hops: { [$1.identifier(ofNode: $0.nodes[0])] })
    try await Self.expectRefusal(ClientError.hopRole, of: client, in: answerClass)
  }

  @Test("hops: a receipt whose called node was refused names it", arguments: [false, true])
  func refusedIsNamed(isInBundle: Bool) async throws {
    let stranger = [UInt8](repeating: 7, count: 32)
    let client = try Self.client(hops: { plan, fixture in
      [fixture.identifier(ofNode: plan.nodes[2]), isInBundle ? fixture.identifier(ofNode: plan.nodes[0]) : stranger]
    })
    #expect(await client.refusal() == (isInBundle ? ClientError.hopRole : ClientError.nodeNotInBundle))
    let receipt = try #require(try client.state.receipts.all().first)
    let hop = try #require(receipt.hops.first)
    #expect(hop.calls == [DeploymentFixture.modelRole])
    #expect(hop.called.map(\.role) == [DeploymentFixture.modelRole])
    let refused = try #require(hop.calledRefused.first)
    #expect(hop.calledRefused.count == 1 && (refused == stranger) == !isInBundle)
    try client.state.receipts.verify(receipt)
    #expect(
      ReceiptNarrative(receipt).text.contains(
        "REFUSED: it said that it passed its part on to node \(refused.hexadecimal.prefix(16))…"))
    let page = try client.state.receipts.report().page
    #expect(page.contains("REFUSED: machines that it named and that did not pass the checks: 1."))
  }

  @Test("hops: a receipt that says of a called node that it was refused, where it passes every check")
  func notRefused() async throws {
    let client = try Self.client()
    let answer = try await client.summarize()
    var receipt = try client.state.receipts.receipt(answer.receiptIdentifier)
    try client.state.receipts.verify(receipt)
    receipt.hops[0].calledRefused = receipt.hops[0].called.map(\.node)
    receipt.hops[0].called = []
    #expect(refusalCode { try client.state.receipts.verify(receipt) } == ClientError.receiptMismatch)
  }

  @Test("an orchestrator that names nobody", arguments: [AnswerClass.block, .frames])
  func missing(_ answerClass: AnswerClass) async throws {
    let client = try Self.client(hops: { _, _ in nil })
    try await Self.expectRefusal(ClientError.hopsMissing, of: client, in: answerClass)
  }

  @Test("a called node from a node whose release calls nobody")
  func unexpected() async throws {
    let client = try Self.client { plan, _ in plan.releases[0].entry.calls = [] }
    try await Self.expectRefusal(ClientError.hopRole, of: client)
  }

  @Test("a called node that calls others itself")
  func callsOthers() async throws {
    let client = try Self.client { plan, _ in plan.releases[1].entry.calls = ["assistant"] }
    try await Negative.expectRefusal(ClientError.hopCalls, of: client)
  }

  @Test(
    "a list of called nodes that is none",
    arguments: [[], [[1, 2, 3]], Array(repeating: [UInt8](repeating: 1, count: 32), count: 9)])
  func malformed(_ hops: [[UInt8]]) async throws {
    try await Self.expectRefusal(TrustError.malformed, of: try Self.client(hops: { _, _ in hops }))
  }

  @Test("a called node whose release expired")
  func expired() async throws {
    let client = try Self.client { plan, fixture in
      plan.releases[1].entry.issued = UInt64(fixture.time(in: currentEpoch).timeIntervalSince1970) - 14 * 86_400 - 1
    }
    try await Negative.expectRefusal(ClientError.releaseExpired, of: client)
  }

  @Test("a called node whose release was revoked")
  func revoked() async throws {
    let client = try Self.client { plan, _ in
      var statement = plan.releases[1].entry.statement
      for signer in plan.releases[1].signers { statement.sign(with: signer) }
      plan.revocations[0].entry.releaseLeafHashes = [RFC6962.leafHash(statement.encoded).rawRepresentation]
    }
    try await Negative.expectRefusal(ClientError.releaseRevoked, of: client)
  }

  /// Rules that a person added to the published ones by hand; the orchestrator goes by the published ones.
  enum OwnRule: String, CaseIterable {
    case machine = "chip-unlisted"
    case version = "release-version-low"
    case release = "release-unknown"

    func add(to policy: inout TrustPolicy, _ fixture: DeploymentFixture) {
      switch self {
      case .machine: policy.appraisal.sevSNP.hosts?.chipIdentifiers.remove(fixture.chips[2].chipIdentifier)
      case .version: policy.releases[1].minimumSecurityVersion = 8
      case .release: policy.releases.removeLast()
      }
    }
  }

  @Test(
    "hops: a node of a called role that the client's own policy refuses: nothing is sent", arguments: OwnRule.allCases)
  func ownPolicy(_ rule: OwnRule) async throws {
    let client = try Self.client()
    var policy = try client.state.policies.current().policy
    rule.add(to: &policy, try SharedDeployment.copy())
    try client.state.policies.trust(try TrustedPolicy(custom: policy.statement))
    try await Negative.expectRefusal(ErrorCode(rule.rawValue), of: client)
  }

  @Test("hops: a node of a called role that is refused, where another one of that role passes: nothing is sent")
  func oneOfSeveral() async throws {
    let client = try Self.client { plan, fixture in
      var second = plan.nodes[2]
      second.key = 3
      second.editBinding = { $0.keyConfiguration[0] ^= 1 }
      plan.nodes.append(second)
    }
    try await Negative.expectRefusal(AttestationError.reportData, of: client)
  }

  @Test("a called node whose evidence binds another key")
  func otherKey() async throws {
    let client = try Self.client { plan, _ in plan.nodes[2].editBinding = { $0.keyConfiguration[0] ^= 1 } }
    try await Negative.expectRefusal(AttestationError.reportData, of: client)
  }
}

private enum EpochMemoryName {
  /// The one bundle that a state keeps.
  static func only(in path: String) throws -> String {
    try #require(try FileManager.default.contentsOfDirectory(atPath: path + "/bundles").first)
  }
}
