import ChatHistory
import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import Inference
import TestDeployment
import Testing
import Trust
import WireFormat

@Suite("One request, from the export to the receipt")
struct SummarizeTests {
  @Test("a summary comes back, and a receipt is left")
  func summary() async throws {
    let client = try ClientHarness().client
    let answer = try await client.summarize()
    #expect(answer.summary == "Extractive summary")
    #expect(answer.isExtractive)
    #expect(answer.isSimulated)
    #expect(answer.messageCount == 3)
    let receipt = try client.state.receipts.receipt(answer.receiptIdentifier)
    #expect(receipt.epoch == ClientHarness.epoch)
    #expect(receipt.hops.count == 1)
    #expect(try client.state.receipts.all() == [receipt])
  }

  @Test("the chat's words are nowhere on the wire, and reach one node")
  func wire() async throws {
    let client = try ClientHarness().client
    _ = try await client.summarize()
    let marker = Array(ClientFixture.marker.utf8)
    for arrival in client.parties.arrivals {
      #expect(arrival.request.body.firstRange(of: marker) == nil)
      #expect(!arrival.request.path.contains(ClientFixture.marker))
    }
    let content = try #require(client.parties.contents.first)
    #expect(content.firstRange(of: marker) != nil)
    #expect(client.parties.askedNodes.count == 1)
  }

  @Test("refused before anything is sent: a range without a message")
  func emptyRange() async throws {
    let client = try ClientHarness().client
    let time = try #require(LocalTime(year: 2027, month: 1, day: 1))
    await #expect(throws: ClientError(InferenceError.taskInvalid, "")) {
      _ = try await client.client.summarize(
        ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8)), range: .since(time))
    }
    #expect(client.parties.arrivals.isEmpty)
    #expect(try client.state.wallet.tokenCount(goodOn: 2, plan: DeploymentFixture.tokenPlan) == 2)
  }

  @Test("a second request takes the epoch from the state, not from the relay")
  func cachedEpoch() async throws {
    let client = try ClientHarness().client
    _ = try await client.summarize()
    _ = try await client.summarize()
    #expect(client.parties.arrivals.filter { $0.request.method == "GET" }.count == 1)
  }

  @Test("another process takes the epoch from the state as well")
  func cachedEpochOfAnotherProcess() async throws {
    let harness = try ClientHarness()
    let client = harness.client
    _ = try await client.summarize()
    let time = harness.fixture.time(in: ClientHarness.epoch)
    let other = CloisterClient(
      state: try ClientState(path: client.path), exchange: client.parties, issuerExchange: client.parties,
      clock: ClientClock { time })
    _ = try await other.summarize(ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8)))
    #expect(client.parties.arrivals.filter { $0.request.method == "GET" }.count == 1)
  }

  @Test("a busy node is followed by the other one, once, with another token")
  func busyNode() async throws {
    let client = try ClientHarness().client
    let nodes = try await client.client.currentEpoch().bundle.nodes.map(\.identifier.hexadecimal)
    client.parties.behave { $0.busyNodes = Set(nodes) }
    #expect(await client.refusal() == ClientError.nodeBusy)
    #expect(client.parties.askedNodes.count == 2)
    #expect(Set(client.parties.askedNodes).count == 2)
    #expect(Set(client.parties.authorizations).count == 2)
    let receipt = try #require(try client.state.receipts.all().first)
    #expect(receipt.hops.map(\.failure) == [ClientError.nodeBusy, ClientError.nodeBusy])
    #expect(receipt.failureWords == "refused by the node: node-busy")
    let sentence = "It was not answered there: refused by the node: node-busy."
    #expect(ReceiptNarrative(receipt).sentences.count { $0 == sentence } == 2)
    try client.state.receipts.verify(receipt)
  }

  @Test("a node that the gateway cannot reach is followed by the other one")
  func unreachableNode() async throws {
    let client = try ClientHarness(tokenCount: 8).client
    let nodes = try await client.client.currentEpoch().bundle.nodes
    client.parties.behave { $0.unreachableNodes = [nodes[0].identifier.hexadecimal] }
    for _ in 0..<4 { #expect(try await client.summarize().summary == "Extractive summary") }
  }

  @Test("a connection that does not come about is tried once more, and costs neither receipt nor token when both fail")
  func refusedConnection() async throws {
    let client = try ClientHarness().client
    client.parties.behave { $0.refusedConnections = 2 }
    let tokens = try client.state.wallet.tokenDigests()
    #expect(await client.refusal() == HTTPExchangeError.unreachable)
    #expect(try client.state.receipts.all().isEmpty)
    #expect(client.parties.askedNodes.isEmpty)
    #expect(try client.state.wallet.tokenDigests() == tokens)
  }

  enum RelayFailure: CaseIterable {
    case notThere, breaksOff, breaksOffAmidAnAnswer, refuses

    func happen(to parties: InMemoryParties) {
      parties.behave { behaviour in
        switch self {
        case .notThere: behaviour.refusedConnections = 2
        case .breaksOff: behaviour.interruptedExchanges = 2
        case .breaksOffAmidAnAnswer: behaviour.brokenFrame = 1
        case .refuses: behaviour.relayStatus = 502
        }
      }
    }
  }

  @Test("a relay that fails a request is named in the error, as the policy has it", arguments: RelayFailure.allCases)
  func failedRelay(_ failure: RelayFailure) async throws {
    let client = try ClientHarness().client
    _ = try await client.client.currentEpoch()
    failure.happen(to: client.parties)
    do {
      try await client.summarize(in: .frames).remainder?.finish()
      Issue.record("the request was answered")
    } catch let error as ClientError {
      #expect(error.message.contains("relay \(DeploymentFixture.relayServer)"), "\(error)")
    }
  }

  @Test("a receipt stays when the answer fails after sending")
  func interrupted() async throws {
    let client = try ClientHarness().client
    client.parties.behave { $0.interruptedExchanges = 2 }
    let tokenCount = try client.state.wallet.tokenDigests().count
    #expect(await client.refusal() == HTTPExchangeError.interrupted)
    // They may have been seen.
    #expect(try client.state.wallet.tokenDigests().count == tokenCount - 2)
    let receipts = try client.state.receipts.all()
    #expect(receipts.count == 1 && receipts[0].failureWords == "failed: http-interrupted")
  }

  @Test("control and direction characters are taken out of the summary")
  func sanitized() async throws {
    let client = try ClientHarness().client
    client.parties.behave { $0.summary = "red \u{1B}[31m\u{202E}text" }
    #expect(try await client.summarize().summary == "red [31mtext")
  }

  @Test("a chat that escapes to more than the largest class is cut, not refused")
  func largeChat() async throws {
    let client = try ClientHarness().client
    let line = "12/03/2026, 09:15 - Ana: \(String(repeating: "\"", count: 128))\n"
    let export = ChatExport(
      fileName: "chat.txt", bytes: Array(String(repeating: line, count: 4_000).utf8))
    let answer = try await client.client.summarize(export, range: .unread(4_000))
    #expect(answer.omission.overLimitCount > 0)
    #expect(try client.state.receipts.all().map(\.requestClass) == [524_288])
  }
}
