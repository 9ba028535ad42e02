import CloisterClient
import ErrorCodes
import HTTPMessages
import InMemoryParties
import Inference
import Synchronization
import Testing
import TransparencyLog

@Suite("What a deployment survives", .keepsFolders)
struct FailureTests {
  @Test("when the first drawn node is dead, the second answers for another token")
  func secondNodeAnswers() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    let failedCount = Mutex(0)
    for index in 0..<3 {
      deployment.network.intercept(DeploymentNames.node(index)) { request, deliver throws(HTTPExchangeError) in
        guard
          failedCount.withLock({
            $0 += 1; return $0 > 1
          })
        else { throw .lost }
        return await deliver(request)
      }
    }
    let answer = try await client.summarize(ChatText.export())
    #expect(!answer.summary.isEmpty)
    let state = await client.state
    let receipt = try state.receipts.receipt(answer.receiptIdentifier)
    #expect(receipt.hops.count == 2)
    #expect(Set(receipt.hops.map(\.node)).count == 2)
    #expect(try state.wallet.tokenCount(goodOn: 0) == 4)
    let outer = deployment.network.messages(to: DeploymentNames.relay).filter { $0.request.method == "POST" }
    #expect(outer.count == 2)
    #expect(outer[0].request.body != outer[1].request.body)
  }

  @Test("with one node of three killed every request is answered", arguments: 0..<3)
  func oneNodeKilled(dead: Int) async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    deployment.network.kill(DeploymentNames.node(dead))
    for _ in 0..<3 { #expect(try await !client.summarize(ChatText.export()).summary.isEmpty) }
  }

  @Test("with both drawn nodes dead the request ends as node-unreachable, after two attempts and no third")
  func bothNodesDead() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    for index in 0..<3 { deployment.network.kill(DeploymentNames.node(index)) }
    await #expect(throws: ClientError(ClientError.nodeUnreachable, "")) {
      try await client.summarize(ChatText.export())
    }
    let posts = deployment.network.messages(to: DeploymentNames.relay).filter { $0.request.method == "POST" }
    #expect(posts.count == 2)
  }

  @Test("with a node killed from the start the epoch has the other two")
  func epochWithoutOneNode() async throws {
    let deployment = try await InMemoryDeployment()
    deployment.network.kill(DeploymentNames.node(1))
    await deployment.gateway.publishDueEpochs()
    #expect(try await HandmadeRequest(deployment).bundle.nodes.count == 2)
    let client = try await deployment.makeClientWithTokens()
    #expect(try await !client.summarize(ChatText.export()).summary.isEmpty)
  }

  @Test("one missing witness of four changes nothing", arguments: 0..<4)
  func oneWitnessMissing(missing: Int) async throws {
    var options = InMemoryDeployment.Options()
    options.missingWitnesses = [missing]
    let deployment = try await InMemoryDeployment.started(options)
    let client = try await deployment.makeClientWithTokens()
    #expect(try await !client.summarize(ChatText.export()).summary.isEmpty)
  }

  @Test("with two witnesses missing no epoch is published, and gateway and log say witness-quorum")
  func twoWitnessesMissing() async throws {
    var options = InMemoryDeployment.Options()
    options.missingWitnesses = [0, 2]
    let deployment = try await InMemoryDeployment.started(options)
    for server in [DeploymentNames.gateway, DeploymentNames.log] {
      let health = try await deployment.get("/health", from: server)
      #expect(health.status == 503)
      #expect(health.refusalCode == TransparencyLogError.witnessQuorum.rawValue)
    }
    #expect(try await deployment.get("/epoch/1", from: DeploymentNames.gateway).refusalCode == "epoch-unknown")
    let keys = try await deployment.get("/.well-known/ohttp-gateway", from: DeploymentNames.gateway)
    #expect(keys.status == 503)
    #expect(keys.refusalCode == "gateway-not-ready")
    let client = try deployment.makeClient()
    await #expect(throws: ClientError(ClientError.epochUnavailable, "")) { try await client.currentEpoch() }
  }

  @Test("when the witnesses come back the epoch is published after all")
  func witnessesComeBack() async throws {
    var options = InMemoryDeployment.Options()
    options.missingWitnesses = [0, 2]
    let deployment = try await InMemoryDeployment.started(options)
    deployment.network.revive(DeploymentNames.witness(0))
    await deployment.gateway.publishDueEpochs()
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).status == 200)
    #expect(try await deployment.get("/health", from: DeploymentNames.log).status == 200)
    let client = try await deployment.makeClientWithTokens()
    #expect(try await !client.summarize(ChatText.export()).summary.isEmpty)
  }

  @Test("witnesses that go after the nodes made their keys delay the epoch and do not lose it")
  func witnessesGoBetween() async throws {
    let deployment = try await InMemoryDeployment()
    // The last node's answer is the last thing before the leaf is sent to the log.
    deployment.network.intercept(DeploymentNames.node(2)) { request, deliver throws(HTTPExchangeError) in
      let answer = await deliver(request)
      for index in 0..<2 { deployment.network.kill(DeploymentNames.witness(index)) }
      return answer
    }
    await deployment.gateway.publishDueEpochs()
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).refusalCode == "witness-quorum")
    deployment.network.intercept(DeploymentNames.node(2), nil)
    deployment.clock.advance(bySeconds: 30)
    for index in 0..<2 { deployment.network.revive(DeploymentNames.witness(index)) }
    await deployment.gateway.publishDueEpochs()
    let client = try await deployment.makeClientWithTokens()
    #expect(try await !client.summarize(ChatText.export()).summary.isEmpty)
  }

  @Test("an epoch lost to its witnesses does not stop the next one")
  func lostEpochIsLeftBehind() async throws {
    let deployment = try await InMemoryDeployment()
    deployment.network.intercept(DeploymentNames.node(2)) { request, deliver throws(HTTPExchangeError) in
      let answer = await deliver(request)
      for index in 0..<2 { deployment.network.kill(DeploymentNames.witness(index)) }
      return answer
    }
    await deployment.gateway.publishDueEpochs()
    deployment.network.intercept(DeploymentNames.node(2), nil)
    for index in 0..<2 { deployment.network.revive(DeploymentNames.witness(index)) }
    await deployment.jumpEpochs(1)
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).status == 200)
    let client = try await deployment.makeClientWithTokens()
    let answer = try await client.summarize(ChatText.export())
    #expect(try await client.state.receipts.receipt(answer.receiptIdentifier).epoch == 2)
  }

  @Test("a busy node refuses inside the encryption, and the second node answers")
  func busyNodeRefusesInside() async throws {
    let gate = WaitingEngine.Gate()
    var options = InMemoryDeployment.Options()
    options.nodeCount = 2
    options.engine = { node -> any Engine in node == 0 ? WaitingEngine(gate) as any Engine : EmbeddedEngine() }
    let deployment = try await InMemoryDeployment.started(options)
    let handmade = try await HandmadeRequest(deployment)
    let busy = deployment.bundleIndex(ofNode: 0, in: handmade.bundle)
    let request = try HandmadeRequest.innerRequest(
      body: HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed")))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        let message = try handmade.sealToNode(request, node: busy).encapsulatedRequest
        group.addTask {
          let answer = try await handmade.send(handmade.nodeRequest(message), to: DeploymentNames.node(0))
          #expect(answer.status == 200)
        }
      }
      await gate.arrivals(16)
      let refusal = try await handmade.askNode(
        request, node: busy, authorization: try await handmade.drawAuthorization())
      #expect(refusal.statusCode == 503)
      #expect(refusal.refusalCode == "node-busy")
      let client = try await deployment.makeClientWithTokens(account: "bob")
      #expect(try await !client.summarize(ChatText.export()).summary.isEmpty)
      await gate.open()
      try await group.waitForAll()
    }
  }

  @Test("a gateway that is started again goes on with the epoch that it served")
  func gatewayStartsAgain() async throws {
    let deployment = try await InMemoryDeployment.started()
    let before = try await deployment.get("/epoch/1", from: DeploymentNames.gateway).body
    let client = try await deployment.makeClientWithTokens()
    _ = try await deployment.startGateway(at: DeploymentNames.gateway)
    #expect(try await deployment.get("/epoch/1", from: DeploymentNames.gateway).body == before)
    #expect(try await !client.summarize(ChatText.export()).summary.isEmpty)
  }
}
