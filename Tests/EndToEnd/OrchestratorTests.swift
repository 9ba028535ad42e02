import CloisterClient
import Foundation
import HTTPMessages
import InMemoryParties
import Inference
import StrictJSON
import Synchronization
import Testing
import Trust
import WireFormat

@Suite("A node that calls another", .keepsFolders)
struct OrchestratorTests {
  /// A model of model nodes, whose words say which node it is on.
  private struct Model: GenerativeEngine {
    let name: String
    let budget = ContextBudget.standard
    static let usage = TokenUsage(promptTokenCount: 9, completionTokenCount: 4)

    func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
      ChatCompletionResponse(
        identifier: "c", created: 7, model: name, content: "\(name) read \(request.messages.count) messages",
        usage: Self.usage)
    }
  }

  static func options(modelNodeCount: Int = 2) -> InMemoryDeployment.Options {
    var options = InMemoryDeployment.Options()
    options.modelNodeCount = modelNodeCount
    options.engine = { Model(name: "model on node \($0 + 1)") }
    options.pacing = .whenFilled
    return options
  }

  private static func file(_ receipt: Receipt, of client: CloisterClient) async throws -> [UInt8] {
    let path = await "\(client.state.path)/bundles/\(receipt.bundleDigest.hexadecimal).epoch"
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test("a summary comes from a model node through an orchestrator, and the receipt has both hops and verifies offline")
  func summary() async throws {
    let deployment = try await InMemoryDeployment.started(Self.options())
    let client = try await deployment.makeClientWithTokens()
    deployment.network.forgetMessages()
    let answer = try await client.summarize(ChatText.export())
    #expect(answer.summary.contains(#/model on node [45] read/#))
    let posts = deployment.network.messages.filter { $0.request.method == "POST" }
    #expect(posts.first?.sender.hasPrefix("node-") == true)
    #expect(posts.map(\.sender).suffix(3) == ["gateway", "relay", "client"])

    let state = await client.state
    let receipt = try state.receipts.receipt(answer.receiptIdentifier)
    #expect(receipt.hops.map(\.role) == [DeploymentNames.nodeRole])
    let called = try #require(receipt.hops.first).called
    #expect(called.map(\.role) == [DeploymentNames.modelRole])
    #expect(called.map(\.release) == [DeploymentNames.modelReleaseName])
    #expect(called.first?.verified == receipt.hops.first?.verified)
    let file = try await Self.file(receipt, of: client)
    try ReceiptVerifier(try state.policies.current()).verify(receipt, file: file)
    #expect(ReceiptNarrative(receipt).text.contains("passed its part on, encrypted to the model node"))
  }

  @Test("a chat streams through both nodes, and so do its counts of tokens")
  func chat() async throws {
    let deployment = try await InMemoryDeployment.started(Self.options())
    let client = try await deployment.makeClientWithTokens()
    try await client.state.consent.change { $0.grant("chat") }
    let answer = try await client.chat(
      ChatCompletionRequest(model: "local", messages: [.init(role: .user, content: "hello")], stream: true))
    var text = ""
    var usage: TokenUsage?
    for try await chunk in answer {
      text += chunk.content
      usage = chunk.usage
    }
    #expect(text.hasSuffix("read 1 messages"))
    #expect(usage == Model.usage)
    let receipt = try await client.state.receipts.receipt(answer.receiptIdentifier)
    #expect(receipt.hops.first?.called.count == 1)
  }

  @Test("an orchestrator calls the nodes of the epoch that a request is sealed for, also after the next one began")
  func rollover() async throws {
    let deployment = try await InMemoryDeployment.started(Self.options())
    let client = try await deployment.makeClientWithTokens()
    for _ in 0..<3 {
      let answer = try await client.summarize(ChatText.export())
      let receipt = try await client.state.receipts.receipt(answer.receiptIdentifier)
      let bundle = try EpochBundle(
        decoding: EpochFile(decoding: try await Self.file(receipt, of: client)).bundle)
      let called = try #require(receipt.hops.first?.called.first)
      #expect(bundle.nodes.contains { $0.identifier == called.node })
      await deployment.passMinutes(60)
    }
  }

  @Test("whole tasks are passed on to nodes with the embedded engine, and come back as those nodes labelled them")
  func wholeTasks() async throws {
    var options = Self.options()
    options.passesTasks = true
    options.engine = { _ in EmbeddedEngine() }
    let deployment = try await InMemoryDeployment.started(options)
    let client = try await deployment.makeClientWithTokens()
    try await client.state.consent.change { for task in ["chat", "rewrite", "reply"] { $0.grant(task) } }
    let summary = try await client.summarize(ChatText.export())
    #expect(summary.isExtractive)
    #expect(summary.summary.contains("Ada"))
    let receipt = try await client.state.receipts.receipt(summary.receiptIdentifier)
    #expect(receipt.hops.first?.called.map(\.role) == [DeploymentNames.modelRole])
    let rewritten = try await client.rewrite("We met due to the fact that it rained.", tone: .concise)
    #expect(rewritten.isRuleBased && rewritten.text == "We met because it rained.")
    // The refusals of those nodes come back as their own.
    await #expect(throws: ClientError(InferenceError.engineCannot, "")) { try await client.reply(ChatText.export()) }
    await #expect(throws: ClientError(InferenceError.engineCannot, "")) {
      let request = try ChatCompletionRequest(
        model: "local", messages: [.init(role: .user, content: "hello")], stream: true)
      for try await _ in try await client.chat(request) {}
    }
  }

  @Test(
    "an orchestrator that did not take the nodes when they were published is offered them until it does, and then no more"
  )
  func offeredAgain() async throws {
    let deployment = try await InMemoryDeployment(Self.options())
    let orchestrators = DeafOrchestrators(deployment)
    await deployment.gateway.publishDueEpochs()
    #expect(try await Self.withoutPeers(deployment) == 3)
    let client = try await deployment.makeClientWithTokens()
    await #expect(throws: ClientError(ClientError.noPeer, "")) { try await client.summarize(ChatText.export()) }
    await deployment.gateway.handOverPeers()
    #expect(try await Self.withoutPeers(deployment) == 3)

    orchestrators.listen()
    await deployment.gateway.handOverPeers()
    #expect(try await Self.withoutPeers(deployment) == 0)
    #expect(try await client.summarize(ChatText.export()).summary.contains("model on node"))
    deployment.network.forgetMessages()
    await deployment.gateway.handOverPeers()
    #expect(deployment.network.messages.isEmpty)
  }

  @Test("an orchestrator that missed one epoch's nodes takes the next one's")
  func missedOneEpoch() async throws {
    let deployment = try await InMemoryDeployment(Self.options())
    let orchestrators = DeafOrchestrators(deployment)
    await deployment.gateway.publishDueEpochs()
    orchestrators.listen()
    await deployment.passMinutes(60)
    #expect(try await Self.withoutPeers(deployment) == 0)
    let client = try await deployment.makeClientWithTokens()
    #expect(try await client.summarize(ChatText.export()).summary.contains("model on node"))
  }

  @Test("a gateway that is started again offers the nodes of the epoch that it finds published")
  func gatewayStartedAgain() async throws {
    let deployment = try await InMemoryDeployment(Self.options())
    let orchestrators = DeafOrchestrators(deployment)
    await deployment.gateway.publishDueEpochs()
    orchestrators.listen()
    _ = try await deployment.startGateway(at: DeploymentNames.gateway)
    #expect(try await Self.withoutPeers(deployment) == 0)
    let client = try await deployment.makeClientWithTokens()
    #expect(try await client.summarize(ChatText.export()).summary.contains("model on node"))
  }

  /// What the gateway says of nodes that call others and did not take the newest epoch.
  private static func withoutPeers(_ deployment: InMemoryDeployment) async throws -> UInt64 {
    let health = try await deployment.get("/health", from: DeploymentNames.gateway)
    var object = try JSONObject(parsing: health.body, name: "health")
    return try object.count("withoutPeers")
  }

  @Test("what passes between the nodes is sealed: no word of the chat is on any wire")
  func sealed() async throws {
    let deployment = try await InMemoryDeployment.started(Self.options())
    let client = try await deployment.makeClientWithTokens()
    deployment.network.forgetMessages()
    _ = try await client.summarize(ChatText.export(saying: "Quittenmarmelade"))
    let marker = Array("Quittenmarmelade".utf8)
    #expect(deployment.network.messages.count > 3)
    for message in deployment.network.messages {
      #expect(message.request.body.firstRange(of: marker) == nil)
      #expect(message.response?.body.firstRange(of: marker) == nil)
    }
  }
}

/// Orchestrators that take no nodes to call, until they listen.
private final class DeafOrchestrators: Sendable {
  private let isDeaf = Mutex(true)

  init(_ deployment: InMemoryDeployment) {
    for index in 0..<deployment.options.nodeCount {
      deployment.network.intercept(DeploymentNames.node(index)) { [self] request, deliver in
        guard request.path == "/peers", isDeaf.withLock(\.self) else { return await deliver(request) }
        return WholeResponse(status: 503)
      }
    }
  }

  func listen() { isDeaf.withLock { $0 = false } }
}
