import CloisterClient
import ErrorCodes
import Foundation
import StrictJSON
import TestDeployment
import Testing
import TransparencyLog
import Trust

@Suite("Refused: policies")
struct PolicyRefusals {
  private static func refusal(_ statement: Statement) -> ErrorCode? {
    refusalCode { _ = try TrustedPolicy(published: statement) }
  }

  private static func refusal(editing edit: (inout [String: JSONValue]) -> Void) throws -> ErrorCode? {
    let fixture = try SharedDeployment.copy()
    guard case .object(var members) = fixture.policy.json else { return nil }
    edit(&members)
    var statement = Statement(
      payloadType: TrustPolicy.payloadType, payload: JSONValue.object(members).canonicalBytes)
    for signer in fixture.publishers.prefix(2) { statement.sign(with: signer) }
    return refusal(statement)
  }

  @Test("an unsigned policy")
  func unsigned() throws {
    #expect(Self.refusal(try SharedDeployment.copy().policy.statement) == TrustError.tooFewSignatures)
  }

  @Test("a policy that one publisher signed")
  func onePublisher() throws {
    let fixture = try SharedDeployment.copy()
    let statement = fixture.signedPolicy(signers: [fixture.publishers[0]])
    #expect(Self.refusal(statement) == TrustError.tooFewSignatures)
  }

  @Test("one publisher's signature counted twice")
  func onePublisherTwice() throws {
    let fixture = try SharedDeployment.copy()
    let statement = fixture.signedPolicy(signers: [fixture.publishers[0], fixture.publishers[0]])
    #expect(Self.refusal(statement) == TrustError.tooFewSignatures)
  }

  @Test("a policy changed after it was signed")
  func changed() throws {
    let fixture = try SharedDeployment.copy()
    let signed = fixture.signedPolicy()
    var policy = fixture.policy
    policy.version += 1
    var text = String(decoding: signed.encoded, as: UTF8.self)
    text.replace(
      Data(signed.payload).base64EncodedString(), with: Data(policy.statement.payload).base64EncodedString())
    let forged = try Statement(parsing: Array(text.utf8))
    #expect(Self.refusal(forged) == TrustError.badSignature)
  }

  @Test("witnesses of whom two quorums can share no honest one", arguments: [(2, 1), (3, 2), (3, 0)])
  func unsafeQuorum(_ threshold: Int64, _ faults: Int64) throws {
    let code = try Self.refusal { members in
      guard case .object(var witnesses)? = members["witnesses"] else { return }
      witnesses["threshold"] = .integer(threshold)
      witnesses["declaredFaults"] = .integer(faults)
      members["witnesses"] = .object(witnesses)
    }
    #expect(code == TrustError.policyUnsafe)
  }

  private static func refusal(anchors: JSONValue) throws -> ErrorCode? {
    try refusal { members in
      guard case .object(var appraisal)? = members["appraisal"] else { return }
      appraisal["anchors"] = anchors
      members["appraisal"] = .object(appraisal)
    }
  }

  @Test("a production root given by bytes")
  func rootByBytes() throws {
    let digest = String(repeating: "ab", count: 32)
    #expect(try Self.refusal(anchors: ["production": [.string(digest)]]) == TrustError.policyInvalid)
  }

  @Test("a real and a simulated root together")
  func mixedRoots() throws {
    let digest = String(repeating: "ab", count: 32)
    let code = try Self.refusal(anchors: ["production": ["amd-genoa"], "simulated": .string(digest)])
    #expect(code == TrustError.policyMixesRoots)
  }

  @Test(
    "a simulated policy for servers that others can reach", arguments: ["https://relay.example", "http://10.0.0.1"])
  func simulatedBeyondLoopback(_ server: String) throws {
    let code = try Self.refusal { members in
      members["relays"] = [["server": .string(server), "operator": "Somebody"]]
    }
    #expect(code == TrustError.policyMixesRoots)
  }

  @Test("a member that the schema does not know")
  func unknownMember() throws {
    #expect(try Self.refusal { $0["also"] = true } == TrustError.policyInvalid)
  }

  @Test("an older policy than the one already trusted")
  func older() throws {
    let fixture = try SharedDeployment.copy()
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    var policy = fixture.policy
    policy.version -= 1
    let statement = fixture.signedPolicy(policy)
    #expect(
      refusalCode { try client.state.policies.trust(try TrustedPolicy(published: statement)) }
        == ClientError.policyRollback)
  }

  @Test("another policy of the version already trusted")
  func secondOfVersion() throws {
    let fixture = try SharedDeployment.copy()
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    var policy = fixture.policy
    policy.issuer.tokensPerDay += 1
    let statement = fixture.signedPolicy(policy)
    #expect(
      refusalCode { try client.state.policies.trust(try TrustedPolicy(published: statement)) }
        == ClientError.policySecond)
  }

  @Test("a policy of another operator than the state's")
  func otherOperator() throws {
    let fixture = try SharedDeployment.copy()
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    var policy = fixture.policy
    policy.operatorOrigin = "other.test"
    let statement = fixture.signedPolicy(policy)
    #expect(
      refusalCode { try client.state.policies.trust(try TrustedPolicy(published: statement)) }
        == ClientError.policyOtherOperator)
  }

  @Test("a policy edited in the state's file")
  func editedInPlace() async throws {
    let client = try brokenEpoch { _, _ in }
    let url = URL(fileURLWithPath: client.path + "/policy.dsse")
    let statement = try Statement(parsing: Array(try Data(contentsOf: url)))
    var unsigned = Statement(payloadType: statement.payloadType, payload: statement.payload)
    unsigned.sign(with: StatementSigningKey())
    try Data(unsigned.encoded).write(to: url)
    try await expectRefusal(TrustError.tooFewSignatures, of: client)
  }

  @Test("a missing policy")
  func missing() async throws {
    let client = try brokenEpoch { _, _ in }
    try FileManager.default.removeItem(atPath: client.path + "/policy.dsse")
    try await expectRefusal(ClientError.policyMissing, of: client)
  }

  @Test("a bundle whose policy is older than the client's")
  func bundleWithOlder() async throws {
    try await expectRefusal(ClientError.policyRollback) { plan, _ in plan.policy.entry.version -= 1 }
  }

  @Test("a bundle with another policy of the client's version")
  func bundleWithSecond() async throws {
    try await expectRefusal(ClientError.policySecond) { plan, _ in plan.policy.entry.issuer.tokensPerDay += 1 }
  }

  @Test("a newer policy that the publishers in force did not sign")
  func successorUnsigned() async throws {
    try await expectRefusal(TrustError.tooFewSignatures) { plan, _ in
      plan.policy.entry.version += 1
      plan.policy.signers = [StatementSigningKey(), StatementSigningKey()]
    }
  }

  @Test("a newer policy that is not in the release log")
  func successorNotLogged() async throws {
    try await expectRefusal(TransparencyLogError.inclusionInvalid) { plan, fixture in
      var policy = fixture.policy
      policy.version += 1
      let statement = fixture.signedPolicy(policy).encoded
      plan.policy.editLogged = { $0.statement = statement }
    }
  }

  @Test("what the newer policy refuses, although the older one would not")
  func successorDecides() async throws {
    try await expectRefusal(ClientError.releaseVersion) { plan, _ in
      plan.policy.entry.version += 1
      plan.policy.entry.releases[0].minimumSecurityVersion = 8
    }
  }
}
