import ErrorCodes
import Foundation
import Node
import NodeVerification
import StrictJSON
import TestDeployment
import Testing
import TransparencyLog
import Trust
import WireFormat

@Suite("What a node refuses of the nodes that it calls: none of them is called")
struct PeerRefusalTests {
  private static let epoch = DeploymentFixture.firstEpoch

  @Test("control: the model node of an epoch in which nothing is wrong is the one to call")
  func accepted() throws {
    var handed = try HandedEpoch()
    let epoch = try handed.accepted()
    #expect(epoch.number == Self.epoch)
    #expect(epoch.peers.map(\.server) == ["http://node-3.test"])
    #expect(epoch.peers.map(\.node.role) == ["model"])
  }

  enum Row: String, CaseIterable {
    case noSuchRole = "node-no-peer"
    case releaseOfOtherRole = "release-role"
    case releaseUnknown = "release-unknown"
    case expired = "release-expired"
    case revoked = "release-revoked"
    case lowVersion = "release-version-low"
    case callsOthers = "hop-calls-others"
    case otherEngine = "engine-manifest-mismatch"
    case otherKey = "report-data-mismatch"
    case foreignMachine = "chip-unlisted"
    case otherBundle = "bundle-digest-mismatch"
    case oldEvidence = "evidence-note-old"
    case fewWitnesses = "witness-quorum"
    case noAddress = "node-peer-address-missing"

    func edit(_ handed: inout HandedEpoch) {
      switch self {
      case .noSuchRole:
        handed.plan.nodes[2].role = "assistant"
        handed.plan.nodes[2].release = 0
      case .releaseOfOtherRole: handed.plan.nodes[2].release = 0
      case .releaseUnknown: handed.plan.releases[1].entry.name = "another"
      case .expired: handed.plan.releases[1].entry.issued -= 14 * 86_400
      case .revoked:
        var statement = handed.plan.releases[1].entry.statement
        for signer in handed.plan.releases[1].signers { statement.sign(with: signer) }
        handed.plan.revocations[0].entry.releaseLeafHashes = [RFC6962.leafHash(statement.encoded).rawRepresentation]
      case .lowVersion: handed.plan.releases[1].entry.securityVersion = 4
      case .callsOthers: handed.plan.releases[1].entry.calls = ["assistant"]
      case .otherEngine: handed.plan.nodes[2].editNode = { $0.engineManifestDigest[0] ^= 1 }
      case .otherKey:
        let other = handed.fixture.nodeKeys[3].keyConfiguration.encoded
        handed.plan.nodes[2].editBinding = { $0.keyConfiguration = other }
      case .foreignMachine:
        let vendor = try? DeploymentFixture.vendor.get()
        handed.plan.nodes[2].otherChip = try? vendor?.makeChip(index: 9, at: handed.fixture.epochs.beginning(of: 0))
      case .otherBundle:
        // Well-formed, and another than the leaf commits to.
        handed.plan.editEncodedBundle = { encoded in
          guard var bundle = try? EpochBundle(decoding: encoded) else { return }
          bundle.gatewayKeyConfiguration[0] ^= 1
          encoded = (try? bundle.encoded()) ?? encoded
        }
      case .oldEvidence: handed.plan.evidenceNoteTime -= 3 * 3_600 + 1
      case .fewWitnesses: handed.plan.evidenceNoteCosigners.removeLast()
      case .noAddress: handed.servers = [:]
      }
    }
  }

  @Test("a node to call that one check refuses, or that is not there", arguments: Row.allCases)
  func refused(_ row: Row) throws {
    var handed = try HandedEpoch()
    row.edit(&handed)
    #expect(handed.refusal() == row.rawValue)
  }

  @Test("simulated evidence under a policy of real hardware")
  func simulatedUnderReal() throws {
    var handed = try HandedEpoch()
    let configuration = try handed.configuration()
    handed.fixture.policy.appraisal = .strict
    handed.fixture.policy.relays = [.init(server: "https://relay.example", operatorName: "Relay Cooperative")]
    handed.fixture.policy.issuer.server = "https://issuer.example"
    handed.plan.policy.entry = handed.fixture.policy
    let code = handed.refusal(configuration: configuration)
    #expect(code?.hasPrefix("simulated") == true, "\(code ?? "accepted")")
  }

  // MARK: The note that stands in for a clock

  @Test("an epoch that is not the last of the note that the node holds")
  func earlierEpoch() throws {
    var handed = try HandedEpoch()
    var next = handed
    _ = try next.fixture.publish(next.plan)
    next.plan = next.fixture.orchestratedPlan(Self.epoch + 1)
    let newer = try next.note(of: try next.fixture.publish(next.plan))
    #expect(handed.refusal(held: newer) == "epoch-not-current")
  }

  @Test("a bundle whose note lies too far from the one that the node holds")
  func oldNote() throws {
    var handed = try HandedEpoch()
    let file = try handed.fixture.publish(handed.plan)
    // The same tree, which the witnesses cosigned again later.
    let time = handed.plan.noteTime + 75 * 60 + 1
    let held = try LogVerifier(
      logKey: handed.fixture.policy.epochLog, witnesses: handed.fixture.policy.witnesses.policy
    )
    .verify(try handed.fixture.epochLog.note(at: time, cosigners: handed.plan.cosigners).encoded)
    let (message, configuration) = (try handed.message(file), try handed.configuration())
    #expect(throws: VerificationError(VerificationError.noteOld, "")) {
      try PeerEpoch(message, role: "model", configuration, held: held)
    }
  }

  @Test("a bundle of another tree than that of the note that the node holds")
  func fork() throws {
    var handed = try HandedEpoch()
    var other = handed
    other.plan.editBundle = { $0.issuerKeys.append(.init(plan: "other", publicKey: [1])) }
    let held = try other.note(of: try other.fixture.publish(other.plan))
    #expect(handed.refusal(held: held) == "log-fork")
  }

  // MARK: The policy

  @Test("a policy of another operator, log, witness or publisher than the node was measured with", arguments: 0..<4)
  func otherPolicy(_ changed: Int) throws {
    var handed = try HandedEpoch()
    guard case .object(var members) = handed.configurationMembers else { throw CancellationError() }
    let others = try DeploymentFixture()
    switch changed {
    case 0: members["operator"] = "other.test"
    case 1: members["epochLog"] = .string(others.policy.epochLog.encoded)
    case 2: members["witnesses"] = others.policy.witnesses.json
    default: members["publishers"] = others.policy.publishers.json
    }
    let configuration = try NodeConfiguration(parsing: JSONValue.object(members).canonicalBytes)
    let expected = changed == 3 ? "statement-signatures" : "node-peer-policy-refused"
    #expect(handed.refusal(configuration: configuration) == expected)
  }

  // MARK: What the host says

  @Test(
    "a message that is not of its schema",
    arguments: [
      "{}", "[]", #"{"file":"","nodes":[],"more":1}"#, #"{"file":"*","nodes":[]}"#, #"{"file":"","nodes":[{}]}"#,
      #"{"file":"","nodes":[{"node":"00","server":"http://a.test"}]}"#,
    ]
      + ["a.test", "ftp://a.test", "http://a.test/path", "http://a.test?query", ""].map {
        #"{"file":"","nodes":[{"node":"\#(String(repeating: "0", count: 64))","server":"\#($0)"}]}"#
      })
  func malformed(_ text: String) {
    #expect(throws: NodeError(NodeError.hostMessageMalformed, "")) { try HostPeers(parsing: Array(text.utf8)) }
  }

  @Test("a message that is cut short anywhere, or names a node twice")
  func truncated() throws {
    let node = #"{"node":"\#(String(repeating: "0", count: 64))","server":"http://a.test"}"#
    let whole = Array(#"{"file":"AAAA","nodes":[\#(node)]}"#.utf8)
    #expect(try HostPeers(parsing: whole).servers.count == 1)
    for count in 0..<whole.count {
      #expect(throws: NodeError(NodeError.hostMessageMalformed, "")) {
        try HostPeers(parsing: Array(whole.prefix(count)))
      }
    }
    let twice = Array(#"{"file":"AAAA","nodes":[\#(node),\#(node)]}"#.utf8)
    #expect(throws: NodeError(NodeError.hostMessageMalformed, "")) { try HostPeers(parsing: twice) }
  }
}
