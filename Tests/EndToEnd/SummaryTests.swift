import CloisterClient
import Foundation
import InMemoryParties
import Inference
import StrictJSON
import Testing
import Trust
import WireFormat

@Suite("A chat in, a private summary out", .keepsFolders)
struct SummaryTests {
  @Test("a chat is summarised through relay, gateway and an attested node")
  func chatIsSummarised() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    let answer = try await client.summarize(ChatText.export())
    #expect(answer.summary.contains("Saturday"))
    #expect(answer.engine == EmbeddedEngine().name)
    #expect(answer.isExtractive)
    #expect(answer.isSimulated)
    #expect(answer.messageCount == ChatText.messages.count)
    #expect(try await client.state.wallet.tokenCount(goodOn: 0) == 5)
  }

  @Test("the request passes the relay, the gateway and one node, in this order and once each")
  func pathIsRelayGatewayNode() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    deployment.network.forgetMessages()
    _ = try await client.summarize(ChatText.export())
    // Answers come back from the far end first.
    let posts = deployment.network.messages.filter { $0.request.method == "POST" }
    #expect(posts.map(\.sender) == ["gateway", "relay", "client"])
    #expect(posts.first?.server.hasPrefix("http://node-") == true)
    #expect(posts.dropFirst().map(\.server) == [DeploymentNames.gateway, DeploymentNames.relay])
  }

  @Test("the receipt verifies offline, from the bundle stored beside it")
  func receiptVerifiesOffline() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    let answer = try await client.summarize(ChatText.export())
    let state = await client.state
    let receipt = try state.receipts.receipt(answer.receiptIdentifier)
    let path = "\(state.path)/bundles/\(receipt.bundleDigest.hexadecimal).epoch"
    let file = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let sent = deployment.network.messages.count
    try ReceiptVerifier(try state.policies.current()).verify(receipt, file: file)
    #expect(deployment.network.messages.count == sent)
    #expect(receipt.epoch == 1)
    #expect(receipt.hops.count == 1)
  }

  @Test("many clients at once get their own summaries")
  func manyClientsAtOnce() async throws {
    var options = InMemoryDeployment.Options()
    options.engine = { _ in ScriptedEngine(.repeatsLastMessage) }
    let deployment = try await InMemoryDeployment.started(options)
    let ada = try await deployment.makeClientWithTokens(account: "ada")
    let bob = try await deployment.makeClientWithTokens(account: "bob", address: "127.0.0.9")
    try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for index in 0..<6 {
        let client = index.isMultiple(of: 2) ? ada : bob
        group.addTask {
          (index, try await client.summarize(ChatText.export(saying: "the code word is melon\(index)")).summary)
        }
      }
      for try await (index, summary) in group {
        #expect(summary.contains("melon\(index)"))
        for other in 0..<6 where other != index { #expect(!summary.contains("melon\(other)")) }
      }
    }
  }

  @Test("each party records what it saw: addresses, names and sizes, and the content at the node alone")
  func observations() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    _ = try await client.summarize(ChatText.export())
    func records(_ party: String) throws -> [[String: JSONValue]] {
      let file = "\(deployment.partiesFolder)/observed/\(party).jsonl"
      let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
      return try text.split(separator: "\n").compactMap { line in
        guard case .object(let members) = try JSONValue(parsing: Array(line.utf8)) else { return nil }
        return members
      }
    }
    let relay = try records("relay").filter { $0["method"] == "POST" }
    #expect(relay.map { $0["peer"] } == ["127.0.0.2"])
    #expect(relay.allSatisfy { $0["tokenDigest"] == nil && $0["opened"] == "none" && $0["content"] == false })
    let gateway = try records("gateway").filter { $0["method"] == "POST" }
    #expect(gateway.map { $0["peer"] } == ["127.0.0.4"])
    #expect(gateway.allSatisfy { $0["tokenDigest"] != nil && $0["opened"] == "outer" && $0["content"] == false })
    let nodes = try (1...3).flatMap { try records("node-\($0)") }.filter { $0["opened"] == "inner" }
    #expect(nodes.map { $0["peer"] } == ["127.0.0.5"])
    #expect(nodes.allSatisfy { $0["content"] == true && $0["tokenDigest"] == nil })
    let issuer = try records("issuer").filter { $0["method"] == "POST" }
    // One batch.
    #expect(issuer.count == 1)
    #expect(issuer.allSatisfy { $0["account"] == "ada" && $0["tokenDigest"] == nil && $0["content"] == false })
  }
}
