import CloisterClient
import ErrorCodes
import Inference
import StrictJSON
import TestDeployment
import Testing
import Trust

@Suite("What the nodes can be asked for, by their verified release")
struct OfferTests {
  enum Asked {
    case summary, concise, friendlier, reply, chat

    func ask(_ client: CloisterClient) async throws(ClientError) {
      let export = ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8))
      switch self {
      case .summary: _ = try await client.summarize(export)
      case .concise: _ = try await client.rewrite(ClientFixture.marker, tone: .concise)
      case .friendlier: _ = try await client.rewrite(ClientFixture.marker, tone: .friendlier)
      case .reply: _ = try await client.reply(export)
      case .chat:
        let message = ChatCompletionRequest.Message(role: .user, content: ClientFixture.marker)
        _ = try await client.chat(
          try coded { try ChatCompletionRequest(model: "any", messages: [message], stream: true) })
      }
    }

    private func coded<Value>(_ body: () throws -> Value) throws(ClientError) -> Value {
      do { return try body() } catch { throw ClientError(InferenceError.requestInvalid, "\(error)") }
    }
  }

  private static func client(_ capabilities: Set<ReleaseEntry.Capability>?) throws -> ClientFixture {
    try granted(try ClientHarness { plan, _ in plan.releases[0].entry.capabilities = capabilities }.client)
  }

  private static func granted(_ client: ClientFixture) throws -> ClientFixture {
    try client.state.consent.change { consent in
      for task in [RewriteAnswer.task, ReplyAnswer.task, ChatAnswer.task] { consent.grant(task) }
    }
    return client
  }

  /// Orchestrators that pass whole tasks on, to nodes that can do this.
  private static func client(calling capabilities: Set<ReleaseEntry.Capability>) throws -> ClientFixture {
    var fixture = try DeploymentFixture.shared.get()
    fixture.nameModelRelease()
    var plan = fixture.orchestratedPlan()
    plan.releases[0].entry.capabilities = [.tasks]
    plan.releases[1].entry.capabilities = capabilities
    let file = try fixture.publish(plan)
    let client = try ClientFixture(fixture, time: fixture.time(in: ClientHarness.epoch))
    client.parties.serve(file, epoch: ClientHarness.epoch)
    return try granted(client)
  }

  private static func expectRefusal(of asked: Asked, _ client: ClientFixture) async throws {
    let tokens = try client.state.wallet.tokenCounts()
    await #expect(throws: ClientError(ClientError.engineCannot, "")) { try await asked.ask(client.client) }
    #expect(client.hasSentNothing, "something left the client")
    #expect(try client.state.wallet.tokenCounts() == tokens, "a token was touched")
    #expect(try client.state.receipts.all().isEmpty)
  }

  @Test(
    "refused: a task that the release names nothing for, before a token is spent",
    arguments: [
      (.friendlier, [.rules]), (.reply, [.rules]), (.chat, [.rules]), (.chat, [.tasks]), (.summary, [.embeddings]),
      (.concise, [.embeddings]), (.reply, [.rules, .embeddings]),
    ] as [(Asked, Set<ReleaseEntry.Capability>)])
  func cannot(asked: Asked, capabilities: Set<ReleaseEntry.Capability>) async throws {
    try await Self.expectRefusal(of: asked, try Self.client(capabilities))
  }

  @Test(
    "refused: a task that is passed on to nodes whose release names nothing for it",
    arguments: [Asked.reply, .friendlier])
  func calledCannot(asked: Asked) async throws {
    try await Self.expectRefusal(of: asked, try Self.client(calling: [.rules]))
  }

  @Test("control: what the release names something for is asked, and so is all where it does not say")
  func asked() async throws {
    let reply: JSONValue = ["text": "I do.", "engine": "test engine", "engineMicroseconds": 10]
    for capabilities in [[.rules], [.chat], [.tasks], nil] as [Set<ReleaseEntry.Capability>?] {
      let client = try Self.client(capabilities)
      try await Asked.summary.ask(client.client)
      guard capabilities != [.rules] else { continue }
      client.parties.behave { $0.document = reply }
      try await Asked.reply.ask(client.client)
      #expect(try client.state.receipts.all().count == 2)
    }
  }

  @Test("an offer tells what all nodes can do, what some cannot, and what their release does not say")
  func offer() async throws {
    func offer(_ client: ClientFixture) async throws -> [Bool?] {
      let offer = try await client.client.offer()
      #expect(client.hasSentNothing)
      // No node of the epoch embeds.
      #expect(offer.embeddings == false)
      return [offer.summaries, offer.writing, offer.chats]
    }
    #expect(try await offer(try Self.client([.chat])) == [true, true, true])
    #expect(try await offer(try Self.client([.rules])) == [true, false, false])
    #expect(try await offer(try Self.client([.embeddings])) == [false, false, false])
    #expect(try await offer(try Self.client(nil)) == [nil, nil, nil])
    #expect(try await offer(try Self.client(calling: [.rules])) == [true, false, false])
    #expect(try await offer(try Self.client(calling: [.chat])) == [true, true, false])
  }
}
