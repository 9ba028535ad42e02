import CloisterClient
import Foundation
import InMemoryParties
import StrictJSON
import Testing

@Suite("The history in the local page", .keepsFolders)
struct PageHistoryTests {
  private static let passphrase = "correct horse"
  private static let draft = "In order to save time, we meet at noon."

  /// With a history that asks for little memory.
  private static func keeping(_ tasks: String...) async throws -> PageFixture {
    let fixture = try await PageFixture()
    for task in tasks { try fixture.state.consent.change { $0.grant(task) } }
    try fixture.state.history.turnOn(try HistoryPassphrase(passphrase, logRounds: 10))
    return fixture
  }

  private func read(_ fixture: PageFixture) async throws -> PageJSON {
    try await fixture.post("history/read", ["passphrase": .string(Self.passphrase)])
  }

  private func summary(_ fixture: PageFixture) async throws -> [PageJSON] {
    let preview = try await fixture.preview().preview
    return try await fixture.events("summary", ["preview": preview["id"]?.value ?? .null])
  }

  private func rewriting(_ fixture: PageFixture) async throws -> [PageJSON] {
    try await fixture.events("writing", ["draft": .string(Self.draft), "tone": "concise"])
  }

  @Test("it is off at first, and then an answer leaves nothing")
  func offAtFirst() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let status = try await fixture.get("history")
    #expect(status["on"]?.flag == false)
    #expect(status["exists"]?.flag == false)
    let last = try #require(try await summary(fixture).last)
    #expect(last["notes"]?.elements.contains { $0.text?.contains("history") == true } == false)
    #expect(try await fixture.get("history")["entries"]?.number == 0)
  }

  @Test("a passphrase turns it on, and what is answered then is read with it, newest first")
  func keptAndRead() async throws {
    let fixture = try await PageFixture.granted("summarize", "rewrite")
    let on = try await fixture.post("history/on", ["passphrase": .string(Self.passphrase)])
    #expect(on["on"]?.flag == true)
    let summarised = try await summary(fixture)
    #expect(summarised.last?["notes"]?.elements.last?.text == "Kept in your history.")
    fixture.deployment.clock.advance(bySeconds: 1)
    let rewritten = try await rewriting(fixture)
    let kept = try await read(fixture)
    let entries = try #require(kept["entries"]?.elements)
    #expect(entries.map { $0["taskTitle"]?.text } == ["Help with a draft", "Summary of a chat"])
    #expect(entries[0]["question"]?.text == Self.draft)
    #expect(entries[0]["receipt"]?.text == rewritten.last?["receipt"]?.text)
    #expect(entries[1]["subject"]?.text == "Picnic")
    let lines = summarised.filter { $0["event"]?.text == "text" }.compactMap { $0["text"]?.text }
    #expect(!lines.isEmpty)
    for line in lines { #expect(entries[1]["answer"]?.text?.contains(line) == true) }
    #expect(entries.allSatisfy { $0["simulated"]?.flag == true })
    #expect(kept["older"]?.number == 0)
    #expect(kept["damaged"]?.elements.isEmpty == true)
  }

  @Test("neither answer nor passphrase is in any file of the state in clear")
  func sealed() async throws {
    let fixture = try await Self.keeping("rewrite")
    _ = try await rewriting(fixture)
    _ = try await read(fixture)
    let folder = URL(fileURLWithPath: fixture.state.receipts.path("")).deletingLastPathComponent()
      .deletingLastPathComponent()
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var names: [String] = []
    for case let file as URL in files {
      guard let bytes = try? Data(contentsOf: file) else { continue }
      names.append(file.lastPathComponent)
      for text in ["we meet at noon", Self.passphrase] {
        #expect(bytes.firstRange(of: Data(text.utf8)) == nil, "\(file.lastPathComponent)")
      }
    }
    #expect(names.contains { $0.hasSuffix(".entry") })
  }

  @Test("another passphrase reads nothing, and does not turn it on again")
  func otherPassphrase() async throws {
    let fixture = try await Self.keeping("rewrite")
    _ = try await rewriting(fixture)
    fixture.deployment.network.forgetMessages()
    let other: JSONValue = ["passphrase": "battery staple"]
    #expect(try await fixture.refusal(fixture.request("history/read", other)) == "history-locked")
    _ = try await fixture.post("history/off", [:])
    #expect(try await fixture.refusal(fixture.request("history/on", other)) == "history-locked")
    #expect(try await fixture.get("history")["on"]?.flag == false)
    #expect(try await read(fixture)["entries"]?.elements.count == 1)
  }

  @Test("a passphrase that is too short or too long")
  func passphraseBounds() async throws {
    let fixture = try await PageFixture.granted("summarize")
    func refusal(_ route: String, _ length: Int) async throws -> String? {
      let body: JSONValue = ["passphrase": .string(String(repeating: "x", count: length))]
      return try await fixture.refusal(fixture.request(route, body))
    }
    #expect(try await refusal("history/on", 7) == "history-passphrase-weak")
    #expect(try await refusal("history/on", 1_025) == "page-request-invalid")
    #expect(try await refusal("history/read", 8) == "history-empty")
    #expect(try await fixture.get("history")["exists"]?.flag == false)
  }

  @Test("turned off, it keeps no further answer, and what was kept stays")
  func off() async throws {
    let fixture = try await Self.keeping("rewrite")
    _ = try await rewriting(fixture)
    #expect(try await fixture.post("history/off", [:])["on"]?.flag == false)
    _ = try await rewriting(fixture)
    #expect(try await read(fixture)["entries"]?.elements.count == 1)
  }

  @Test("one answer is deleted, then all of it, and a purge says that it means all")
  func deleted() async throws {
    let fixture = try await Self.keeping("rewrite")
    let first = try await rewriting(fixture).last?["receipt"]?.value ?? .null
    let second = try await rewriting(fixture).last?["receipt"]?.value ?? .null
    #expect(try await fixture.post("history/remove", ["id": first])["entries"]?.number == 1)
    #expect(try await read(fixture)["entries"]?.elements.map { $0["receipt"]?.value } == [second])
    fixture.deployment.network.forgetMessages()
    #expect(try await fixture.refusal(fixture.request("history/remove", ["id": first])) == "history-unknown")
    #expect(try await fixture.refusal(fixture.request("history/remove", ["id": "../key"])) == "history-unknown")
    #expect(try await fixture.refusal(fixture.request("history/purge", ["confirm": "1"])) == "page-request-invalid")
    #expect(try await fixture.post("history/purge", ["confirm": "all"])["removed"]?.number == 1)
    let status = try await fixture.get("history")
    #expect(status["on"]?.flag == false)
    #expect(status["exists"]?.flag == false)
  }

  @Test("a damaged answer is told apart, and the others are read")
  func damaged() async throws {
    let fixture = try await Self.keeping("rewrite")
    _ = try await rewriting(fixture)
    let receipt = try #require(try await rewriting(fixture).last?["receipt"]?.text)
    let folder = URL(fileURLWithPath: fixture.state.receipts.path("")).deletingLastPathComponent()
      .deletingLastPathComponent()
    try Data("x".utf8).write(to: folder.appendingPathComponent("history/\(receipt).entry"))
    let kept = try await read(fixture)
    #expect(kept["entries"]?.elements.count == 1)
    #expect(kept["damaged"]?.elements.map(\.text) == [receipt])
  }

  @Test("a conversation is never kept")
  func conversation() async throws {
    let engine = FedEngine()
    var options = InMemoryDeployment.Options()
    options.engine = { _ in engine }
    let fixture = try await PageFixture.granted("chat", options: options)
    try fixture.state.history.turnOn(try HistoryPassphrase(Self.passphrase, logRounds: 10))
    engine.say("On Friday.")
    engine.end()
    let events = try await fixture.events("chat-completion", ["messages": [["role": "user", "content": "When?"]]])
    #expect(events.last?["event"]?.text == "done")
    #expect(try await fixture.get("history")["entries"]?.number == 0)
  }

  @Test("the one switch keeps no further answer either")
  func everythingOff() async throws {
    let fixture = try await Self.keeping("rewrite")
    _ = try await rewriting(fixture)
    _ = try await fixture.post("feature", ["on": false])
    #expect(try !fixture.state.history.isOn)
    #expect(try fixture.state.history.entryCount == 1)
  }
}
