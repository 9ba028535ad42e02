import CloisterClient
import Crypto
import ErrorCodes
import Foundation
import HTTPMessages
import Inference
import TestDeployment
import Testing
import Trust

/// The code of the articles in Sources/CloisterClient/CloisterClient.docc, as it is there.
@Suite("The articles' code")
struct TutorialCode {
  private final class Screen {
    var text = ""
    func show(_ text: String) { self.text += text }
  }

  private static func chunk(_ text: String) -> String {
    ChatCompletionChunk(identifier: "chatcmpl-1", created: 7, model: "test", content: text).jsonValue.canonicalText
  }

  @Test("a state in memory, a transport and a clock of one's own: trust, opt in, draw, ask")
  func fromPolicyToAnswer() async throws {
    let harness = try ClientHarness()
    let parties = harness.client.parties
    let (relayExchange, issuerExchange) = (parties, parties)
    let time = harness.fixture.time(in: ClientHarness.epoch)
    let policy = harness.fixture.signedPolicy().encoded
    let accountKey = "account-key"
    parties.behave { $0.events = [Self.chunk("Yes,"), Self.chunk(" it\u{1B} is."), "[DONE]"] }
    let state = try ClientState(storage: MemoryStorage())
    let client = CloisterClient(
      state: state, exchange: relayExchange, issuerExchange: issuerExchange, clock: ClientClock { time })
    try state.policies.trust(TrustedPolicy(published: Statement(parsing: policy)))
    try state.keepAccountKey(accountKey)
    try state.consent.change { $0.grant("chat") }
    let draw = try await client.drawTokens()
    #expect(draw.availableCount == 2)
    let screen = Screen()
    try await Self.ask("Is Friday still good?", client, show: screen.show)
    #expect(screen.text == "Yes, it is.")
    let identifier = try #require(try state.receipts.all().first?.identifier)
    try Self.explain(identifier, state, show: screen.show)
    #expect(screen.text.contains("SIMULATED"))
    #expect(try state.wallet.tokenCounts().values.reduce(0, +) == 1)
  }

  @Test("the example of a summary")
  func summary() async throws {
    let client = try ClientHarness().client
    let screen = Screen()
    try await Self.summarize(Array(ClientFixture.chat.utf8), client.client, show: screen.show)
    #expect(screen.text == "Extractive summary")
  }

  @Test("a refusal is told by its code, and an empty wallet in words")
  func refusals() async throws {
    let client = try ClientHarness(tokenCount: 0).client
    let screen = Screen()
    try await Self.ask("Is Friday still good?", client.client, show: screen.show)
    #expect(screen.text == "Not sent: consent-missing")
    try client.state.consent.change { $0.grant("chat") }
    screen.text = ""
    try await Self.ask("Is Friday still good?", client.client, show: screen.show)
    #expect(screen.text == "No private requests are left today.")
  }

  @Test("a key store of one's own keeps the wallet's key")
  func keyStore() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let keyStore = OneKey()
    let state = try ClientState(path: path, walletKey: keyStore)
    #expect(try state.wallet.holdings().isEmpty)
  }

  private struct OneKey: WalletKeySource {
    let key = SymmetricKey(size: .bits256)
    func existingKey() throws(ClientError) -> SymmetricKey? { key }
    func makeKey() throws(ClientError) -> SymmetricKey { key }
  }

  private static func ask(_ question: String, _ client: CloisterClient, show: (String) -> Void) async throws {
    do {
      for try await text in try await client.ask(question) { show(text) }
    } catch ClientError.walletEmpty {
      show("No private requests are left today.")
    } catch {
      show("Not sent: \(error.code)")
    }
  }

  private static func summarize(
    _ bytes: [UInt8], _ client: CloisterClient, show: (String) -> Void
  ) async throws {
    let export = ChatExport(fileName: "chat.txt", bytes: bytes)
    let answer = try await client.summarize(export, range: .unread(50))
    show(answer.summary)
  }

  private static func explain(_ identifier: String, _ state: ClientState, show: (String) -> Void) throws {
    let receipt = try state.receipts.receipt(identifier)
    try state.receipts.verify(receipt)
    show(ReceiptNarrative(receipt).text)
  }
}
