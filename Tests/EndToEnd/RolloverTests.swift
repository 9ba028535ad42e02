import CloisterClient
import ErrorCodes
import HTTPMessages
import InMemoryParties
import Node
import ObliviousHTTP
import PartyHosting
import PrivacyPass
import Testing
import TransparencyLog
import Trust

@Suite("Epochs come and go", .keepsFolders)
struct RolloverTests {
  private static let transcript = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))

  /// Minutes of an epoch of one minute, so that every age scales.
  private static func deployment() async throws -> InMemoryDeployment {
    var options = InMemoryDeployment.Options()
    options.epochSeconds = 60
    return try await .started(options)
  }

  @Test("the next epoch's keys are published ten minutes ahead, scaled, and not before")
  func publishedAhead() async throws {
    let deployment = try await Self.deployment()
    await deployment.passMinutes(45)
    #expect(try await deployment.get("/epoch/2", from: DeploymentNames.gateway).status == 404)
    await deployment.passMinutes(5)
    #expect(try await deployment.get("/epoch/2", from: DeploymentNames.gateway).status == 200)
    let client = try await deployment.makeClientWithTokens()
    #expect(try await client.currentEpoch().number == 1)
    await deployment.passMinutes(10)
    #expect(try await client.currentEpoch().number == 2)
    let answer = try await client.summarize(ChatText.export())
    #expect(try await client.state.receipts.receipt(answer.receiptIdentifier).epoch == 2)
  }

  @Test("a request to the old keys is answered for five minutes into the next epoch, then they are erased")
  func oldKeysAreErased() async throws {
    let deployment = try await Self.deployment()
    let old = try await HandmadeRequest(deployment)
    let request = try HandmadeRequest.innerRequest(body: Self.transcript)
    await deployment.passMinutes(60)
    #expect(try deployment.currentEpoch == 2)
    let current = try await HandmadeRequest(deployment)
    let answered = try await old.askNode(request, authorization: try await current.drawAuthorization())
    #expect(answered.statusCode == 200)
    await deployment.passMinutes(5)
    let refused = try await old.askNode(request, authorization: try await current.drawAuthorization())
    #expect(refused.statusCode == 502)
    #expect(refused.refusalCode == "node-unreachable")
    let message = try old.sealToNode(request).encapsulatedRequest
    let node = deployment.nodeIndex(ofBundle: old.bundle, 0)
    let answer = try await old.send(old.nodeRequest(message), to: DeploymentNames.node(node))
    #expect(answer.field("content-type") == "application/problem+json")
    #expect(OHTTPProblem(mediaType: answer.field("content-type"), content: answer.body) == .keyUnknown)
  }

  @Test("keys whose successor never comes are erased after three epochs")
  func keysEndByThemselves() async throws {
    let deployment = try await Self.deployment()
    let handmade = try await HandmadeRequest(deployment)
    let message = try handmade.sealToNode(try HandmadeRequest.innerRequest(body: Self.transcript)).encapsulatedRequest
    deployment.clock.advance(bySeconds: 3 * 60)
    let answer = try await handmade.send(handmade.nodeRequest(message), to: DeploymentNames.node(0))
    #expect(answer.status == 503)
    #expect(answer.refusalCode == "node-no-epoch")
  }

  @Test("keys are erased after three epochs although no host ever calls again, and not before")
  func keysEndWithoutACall() async throws {
    let deployment = try await Self.deployment()
    let node = deployment.nodes[0]
    deployment.clock.holdSleepers()
    let erasure = Task { await node.eraseKeysAtDeadlines() }
    defer { erasure.cancel() }
    await deployment.clock.sleepers(1)
    deployment.clock.advance(bySeconds: 3 * 60 - 1)
    #expect(node.keyCount == 1)
    deployment.clock.advance(bySeconds: 1)
    // It sleeps anew once it has erased.
    await deployment.clock.sleepers(1)
    #expect(node.keyCount == 0)
  }

  @Test("keys whose successor's note came are erased a quarter epoch later although nobody calls")
  func replacedKeysEndWithoutACall() async throws {
    let deployment = try await Self.deployment()
    let node = deployment.nodes[0]
    deployment.clock.holdSleepers()
    let erasure = Task { await node.eraseKeysAtDeadlines() }
    defer { erasure.cancel() }
    await deployment.clock.sleepers(1)
    await deployment.passMinutes(50)
    #expect(node.keyCount == 2)
    await deployment.clock.sleepers(1)
    deployment.clock.advance(bySeconds: 15)
    await deployment.clock.sleepers(1)
    #expect(node.keyCount == 1)
  }

  @Test("a token of yesterday is taken, one of two days ago is refused")
  func tokensOfOtherDays() async throws {
    let deployment = try await Self.deployment()
    let first = try await HandmadeRequest(deployment)
    let tokens = [try await first.drawAuthorization(), try await first.drawAuthorization()]
    let request = try HandmadeRequest.innerRequest(body: Self.transcript)
    await deployment.jumpEpochs(24)
    let nextDay = try await HandmadeRequest(deployment)
    #expect(nextDay.bundle.issuerDay == 1)
    #expect(try await nextDay.askNode(request, authorization: tokens[0]).statusCode == 200)
    await deployment.jumpEpochs(24)
    let dayAfter = try await HandmadeRequest(deployment)
    #expect(dayAfter.bundle.issuerDay == 2)
    let refused = try await dayAfter.askNode(request, authorization: tokens[1])
    #expect(refused.statusCode == 401)
    #expect(refused.refusalCode == "token-refused")
  }

  @Test("a gateway that is started again takes tokens of yesterday and requests to the keys of the epoch before")
  func startedAgainNextDay() async throws {
    let deployment = try await Self.deployment()
    let token = try await HandmadeRequest(deployment).drawAuthorization()
    await deployment.jumpEpochs(23)
    let old = try await HandmadeRequest(deployment)
    await deployment.passMinutes(60)
    _ = try await deployment.startGateway(at: DeploymentNames.gateway)
    let request = try HandmadeRequest.innerRequest(body: Self.transcript)
    #expect(try await old.askNode(request, authorization: token).statusCode == 200)
  }

  @Test("a client spends yesterday's tokens first")
  func olderTokensFirst() async throws {
    let deployment = try await Self.deployment()
    let client = try await deployment.makeClientWithTokens()
    await deployment.jumpEpochs(23)
    #expect(try await client.currentEpoch().bundle.issuerDay == 1)
    _ = try await client.drawTokens()
    _ = try await client.summarize(ChatText.export())
    #expect(try await client.state.wallet.tokenCounts() == [0: 5, 1: 6])
  }

  @Test("missed epochs become void leaves at their own indices, each naming its epoch")
  func missedEpochsAreVoid() async throws {
    let deployment = try await Self.deployment()
    await deployment.jumpEpochs(4)
    #expect(try deployment.currentEpoch == 5)
    let note = try await deployment.get("/logs/epochs/checkpoint", from: DeploymentNames.log).body
    #expect(try Checkpoint(parsing: try SignedNote(parsing: note).text).treeSize == 6)
    let tile = try Tile(level: 0, index: 0, width: 6)
    let entries = try EntryBundle(
      parsing: try await deployment.get("/logs/epochs/\(tile.entriesPath)", from: DeploymentNames.log).body
    ).entries
    let leaves = try entries.map {
      try EpochLeaf(verifying: try Statement(parsing: $0), operatorKey: deployment.identity.operatorKey.publicKey)
    }
    #expect(leaves.map(\.epoch) == [0, 1, 2, 3, 4, 5])
    #expect(leaves.map { $0.bundleDigest == nil } == [true, false, true, true, true, false])
    #expect(try await deployment.get("/epoch/3", from: DeploymentNames.gateway).refusalCode == "epoch-unknown")
  }

  @Test(
    "a gateway whose clock jumped: it fills no epoch, drops no record of spent tokens, and says gateway-clock-wrong",
    arguments: [-180.0, 150.0, 2_880.0])
  func clockJumped(seconds: Double) async throws {
    let deployment = try await Self.deployment()
    await deployment.jumpEpochs(4)
    let handmade = try await HandmadeRequest(deployment)
    let (spent, unspent) = (try await handmade.drawAuthorization(), try await handmade.drawAuthorization())
    let request = try HandmadeRequest.innerRequest(body: Self.transcript)
    #expect(try await handmade.askNode(request, authorization: spent).statusCode == 200)
    let size = await deployment.epochLog.treeSize
    let gateway = "http://gateway-2.test"
    _ = try await deployment.startGateway(at: gateway, clockAheadBy: seconds)
    let health = try await deployment.get("/health", from: gateway)
    #expect(health.status == 503)
    #expect(health.refusalCode == "gateway-clock-wrong")
    #expect(await deployment.epochLog.treeSize == size)
    #expect(try await handmade.askNode(request, authorization: spent).statusCode == 401)
    #expect(try await handmade.askNode(request, authorization: unspent).statusCode == 200)
    await deployment.passMinutes(60)
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).status == 200)
  }

  @Test("an issuer that gives a second key of a day: the gateway logs no epoch with it, and goes on with the first")
  func secondIssuerKey() async throws {
    let deployment = try await Self.deployment()
    let other = try PlanKeys([.init(plan: DeploymentNames.plan, key: try TokenIssuer().publicKey)])
    let answer = WholeResponse.json(other.json.canonicalText)
    deployment.network.intercept(DeploymentNames.issuer) { request, deliver throws(HTTPExchangeError) in
      request.path.hasPrefix("/keys/") ? answer : await deliver(request)
    }
    let size = await deployment.epochLog.treeSize
    await deployment.passMinutes(50)
    #expect(
      try await deployment.get("/health", from: DeploymentNames.gateway).refusalCode == "epoch-second-issuer-key")
    #expect(await deployment.epochLog.treeSize == size)
    deployment.network.intercept(DeploymentNames.issuer, nil)
    await deployment.passMinutes(10)
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).status == 200)
    #expect(try await HandmadeRequest(deployment).bundle.epoch == 2)
  }

  @Test("an epoch's file is the same bytes for every client, at every time")
  func sameBytesForEveryone() async throws {
    let deployment = try await Self.deployment()
    let first = try await deployment.fetchEpoch(1, from: "127.0.0.2")
    await deployment.passMinutes(60)
    let second = try await deployment.fetchEpoch(1, from: "127.0.0.9")
    #expect(first.status == 200)
    #expect(first.body == second.body)
    _ = try await deployment.startGateway(at: "http://gateway-2.test")
    let other = try await deployment.get("/epoch/1", from: "http://gateway-2.test")
    #expect(other.body == first.body)
  }

  @Test("a client that was away proves to itself that the log only grew", arguments: [1, 2, 5, 20])
  func consistencyFromRememberedHead(epochs: Int) async throws {
    let deployment = try await Self.deployment()
    let client = try await deployment.makeClientWithTokens()
    #expect(try await client.currentEpoch().number == 1)
    await deployment.jumpEpochs(epochs)
    #expect(try await client.currentEpoch().number == UInt64(1 + epochs))
  }
}
