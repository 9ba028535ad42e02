import CloisterClient
import ErrorCodes
import Foundation
import StrictJSON
import TestDeployment
import Testing
import Trust
import WireFormat

@Suite("Receipts")
struct ReceiptTests {
  private static func made() async throws -> (harness: ClientHarness, receipt: Receipt) {
    let harness = try ClientHarness()
    let answer = try await harness.client.summarize()
    return (harness, try harness.client.state.receipts.receipt(answer.receiptIdentifier))
  }

  @Test("every check behind a receipt can be repeated offline, from what the state keeps")
  func verified() async throws {
    let (harness, receipt) = try await Self.made()
    let path = harness.client.path
    let file = try Data(contentsOf: URL(fileURLWithPath: "\(path)/bundles/\(receipt.bundleDigest.hexadecimal).epoch"))
    let policy = try Data(contentsOf: URL(fileURLWithPath: "\(path)/policies/\(receipt.policyDigest).dsse"))
    let trusted = try TrustedPolicy(published: try Statement(parsing: Array(policy)))
    try ReceiptVerifier(trusted).verify(receipt, file: Array(file))
  }

  /// Every statement of a receipt, changed by itself.
  enum Change: String, CaseIterable {
    case operatorOrigin, epoch, bundle, note, policyVersion, policyDigest, provenance, simulated, relay, requestClass
    case answerClass, noHops, node, role, release, releaseVersion, releaseLeaf, platform, verified, skipped, weaknesses,
      calls, called, chipTwice

    func apply(to receipt: inout Receipt) {
      switch self {
      case .operatorOrigin: receipt.operatorOrigin = "other.test"
      case .epoch: receipt.epoch += 1
      case .bundle: receipt.bundleDigest[0] ^= 1
      case .note: receipt.noteDigest[0] ^= 1
      case .policyVersion: receipt.policyVersion += 1
      case .policyDigest: receipt.policyDigest = String(receipt.policyDigest.reversed())
      case .provenance: receipt.policyProvenance = "custom"
      case .simulated: receipt.isSimulated = false
      case .relay: receipt.relay = "Somebody else"
      case .requestClass: receipt.requestClass += 1
      case .answerClass: receipt.answerClass = "other"
      case .noHops: receipt.hops = []
      case .node: receipt.hops[0].node[0] ^= 1
      case .role: receipt.hops[0].role = "orchestrator"
      case .release: receipt.hops[0].release = "other"
      case .releaseVersion: receipt.hops[0].releaseVersion = "9.9.9"
      case .releaseLeaf: receipt.hops[0].releaseLeafHash[0] ^= 1
      case .platform: receipt.hops[0].platform = "tdx"
      case .verified: receipt.hops[0].verified.append("everything")
      case .skipped: receipt.hops[0].skipped.append("nothing")
      case .weaknesses: receipt.hops[0].weaknesses.append("none")
      case .calls: receipt.hops[0].calls = ["model"]
      case .called: receipt.hops[0].called = [receipt.hops[0]]
      case .chipTwice: receipt.hops.append(receipt.hops[0])
      }
    }
  }

  @Test("a receipt that says anything else than its bundle proves is refused", arguments: Change.allCases)
  func changed(_ change: Change) async throws {
    let (harness, receipt) = try await Self.made()
    var changed = receipt
    change.apply(to: &changed)
    let verifier = ReceiptVerifier(try TrustedPolicy(published: harness.fixture.signedPolicy()))
    #expect(code { try verifier.verify(changed, file: harness.file) } == ClientError.receiptMismatch)
  }

  @Test("a receipt of an orchestrator that was cut off says that it may have called others")
  func cutOff() async throws {
    var fixture = try DeploymentFixture.shared.get()
    fixture.nameModelRelease()
    let file = try fixture.publish(fixture.orchestratedPlan())
    let client = try ClientFixture(fixture, time: fixture.time(in: ClientHarness.epoch))
    client.parties.serve(file, epoch: ClientHarness.epoch)
    client.parties.behave { $0.brokenFrame = 0 }
    #expect(await client.refusal() != nil)
    let receipt = try #require(try client.state.receipts.all().first)
    #expect(receipt.hops.map(\.calls) == [["model"], ["model"]])
    #expect(receipt.hops.map(\.called) == [[], []])
    try client.state.receipts.verify(receipt)
    let sentence = "It may have passed its part on to a node of the role model; it did not say to whom."
    #expect(ReceiptNarrative(receipt).sentences.count { $0 == sentence } == 2)
    #expect(
      try client.state.receipts.report().page.contains("May have passed its part on to a machine of the role model"))
    var hidden = receipt
    hidden.hops[0].calls = []
    #expect(code { try client.state.receipts.verify(hidden) } == ClientError.receiptMismatch)
  }

  @Test("a receipt holds no token, key, content, chat name or time")
  func contents() async throws {
    let (harness, receipt) = try await Self.made()
    let text = receipt.json.canonicalText
    // Digests and random names hold any four digits now and then.
    let words = text.replacing(/[0-9a-f]{32,}/, with: "")
    for word in [ClientFixture.marker, "Ana", "Ben", "account-key", "2026", "1790"] { #expect(!words.contains(word)) }
    let authorization = try #require(harness.client.parties.authorizations.first)
    #expect(!text.contains(authorization.suffix(40)))
  }

  @Test("the story says loudly that simulated machines protect nobody")
  func narrative() async throws {
    let (_, receipt) = try await Self.made()
    let narrative = ReceiptNarrative(receipt)
    #expect(narrative.sentences[0].hasPrefix("SIMULATED"))
    #expect(narrative.sentences[0].contains("protects nobody"))
    #expect(narrative.text.contains("Relay Cooperative"))
    #expect(narrative.text.contains("assistant-node 1.0.0"))
    #expect(!narrative.text.contains("CUSTOM"))
  }

  @Test("a receipt is found by the beginning of its identifier, if only one begins so")
  func lookup() async throws {
    let (harness, receipt) = try await Self.made()
    let store = harness.client.state.receipts
    #expect(try store.receipt(String(receipt.identifier.prefix(8))) == receipt)
    #expect(code { _ = try store.receipt("") } == ClientError.receiptUnknown)
    #expect(code { _ = try store.receipt("zz") } == ClientError.receiptUnknown)
  }
}
