import CloisterClient
import Foundation
import TestDeployment
import Testing
import Trust
import WireFormat

@Suite("Refused: keys that are not the only ones")
struct UniquenessRefusals {
  @Test("a leaf at another index than its epoch")
  func leafIndex() async throws {
    try await expectRefusal(ClientError.leafIndex) { plan, _ in plan.entriesBefore = [[1, 2, 3]] }
  }

  @Test("a void leaf")
  func voidLeaf() async throws {
    try await expectRefusal(ClientError.epochVoid) { plan, _ in
      plan.editLeaf = { EpochLeaf(operatorOrigin: $0.operatorOrigin, epoch: $0.epoch, bundleDigest: nil) }
    }
  }

  @Test("a leaf that the operator did not sign")
  func leafSigner() async throws {
    try await expectRefusal(TrustError.tooFewSignatures) { plan, _ in plan.leafSigner = StatementSigningKey() }
  }

  @Test("a leaf of another operator")
  func leafOrigin() async throws {
    try await expectRefusal(ClientError.epochContradiction) { plan, _ in
      plan.editLeaf = { EpochLeaf(operatorOrigin: "other.test", epoch: $0.epoch, bundleDigest: $0.bundleDigest) }
    }
  }

  @Test("a bundle whose bytes differ from the leaf")
  func bundleBytes() async throws {
    try await expectRefusal(ClientError.bundleDigest) { plan, _ in plan.editEncodedBundle = { $0[$0.count - 1] ^= 1 } }
  }

  @Test("a bundle of another epoch than its leaf")
  func bundleEpoch() async throws {
    try await expectRefusal(ClientError.epochContradiction) { plan, _ in plan.editBundle = { $0.epoch += 1 } }
  }

  @Test("a bundle of another issuer day than its epoch")
  func bundleIssuerDay() async throws {
    try await expectRefusal(ClientError.epochContradiction) { plan, _ in plan.editBundle = { $0.issuerDay += 1 } }
  }

  @Test("no token key of the person's plan")
  func noIssuerKey() async throws {
    try await expectRefusal(ClientError.issuerKeyMissing) { plan, _ in
      plan.editBundle = { $0.issuerKeys[0].plan = "other" }
    }
  }

  @Test("two token keys of one plan in one bundle")
  func twoIssuerKeys() async throws {
    try await expectRefusal(ClientError.issuerKeyMissing) { plan, fixture in
      let key = fixture.otherIssuer.publicKey.subjectPublicKeyInfo
      plan.editBundle = { $0.issuerKeys.append(.init(plan: DeploymentFixture.plan, publicKey: key)) }
    }
  }

  /// Two bundles for one epoch, each in a log of its own under the same keys: a fork, or two leaves of one epoch.
  private static func client(
    afterAccepting first: [UInt8], then second: [UInt8], fixture: DeploymentFixture
  ) async throws -> ClientFixture {
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    client.parties.serve(first, epoch: currentEpoch)
    let epoch = try await client.client.currentEpoch()
    // The stored file is gone, so that the relay is asked again.
    try FileManager.default.removeItem(atPath: client.path + "/bundles/\(epoch.bundleDigest.hexadecimal).epoch")
    client.parties.serve(second, epoch: currentEpoch)
    return client
  }

  private static func freshClient(of client: ClientFixture, fixture: DeploymentFixture) throws -> CloisterClient {
    let time = fixture.time(in: currentEpoch)
    return CloisterClient(
      state: try ClientState(path: client.path), exchange: client.parties, issuerExchange: client.parties,
      clock: ClientClock { time })
  }

  @Test("a second digest for an epoch, which is kept as proof and stops all use")
  func secondDigest() async throws {
    let base = try SharedDeployment.copy()
    var (left, right) = (base, base)
    let first = try left.publish(base.plan())
    var other = base.plan()
    other.editBundle = { $0.nodes.swapAt(0, 1) }
    let second = try right.publish(other)
    let client = try await Self.client(afterAccepting: first, then: second, fixture: base)
    let next = try Self.freshClient(of: client, fixture: base)
    await #expect(throws: ClientError(ClientError.epochSecondDigest, "")) { _ = try await next.currentEpoch() }
    await #expect(throws: ClientError(ClientError.conflictKept, "")) { _ = try await next.currentEpoch() }
    let kept = try FileManager.default.contentsOfDirectory(atPath: client.path + "/conflicts")
    #expect(kept.contains { $0.hasSuffix("second.epoch") })
    #expect(client.hasSentNothing)
  }

  @Test("a second token key for an issuer day")
  func secondIssuerKey() async throws {
    var fixture = try SharedDeployment.copy()
    let first = try fixture.publish(fixture.plan())
    var plan = fixture.plan(currentEpoch + 1)
    let key = fixture.otherIssuer.publicKey.subjectPublicKeyInfo
    plan.editBundle = { $0.issuerKeys[0].publicKey = key }
    let second = try fixture.publish(plan)
    let client = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    client.parties.serve(first, epoch: currentEpoch)
    client.parties.serve(second, epoch: currentEpoch + 1)
    _ = try await client.client.currentEpoch()
    let time = fixture.time(in: currentEpoch + 1)
    let later = CloisterClient(
      state: client.state, exchange: client.parties, issuerExchange: client.parties, clock: ClientClock { time })
    await #expect(throws: ClientError(ClientError.issuerKeySecond, "")) { _ = try await later.currentEpoch() }
    await #expect(throws: ClientError(ClientError.conflictKept, "")) { _ = try await later.currentEpoch() }
    #expect(client.hasSentNothing)
  }
}
