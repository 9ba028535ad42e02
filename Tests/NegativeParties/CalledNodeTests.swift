import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import InMemoryParties
import Inference
import StrictJSON
import Synchronization
import Testing
import Trust

@Suite("An orchestrator refuses rather than to call a node in another way", .keepsFolders)
struct CalledNodeTests {
  private static func options(_ model: ModelThatCounts = ModelThatCounts()) -> InMemoryDeployment.Options {
    var options = InMemoryDeployment.Options()
    options.modelNodeCount = 2
    options.engine = { _ in model }
    options.pacing = .whenFilled
    return options
  }

  private static let orchestrators = (0..<3).map { DeploymentNames.node($0) }
  private static let models = (3..<5).map { DeploymentNames.node($0) }

  /// The code that a summary is refused with; nil where it is answered.
  private static func refusal(_ client: CloisterClient) async -> ErrorCode? {
    do {
      _ = try await client.summarize(ChatText.export())
      return nil
    } catch {
      return error.code
    }
  }

  private static func expectRefusal(
    _ deployment: InMemoryDeployment, _ code: ErrorCode = ClientError.nodeRefused, hops: Int = 1, called: Int = 1,
    location: SourceLocation = #_sourceLocation
  ) async throws {
    let client = try await deployment.makeClientWithTokens()
    #expect(await refusal(client) == code, sourceLocation: location)
    let receipts = try await client.state.receipts.all()
    #expect(receipts.map(\.hops.count) == [hops], sourceLocation: location)
    // What was sent to whom stands in the receipt, answered or not.
    #expect(receipts.first?.hops.map(\.called.count) == Array(repeating: called, count: hops), sourceLocation: location)
  }

  @Test("a host that gives another node's address: that node cannot open what arrives")
  func otherAddress() async throws {
    let model = ModelThatCounts()
    let deployment = try await InMemoryDeployment(Self.options(model))
    for server in Self.orchestrators {
      deployment.network.intercept(server) { request, deliver in
        guard request.path == "/peers",
          case .object(var members)? = try? JSONValue(parsing: request.body, byteLimit: 8 << 20),
          case .array(let nodes)? = members["nodes"]
        else { return await deliver(request) }
        members["nodes"] = .array(
          nodes.map { node in
            guard case .object(var node) = node, case .string(let server)? = node["server"],
              let index = Self.models.firstIndex(of: server)
            else { return node }
            node["server"] = .string(Self.models[1 - index])
            return .object(node)
          })
        var changed = request
        changed.body = JSONValue.object(members).canonicalBytes
        return await deliver(changed)
      }
    }
    await deployment.gateway.publishDueEpochs()
    try await Self.expectRefusal(deployment)
    #expect(model.count == 0)
  }

  @Test("a called node that answers with the answer to another request")
  func answerOfAnotherRequest() async throws {
    let deployment = try await InMemoryDeployment.started(Self.options())
    let recorded = Mutex<[String: WholeResponse]>([:])
    for server in Self.models {
      deployment.network.intercept(server) { request, deliver in
        let response = await deliver(request)
        guard request.method == "POST" else { return response }
        return recorded.withLock { recorded in
          defer { recorded[server] = recorded[server] ?? response }
          return recorded[server] ?? response
        }
      }
    }
    let client = try await deployment.makeClientWithTokens()
    var codes: [ErrorCode?] = []
    // One answer of each node at most is to its own request.
    for _ in 0..<3 { codes.append(await Self.refusal(client)) }
    #expect(codes.first == .some(nil))
    let refused = codes.compactMap(\.self)
    #expect((1...2).contains(refused.count) && refused.allSatisfy { $0 == ClientError.nodeRefused }, "\(codes)")
  }

  @Test("called nodes that cannot be reached")
  func unreachable() async throws {
    let deployment = try await InMemoryDeployment.started(Self.options())
    for server in Self.models { deployment.network.kill(server) }
    try await Self.expectRefusal(deployment)
  }

  @Test("an orchestrator that was handed no nodes: both that were drawn refuse, and call nobody")
  func noPeers() async throws {
    let model = ModelThatCounts()
    let deployment = try await InMemoryDeployment(Self.options(model))
    for server in Self.orchestrators {
      deployment.network.intercept(server) { request, deliver in
        request.path == "/peers" ? WholeResponse(status: 200) : await deliver(request)
      }
    }
    await deployment.gateway.publishDueEpochs()
    try await Self.expectRefusal(deployment, ClientError.noPeer, hops: 2, called: 0)
    #expect(model.count == 0)
    let health = try await deployment.get("/health", from: Self.orchestrators[0])
    #expect(String(decoding: health.body, as: UTF8.self).contains(#""peers":0"#))
  }

  @Test("nodes of an earlier epoch, handed over again")
  func replayed() async throws {
    let deployment = try await InMemoryDeployment.started(Self.options())
    let message = try #require(
      deployment.network.messages(to: Self.orchestrators[0]).first { $0.request.path == "/peers" })
    #expect(message.response?.status == 200)
    await deployment.passMinutes(60)
    let host = deployment.network.exchange(from: "host", address: "127.0.0.5")
    let answer = try await host.send(
      WholeRequest(method: "POST", path: "/peers", body: message.request.body), to: Self.orchestrators[0],
      bodyLimit: 1 << 20)
    #expect(answer.refusalCode == "node-note-older")
  }

  @Test("nodes handed to a node that calls nobody")
  func unwanted() async throws {
    let deployment = try await InMemoryDeployment.started(Self.options())
    let host = deployment.network.exchange(from: "host", address: "127.0.0.5")
    let answer = try await host.send(
      WholeRequest(method: "POST", path: "/peers"), to: Self.models[0], bodyLimit: 1 << 20)
    #expect(answer.refusalCode == "node-peers-unwanted")
    #expect(
      !deployment.network.messages(to: Self.models[0]).contains {
        $0.sender == "gateway" && $0.request.path == "/peers"
      })
  }
}

/// A model that says one thing, and how often it was asked.
private final class ModelThatCounts: GenerativeEngine {
  let name = "counting"
  let budget = ContextBudget.standard
  private let asked = Mutex(0)

  var count: Int { asked.withLock { $0 } }

  func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    asked.withLock { $0 += 1 }
    return ChatCompletionResponse(identifier: "c", created: 7, model: name, content: "said")
  }
}
