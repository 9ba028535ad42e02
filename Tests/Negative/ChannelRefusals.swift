import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import ObliviousHTTP
import Synchronization
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

  /// Ways in which a channel can lie about a stream of sealed frames.
  enum Damage: CaseIterable {
    case flipped, dropped, repeated, reordered, cutInside, cutBetween, extended

    func apply(to frames: [[UInt8]]) -> [[UInt8]] {
      var frames = frames
      let middle = frames.count / 2
      switch self {
      case .flipped: frames[middle][frames[middle].count - 1] ^= 1
      case .dropped: frames.remove(at: middle)
      case .repeated: frames.insert(frames[middle], at: middle)
      case .reordered: frames.swapAt(middle, middle + 1)
      case .cutInside: frames[frames.count - 1].removeLast()
      case .cutBetween: frames.removeLast()
      case .extended: frames[frames.count - 1].append(0)
      }
      return frames
    }
  }

  private static let codes: Set<ErrorCode> = [
    OHTTPError.decryptionFailed, OHTTPError.truncated, OHTTPError.chunkRefused, TrustError.answerShape,
  ]

  @Test(
    "an answer whose frames were changed, dropped, repeated, reordered or cut on the way to the client",
    arguments: Damage.allCases)
  func damagedOnTheWay(_ damage: Damage) async throws {
    let client = try brokenEpoch { _, _ in }
    client.parties.behave { $0.editFrames = damage.apply }
    #expect(Self.codes.contains(try #require(await client.refusal(in: .frames))))
    #expect(client.parties.askedNodes.count == 1)
  }

  @Test("an answer whose frames the gateway changed, dropped, repeated, reordered or cut", arguments: Damage.allCases)
  func damagedAtTheGateway(_ damage: Damage) async throws {
    let client = try brokenEpoch { _, _ in }
    client.parties.behave { $0.editNodeFrames = damage.apply }
    #expect(Self.codes.contains(try #require(await client.refusal(in: .frames))))
    #expect(client.parties.askedNodes.count == 1)
  }

  @Test(
    "a block that was changed or cut, on the way or by the gateway", arguments: [Damage.flipped, .cutInside, .extended])
  func damagedBlock(_ damage: Damage) async throws {
    for isGateway in [true, false] {
      let client = try brokenEpoch { _, _ in }
      client.parties.behave { behaviour in
        if isGateway { behaviour.editNodeFrames = damage.apply } else { behaviour.editFrames = damage.apply }
      }
      #expect(Self.codes.contains(try #require(await client.refusal())))
    }
  }

  @Test("an answer to another request")
  func otherAnswer() async throws {
    let client = try brokenEpoch { _, _ in }
    let fixture = try SharedDeployment.copy()
    let kept = Mutex<[[UInt8]]?>(nil)
    // The first answer comes as it is; the second request gets it again.
    client.parties.behave { behaviour in
      behaviour.editNodeFrames = { frames in
        kept.withLock { kept in
          defer { kept = kept ?? frames }
          return kept ?? frames
        }
      }
    }
    try client.state.wallet.keep(
      [try ClientFixture.token(fixture, issuerDay: 2)], issuerDay: 2, plan: DeploymentFixture.tokenPlan)
    #expect(await client.refusal(in: .frames) == nil)
    #expect(await client.refusal(in: .frames) == OHTTPError.decryptionFailed)
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
