import CloisterClient
import Foundation
import HTTPMessages
import ObliviousHTTP
import TestDeployment
import Testing
import Trust
import WireFormat

@Suite("Refused: on the way, on the client's side")
struct ChannelRefusals {
  @Test("a classical key of the gateway where the hybrid is demanded")
  func classicalGateway() async throws {
    try await expectRefusal(OHTTPError.suiteRefused) { plan, _ in
      let key = try DeploymentFixture.key(1, kem: .x25519).keyConfiguration.encoded
      plan.editBundle = { $0.gatewayKeyConfiguration = key }
    }
  }

  @Test("a classical key of a node, even if its evidence binds it")
  func classicalNode() async throws {
    try await expectRefusal(OHTTPError.suiteRefused) { plan, _ in
      let key = try DeploymentFixture.key(2, kem: .x25519).keyConfiguration.encoded
      plan.editEveryNode {
        $0.editBinding = { $0.keyConfiguration = key }
        $0.editNode = { $0.keyConfiguration = key }
      }
    }
  }

  @Test("a changed answer")
  func changedAnswer() async throws {
    let client = try brokenEpoch { _, _ in }
    client.parties.behave { behaviour in
      behaviour.editAnswer = { bytes in
        var bytes = bytes
        bytes[bytes.count - 1] ^= 1
        return bytes
      }
    }
    #expect(await client.refusal() == OHTTPError.decryptionFailed)
    #expect(client.parties.askedNodes.count == 1)
  }

  @Test("an answer cut short")
  func truncatedAnswer() async throws {
    let client = try brokenEpoch { _, _ in }
    client.parties.behave { $0.editAnswer = { Array($0.dropLast()) } }
    #expect(await client.refusal() == OHTTPError.decryptionFailed)
  }

  @Test("a third attempt, and a second draw")
  func thirdAttempt() async throws {
    let fixture = try SharedDeployment.copy()
    let client = try brokenEpoch { _, _ in }
    for _ in 0..<4 {
      try client.state.wallet.keep(
        [try ClientFixture.token(fixture, issuerDay: 2)], issuerDay: 2, plan: DeploymentFixture.tokenPlan)
    }
    let nodes = try await client.client.currentEpoch().bundle.nodes
    client.parties.behave { $0.busyNodes = Set(nodes.map { $0.identifier.hexadecimal }) }
    #expect(await client.refusal() == ClientError.nodeBusy)
    #expect(client.parties.askedNodes.count == 2)
    #expect(try client.state.wallet.tokenCount(goodOn: 2) == 4)
  }

  @Test("a refusal that did not come through the encryption is no reason to try again", arguments: [502, 503, 429])
  func unauthenticatedRefusal(_ status: Int) async throws {
    let client = try brokenEpoch { _, _ in }
    _ = try await client.client.currentEpoch()
    client.parties.behave { $0.relayStatus = status }
    #expect(await client.refusal() == ClientError.relayRefused)
    #expect(client.parties.arrivals.filter { $0.request.method == "POST" }.count == 1)
  }
}
