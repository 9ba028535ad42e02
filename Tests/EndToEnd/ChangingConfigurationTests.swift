import InMemoryParties
import Testing
import Trust

@Suite("What a gateway takes up without a new start", .keepsFolders)
struct ChangingConfigurationTests {
  private static func bundle(_ deployment: InMemoryDeployment) async throws -> EpochBundle {
    try await HandmadeRequest(deployment).bundle
  }

  @Test("a node that comes is in the next bundle, and one that goes is not")
  func nodes() async throws {
    let deployment = try await InMemoryDeployment()
    deployment.changeGatewayConfiguration { $0.nodeServers = [DeploymentNames.node(0), DeploymentNames.node(1)] }
    await deployment.gateway.publishDueEpochs()
    #expect(try await Self.bundle(deployment).nodes.count == 2)

    deployment.changeGatewayConfiguration { $0.nodeServers.append(DeploymentNames.node(2)) }
    await deployment.passMinutes(60)
    #expect(try await Self.bundle(deployment).nodes.count == 3)

    deployment.changeGatewayConfiguration { $0.nodeServers.removeFirst() }
    await deployment.passMinutes(60)
    let last = try await Self.bundle(deployment)
    #expect(last.nodes.count == 2)
    #expect(last.nodes.indices.map { deployment.nodeIndex(ofBundle: last, $0) }.sorted() == [1, 2])
    let client = try await deployment.makeClientWithTokens()
    #expect(try await !client.summarize(ChatText.export()).summary.isEmpty)
  }

  @Test("a revocation list that is entered again is in the next bundle")
  func publications() async throws {
    let deployment = try await InMemoryDeployment.started()
    let before = try await Self.bundle(deployment)
    var statements: [[UInt8]] = []
    for key in deployment.identity.publisherKeys {
      var statement = RevocationEntry(issued: UInt64(deployment.clock.now.timeIntervalSince1970) + 60).statement
      statement.sign(with: key)
      statements.append(statement.encoded)
    }
    let entered = statements
    deployment.changeGatewayConfiguration { $0.publications.revocations = entered }
    await deployment.passMinutes(60)
    let after = try await Self.bundle(deployment)
    #expect(after.revocations.map(\.statement) == entered)
    #expect(before.revocations.map(\.statement) != entered)
  }

  @Test("a configuration that cannot be read changes nothing")
  func unreadable() async throws {
    let deployment = try await InMemoryDeployment.started()
    deployment.breakGatewayConfiguration()
    await deployment.passMinutes(60)
    #expect(try await Self.bundle(deployment).nodes.count == 3)
    #expect(try await deployment.get("/health", from: DeploymentNames.gateway).status == 200)
  }
}
