import BinaryHTTP
import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import InMemoryParties
import Inference
import ObliviousHTTP
import StrictJSON
import Synchronization
import Testing
import TransparencyLog
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

  @Test("freshness: an old epoch whose key has the current one's identifier gives no peers and no replay")
  func oldEpochOfOneIdentifier() async throws {
    let model = ModelThatCounts()
    let deployment = try await InMemoryDeployment.started(Self.options(model))
    let old = try await HandmadeRequest(deployment)
    #expect(try await Self.health(deployment)["peers"] == 2)
    // The host goes on with the note of 256 epochs later, while hardly any time passes.
    let offer = try await Self.takeKey(of: 1 + 256, from: deployment)
    let oldKey = try KeyConfiguration(decoding: old.bundle.nodes[Self.orchestratorIndex(in: old)].keyConfiguration)
    let newKey = try KeyConfiguration(decoding: offer)
    #expect(oldKey.keyIdentifier == newKey.keyIdentifier && oldKey != newKey)
    let health = try await Self.health(deployment)
    #expect(health["peers"] == 0)
    guard case .array(let keys)? = health["keys"] else { throw CancellationError() }
    #expect(keys.count == 1)

    let body = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))
    let request = try SealedChunks(try HandmadeRequest.innerRequest(body: body), to: newKey)
    let message = request.encapsulatedRequest
    let opener = request.takeOpener()
    let answer = try await old.send(old.nodeRequest(message), to: Self.orchestrators[0])
    let refusal = try BinaryHTTP.Response(decoding: try opener.open(answer.body))
    #expect(refusal.refusalCode == "node-no-peer")
    #expect(model.count == 0)
    let toOldKey = try SealedChunks(try HandmadeRequest.innerRequest(body: body), to: oldKey).encapsulatedRequest
    #expect(try await old.send(old.nodeRequest(toOldKey), to: Self.orchestrators[0]).status == 400)
    // Behind the end that the old key had when its successor came.
    deployment.clock.advance(bySeconds: 16 * 60)
    let again = try await old.send(old.nodeRequest(message), to: Self.orchestrators[0])
    #expect(again.refusalCode == "node-replay")
  }

  private static func orchestratorIndex(in request: HandmadeRequest) -> Int {
    request.deployment.bundleIndex(ofNode: 0, in: request.bundle)
  }

  private static func health(_ deployment: InMemoryDeployment) async throws -> [String: JSONValue] {
    let answer = try await deployment.get("/health", from: orchestrators[0])
    guard case .object(let members) = try JSONValue(parsing: answer.body) else { throw CancellationError() }
    return members
  }

  /// Hands the first orchestrator a note of `epoch` leaves, as the witnesses cosign it once the log is that large.
  /// - Returns: the key configuration that it offers.
  private static func takeKey(of epoch: UInt64, from deployment: InMemoryDeployment) async throws -> [UInt8] {
    let identity = deployment.identity
    let checkpoint = try Checkpoint(
      origin: identity.epochLogKey.verifierKey.name, treeSize: epoch,
      rootHash: try TreeHash([UInt8](repeating: 5, count: 32)))
    let cosignatures = try identity.witnessKeys.map { try $0.cosign(checkpoint, at: deployment.clock.now) }
    let note = try SignedNote(
      text: checkpoint.text, signatures: [try identity.epochLogKey.sign(checkpoint.text)] + cosignatures)
    let handed = try #require(
      deployment.network.messages(to: orchestrators[0]).first {
        $0.request.path == "/keys" && $0.response?.status == 200
      })
    guard case .object(var members) = try JSONValue(parsing: handed.request.body, byteLimit: 1 << 20) else {
      throw CancellationError()
    }
    members["note"] = .string(Data(note.encoded).base64EncodedString())
    let answer = try await deployment.network.exchange(from: "host", address: "127.0.0.5").send(
      WholeRequest(method: "POST", path: "/keys", body: JSONValue.object(members).canonicalBytes),
      to: orchestrators[0], bodyLimit: 1 << 20)
    guard case .object(let offer) = try JSONValue(parsing: answer.body, byteLimit: 1 << 20),
      case .string(let encoded)? = offer["keyConfiguration"], let bytes = Data(base64Encoded: encoded)
    else { throw CancellationError() }
    return Array(bytes)
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
