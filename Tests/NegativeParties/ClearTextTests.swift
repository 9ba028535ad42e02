import BinaryHTTP
import HTTPMessages
import InMemoryParties
import Inference
import Testing

@Suite("Asked in clear, no party does anything", .keepsFolders)
struct ClearTextTests {
  private static let resources = ["/v1/chat/completions", "/v1/tasks/summarize", "/v1/models", "/v1/embeddings"]
  private static let body = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))

  private static let servers = [
    DeploymentNames.relay, DeploymentNames.gateway, DeploymentNames.node(0), DeploymentNames.log,
    DeploymentNames.issuer, DeploymentNames.witness(0),
  ]

  @Test("clear: every task at every party", arguments: resources)
  func everyTask(path: String) async throws {
    let engine = ScriptedEngine(.repeatsLastMessage)
    var options = InMemoryDeployment.Options()
    options.engine = { _ in engine }
    let deployment = try await InMemoryDeployment.started(options)
    let exchange = deployment.network.exchange(from: "stranger", address: "127.0.0.99")
    for server in Self.servers {
      for prefix in ["", "/to/\(DeploymentNames.operatorOrigin)"] {
        for method in ["GET", "POST"] {
          let request = WholeRequest(
            method: method, path: prefix + path, fields: [HTTPField("content-type", "application/json")],
            body: method == "POST" ? Self.body : [])
          let answer = try await exchange.send(request, to: server, bodyLimit: 1 << 20)
          #expect([404, 405, 413].contains(answer.status), "\(method) \(prefix + path) at \(server)")
        }
      }
    }
    #expect(engine.askedCount == 0)
  }

  @Test("clear: a request in Binary HTTP where an encapsulated one belongs")
  func plainBinaryHTTP() async throws {
    let engine = ScriptedEngine(.repeatsLastMessage)
    var options = InMemoryDeployment.Options()
    options.engine = { _ in engine }
    let deployment = try await InMemoryDeployment.started(options)
    let handmade = try await HandmadeRequest(deployment)
    let request = try HandmadeRequest.innerRequest(body: Self.body)
    for server in [DeploymentNames.gateway, DeploymentNames.node(0)] {
      let answer = try await handmade.send(handmade.nodeRequest(request), to: server)
      #expect((400..<500).contains(answer.status))
    }
    // In clear to the node, inside the encapsulation to the gateway alone.
    let answer = try await handmade.ask(
      try handmade.outerRequest(authorization: try await handmade.drawAuthorization(), content: request))
    #expect(answer.statusCode == 502)
    #expect(engine.askedCount == 0)
  }

  @Test("clear: a request sealed to the gateway for a task, without the node's layer")
  func gatewayLayerAlone() async throws {
    let engine = ScriptedEngine(.repeatsLastMessage)
    var options = InMemoryDeployment.Options()
    options.engine = { _ in engine }
    let handmade = try await HandmadeRequest(InMemoryDeployment.started(options))
    let answer = try await handmade.ask(try HandmadeRequest.innerRequest(body: Self.body))
    #expect(answer.statusCode == 400)
    #expect(answer.refusalCode == "gateway-request-malformed")
    #expect(engine.askedCount == 0)
  }
}
