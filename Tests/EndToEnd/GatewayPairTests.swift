import HTTPMessages
import InMemoryParties
import PartyHosting
import Synchronization
import Testing

@Suite("Several gateways of one operator", .keepsFolders)
struct GatewayPairTests {
  /// Stands in front of two gateways and takes them in turn; one that cannot be reached is passed over.
  private final class Balancer: Party {
    let name = "balancer"
    private let servers: [String]
    private let exchange: any StreamingHTTPExchange
    private let turn = Atomic(0)

    init(_ servers: [String], exchange: any StreamingHTTPExchange) {
      self.servers = servers
      self.exchange = exchange
    }

    func requestBodyLimit(method: String, path: String) -> Int? { 1 << 20 }

    func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
      guard let whole = try? await WholeRequest(collecting: request, byteLimit: 1 << 20) else { return }
      let first = turn.add(1, ordering: .relaxed).oldValue
      for offset in 0..<servers.count {
        let server = servers[(first + offset) % servers.count]
        guard let response = try? await exchange.send(whole, to: server, bodyLimit: 1 << 21) else { continue }
        try? await answer.send(response)
        return
      }
    }
  }

  private static let servers = ["http://gateway-1.test", "http://gateway-2.test"]

  private static func started() async throws -> InMemoryDeployment {
    let deployment = try await InMemoryDeployment.started()
    for server in servers { _ = try await deployment.startGateway(at: server) }
    deployment.network.attach(
      Balancer(servers, exchange: deployment.network.exchange(from: "balancer", address: "127.0.0.40")),
      at: DeploymentNames.gateway, record: nil, logger: deployment.logLines.logger(label: "balancer"))
    return deployment
  }

  private static func ask(_ handmade: HandmadeRequest, _ authorization: String) async throws -> Int {
    let body = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))
    return try await handmade.askNode(try HandmadeRequest.innerRequest(body: body), authorization: authorization)
      .statusCode
  }

  @Test("two gateways share the work, and when one is killed on the way the other goes on")
  func share() async throws {
    let deployment = try await Self.started()
    let handmade = try await HandmadeRequest(deployment)
    var spent: [String] = []
    for count in 0..<12 {
      if count == 6 { deployment.network.kill(Self.servers[0]) }
      let authorization = try await handmade.drawAuthorization()
      #expect(try await Self.ask(handmade, authorization) == 200)
      spent.append(authorization)
    }
    let answered = Self.servers.map { server in
      deployment.network.messages(to: server).filter { $0.request.method == "POST" && $0.response != nil }.count
    }
    #expect(answered == [3, 9])
    // What the killed one admitted the other does not admit again.
    deployment.network.forgetMessages()
    for authorization in spent { #expect(try await Self.ask(handmade, authorization) == 401) }
    let asked = deployment.network.messages.filter { $0.request.method == "POST" }.map(\.server)
    #expect(!asked.contains { $0.hasPrefix("http://node-") })
  }

  @Test("a gateway that ends after the nodes made their keys: the next one makes the epoch over the same note")
  func goesOnAfterAnother() async throws {
    let deployment = try await InMemoryDeployment()
    // The last node's answer is the last thing before the leaf is sent to the log.
    deployment.network.intercept(DeploymentNames.node(2)) { request, deliver throws(HTTPExchangeError) in
      let answer = await deliver(request)
      deployment.network.kill(DeploymentNames.log)
      return answer
    }
    await deployment.gateway.publishDueEpochs()
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).status == 503)
    deployment.network.intercept(DeploymentNames.node(2), nil)
    deployment.network.revive(DeploymentNames.log)
    deployment.clock.advance(bySeconds: 1)
    _ = try await deployment.startGateway(at: DeploymentNames.gateway)
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).status == 200)
    #expect(try await HandmadeRequest(deployment).bundle.nodes.count == 3)
  }

  @Test("a gateway that ends while the log takes its leaf: the next one publishes the epoch with the same leaf")
  func goesOnAfterLeaf() async throws {
    let deployment = try await InMemoryDeployment()
    deployment.network.intercept(DeploymentNames.log) { request, deliver throws(HTTPExchangeError) in
      let answer = await deliver(request)
      // The first leaf is the void one of epoch 0.
      if request.path == "/logs/epochs/add", await deployment.epochLog.treeSize == 2 { throw .lost }
      return answer
    }
    await deployment.gateway.publishDueEpochs()
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).status == 503)
    #expect(await deployment.epochLog.treeSize == 2)
    deployment.network.intercept(DeploymentNames.log, nil)
    deployment.clock.advance(bySeconds: 1)
    _ = try await deployment.startGateway(at: DeploymentNames.gateway)
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).status == 200)
    #expect(await deployment.epochLog.treeSize == 2)
    #expect(try await HandmadeRequest(deployment).bundle.nodes.count == 3)
  }

  @Test("two gateways that make an epoch at once: all nodes are in it, and both serve the same bytes")
  func makeAtOnce() async throws {
    let deployment = try await InMemoryDeployment()
    let other = Self.servers[0]
    // The first node asked is slow: while it answers, the other gateway makes the epoch.
    let isFirst = Mutex(true)
    deployment.network.intercept(DeploymentNames.node(0)) { request, deliver throws(HTTPExchangeError) in
      let isSlow =
        request.path == "/keys"
        && isFirst.withLock { isFirst in
          defer { isFirst = false }
          return isFirst
        }
      let answer = await deliver(request)
      if isSlow { _ = try? await deployment.startGateway(at: other) }
      return answer
    }
    await deployment.gateway.publishDueEpochs()
    await deployment.gateway.publishDueEpochs()
    #expect(try await HandmadeRequest(deployment).bundle.nodes.count == 3)
    let file = try await deployment.get("/epoch/1", from: DeploymentNames.gateway)
    #expect(file.status == 200)
    #expect(try await deployment.get("/epoch/1", from: other).body == file.body)
  }

  @Test("a gateway without the operator's key: it makes no epoch, and serves those of another over a rollover")
  func servesOthersAlone() async throws {
    let deployment = try await InMemoryDeployment()
    let server = Self.servers[0]
    let gateway = try await deployment.startGateway(at: server, makesEpochs: false)
    #expect(try await deployment.get("/health", from: server).refusalCode == "epoch-incomplete")
    #expect(await deployment.epochLog.treeSize == 0)
    await deployment.gateway.publishDueEpochs()
    for epoch in 1...2 {
      await gateway.publishDueEpochs()
      #expect(try await deployment.get("/health", from: server).status == 200)
      let file = try await deployment.get("/epoch/\(epoch)", from: server)
      #expect(file.status == 200)
      #expect(try await deployment.get("/epoch/\(epoch)", from: DeploymentNames.gateway).body == file.body)
      let handmade = try await HandmadeRequest(deployment)
      let message = try handmade.sealToNode(
        try HandmadeRequest.innerRequest(
          body: HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed")))
      ).encapsulatedRequest
      let request = try handmade.outerRequest(authorization: try await handmade.drawAuthorization(), content: message)
      #expect(try await handmade.ask(request, gateway: server).statusCode == 200)
      await deployment.passMinutes(60)
    }
  }

  @Test("requests under way when a gateway is killed fail, and no token of theirs is admitted again")
  func killedUnderWay() async throws {
    let deployment = try await Self.started()
    let handmade = try await HandmadeRequest(deployment)
    let authorization = try await handmade.drawAuthorization()
    // The node's answer never reaches the gateway that asked.
    for index in 0..<3 {
      deployment.network.intercept(DeploymentNames.node(index)) { request, deliver throws(HTTPExchangeError) in
        _ = await deliver(request)
        throw .lost
      }
    }
    #expect(try await Self.ask(handmade, authorization) == 502)
    let asked = deployment.network.messages.filter { $0.request.method == "POST" }.map(\.server)
    for server in Self.servers where asked.contains(server) { deployment.network.kill(server) }
    for index in 0..<3 { deployment.network.intercept(DeploymentNames.node(index), nil) }
    #expect(try await Self.ask(handmade, authorization) == 401)
    #expect(try await Self.ask(handmade, try await handmade.drawAuthorization()) == 200)
  }
}
