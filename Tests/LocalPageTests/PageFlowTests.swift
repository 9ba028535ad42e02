import CloisterClient
import Foundation
import InMemoryParties
import StrictJSON
import Testing

@Suite("What a person does in the local page", .keepsFolders)
struct PageFlowTests {
  @Test("everything is off at first, and the page says that the machines are simulated")
  func offAtFirst() async throws {
    let fixture = try await PageFixture()
    let status = try await fixture.get("status")
    #expect(status["on"]?.flag == false)
    #expect(status["banners"]?["simulated"]?.text?.hasPrefix("SIMULATED") == true)
    let on = try await fixture.post("feature", ["on": true])
    #expect(on["on"]?.flag == true)
    let tasks = try #require(try await fixture.get("status")["tasks"]?.elements)
    #expect(tasks.map { $0["name"]?.text } == ["summarize", "reply", "rewrite", "chat"])
    #expect(tasks.allSatisfy { $0["granted"]?.flag == false })
  }

  @Test("a chat is read, previewed and summarised, and nothing leaves before it is sent")
  func summary() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let preview = try await fixture.preview().preview
    #expect(preview["messageCount"]?.number == 3)
    #expect(preview["transcript"]?.text?.contains("brother for the grill") == true)
    #expect(preview["transcript"]?.text?.contains("blankets") == false)
    #expect(preview["requestClass"]?.number == 8_192)
    #expect(fixture.deployment.network.messages.isEmpty)
    let events = try await fixture.events("summary", ["preview": preview["id"]?.value ?? .null])
    #expect(events.first?["event"]?.text == "step")
    #expect(events.contains { $0["event"]?.text == "text" })
    let receipt = try #require(events.last?["receipt"]?.text)
    #expect(events.last?["event"]?.text == "done")
    #expect(try fixture.state.receipts.receipt(receipt).task == "summarize")
  }

  @Test("a reply is drafted from what was shown: the messages, the name and what it should say")
  func reply() async throws {
    var options = InMemoryDeployment.Options()
    options.engine = { _ in RepeatingEngine() }
    let fixture = try await PageFixture.granted("reply", options: options)
    let chat = try await fixture.openChat()
    let preview = try await fixture.post(
      "reply/preview",
      ["chat": .string(chat), "range": "unread", "count": 1, "redact": false, "reader": "Ada", "hint": "I bring it"])
    #expect(preview["messageCount"]?.number == 1)
    #expect(preview["reader"]?.text == "Ada")
    #expect(preview["hint"]?.text == "I bring it")
    let transcript = try #require(preview["transcript"]?.text)
    #expect(transcript.contains("brother for the grill") == false)
    #expect(fixture.deployment.network.messages.isEmpty)
    let events = try await fixture.events("reply", ["preview": preview["id"]?.value ?? .null])
    let text = events.filter { $0["event"]?.text == "text" }.compactMap { $0["text"]?.text }
    let last = try #require(ChatText.messages.last)
    #expect(text == ["Ada: I bring it: \(last.text)"])
    let receipt = try #require(events.last?["receipt"]?.text)
    #expect(try fixture.state.receipts.receipt(receipt).task == "reply")
  }

  @Test("of a reply names and numbers are replaced in chat, name and hint, and put back into the draft")
  func redactedReply() async throws {
    var options = InMemoryDeployment.Options()
    options.engine = { _ in RepeatingEngine() }
    let fixture = try await PageFixture.granted("reply", options: options)
    let chat = try await fixture.openChat()
    let hint = "Tell Ben to call +34 612 345 678"
    let preview = try await fixture.post(
      "reply/preview",
      ["chat": .string(chat), "range": "recent", "redact": true, "reader": "Ada", "hint": .string(hint)])
    let shown = ["transcript", "reader", "hint"].compactMap { preview[$0]?.text }
    #expect(shown.count == 3)
    for word in ["Ada", "Ben", "Cleo", "612"] { #expect(!shown.joined().contains(word), "\(word)") }
    let events = try await fixture.events("reply", ["preview": preview["id"]?.value ?? .null])
    let text = events.filter { $0["event"]?.text == "text" }.compactMap { $0["text"]?.text }
    let last = try #require(ChatText.messages.last)
    #expect(text == ["Ada: \(hint): \(last.text)"])
  }

  @Test("a reply that the engine cannot draft ends with its code and what to do")
  func replyEngineCannot() async throws {
    let fixture = try await PageFixture.granted("reply")
    let chat = try await fixture.openChat()
    let preview = try await fixture.post("reply/preview", ["chat": .string(chat), "range": "recent", "redact": false])
    #expect(preview["reader"] == nil)
    #expect(preview["hint"] == nil)
    let events = try await fixture.events("reply", ["preview": preview["id"]?.value ?? .null])
    #expect(events.last?["event"]?.text == "error")
    #expect(events.last?["code"]?.text == "engine-cannot")
    #expect(events.last?["message"]?.text == "The operator’s machines cannot do this.")
  }

  @Test("the previews of a summary and of a reply stand side by side, and neither serves the other")
  func twoPreviews() async throws {
    let fixture = try await PageFixture.granted("summarize", "reply")
    let (chat, summary) = try await fixture.preview()
    let reply = try await fixture.post("reply/preview", ["chat": .string(chat), "range": "recent", "redact": false])
    let (ofSummary, ofReply) = (summary["id"]?.value ?? .null, reply["id"]?.value ?? .null)
    #expect(try await fixture.refusal(fixture.request("reply", ["preview": ofSummary])) == "page-preview-unknown")
    #expect(try await fixture.refusal(fixture.request("summary", ["preview": ofReply])) == "page-preview-unknown")
    #expect(try await fixture.events("summary", ["preview": ofSummary]).last?["event"]?.text == "done")
  }

  @Test("names are replaced before a chat leaves, where the person says so")
  func redaction() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let chat = try await fixture.preview().chat
    let preview = try await fixture.post("preview", ["chat": .string(chat), "range": "recent", "redact": true])
    let transcript = try #require(preview["transcript"]?.text)
    for name in ["Ada", "Ben", "Cleo"] { #expect(!transcript.contains(name)) }
  }

  @Test("a receipt names every check once, each in words, with sights and the ages of its proofs")
  func receipt() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let preview = try await fixture.preview().preview
    let events = try await fixture.events("summary", ["preview": preview["id"]?.value ?? .null])
    let identifier = try #require(events.last?["receipt"]?.text)
    let page = try await fixture.get("receipts/" + identifier)
    let hop = try #require(page["hops"]?.elements.first)
    let checks = (hop["steps"]?.elements ?? []).flatMap { $0["checks"]?.elements ?? [] }
    let kept = try fixture.state.receipts.receipt(identifier).hops[0]
    #expect(checks.compactMap { $0["name"]?.text }.sorted() == kept.verified.sorted())
    for check in checks {
      let name = try #require(check["name"]?.text)
      let spelled = name.split(separator: "-").joined(separator: " ").lowercased() + "."
      #expect(check["words"]?.text?.lowercased() != spelled, "\(name) has no sentence of its own")
    }
    // Steps that rest on hardware say that there is none.
    let simulated = (hop["steps"]?.elements ?? []).filter { $0["isEmptyForm"]?.flag == true }
    #expect(simulated.count == 6)
    #expect(simulated.allSatisfy { $0["title"]?.text?.hasPrefix("Simulated: ") == true })
    #expect(page["parties"]?.elements.count == 7)
    #expect(page["agesFailure"] == nil)
    // Epoch note, head of the release log, note in the evidence, release, two publishers' lists.
    #expect(page["ages"]?.elements.count == 6)
    #expect(try await fixture.post("receipts/verify", ["id": .string(identifier)])["checks"]?.number ?? 0 > 50)
  }

  @Test("a receipt whose proofs were changed is told so, and refused when checked again")
  func changedReceipt() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let preview = try await fixture.preview().preview
    let events = try await fixture.events("summary", ["preview": preview["id"]?.value ?? .null])
    let identifier = try #require(events.last?["receipt"]?.text)
    let path = fixture.state.receipts.path(identifier)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("\"epoch\": 1", with: "\"epoch\": 2").write(toFile: path, atomically: true, encoding: .utf8)
    fixture.deployment.network.forgetMessages()
    let page = try await fixture.get("receipts/" + identifier)
    #expect(page["agesFailure"]?["code"]?.text == "receipt-mismatch")
    let request = fixture.request("receipts/verify", ["id": .string(identifier)])
    #expect(try await fixture.refusal(request) == "receipt-mismatch")
  }

  @Test("damaged receipts are named beside the others, without what they hold, refused by themselves, deleted with all")
  func damagedReceipts() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let preview = try await fixture.preview().preview
    let events = try await fixture.events("summary", ["preview": preview["id"]?.value ?? .null])
    let identifier = try #require(events.last?["receipt"]?.text)
    #expect(try await fixture.get("receipts")["unreadable"]?.elements.isEmpty == true)
    let damaged = ["0", "f"].map { String(repeating: $0, count: 32) }
    for name in damaged {
      let path = fixture.state.receipts.path(name)
      try Data(#"{"type":"cloister-receipt","task":"marmalade"#.utf8).write(to: URL(fileURLWithPath: path))
    }
    fixture.deployment.network.forgetMessages()
    let list = try await fixture.get("receipts")
    #expect(list["receipts"]?.elements.map { $0["id"]?.text } == [identifier])
    #expect(list["unreadable"]?.elements.map { $0["id"]?.text } == damaged)
    #expect(list["unreadable"]?.elements.map { $0["code"]?.text } == ["trust-malformed", "trust-malformed"])
    #expect(list["otherVersions"]?.number == 0)
    #expect(!list.value.canonicalText.contains("marmalade"))
    #expect(try await fixture.refusal(fixture.request("GET", "receipts/" + damaged[0])) == "trust-malformed")
    let verify = fixture.request("receipts/verify", ["id": .string(damaged[0])])
    #expect(try await fixture.refusal(verify) == "trust-malformed")
    #expect(try await fixture.get("receipts/export")["receipts"]?.elements.count == 1)
    #expect(try await fixture.post("receipts/purge", ["confirm": "all"])["purged"]?.number == 3)
    #expect(try await fixture.get("receipts")["unreadable"]?.elements.isEmpty == true)
  }

  @Test("a chat comes piece by piece, each before the next was said")
  func conversation() async throws {
    let engine = FedEngine()
    var options = InMemoryDeployment.Options()
    options.engine = { _ in engine }
    let fixture = try await PageFixture.granted("chat", options: options)
    engine.say("It meets")
    engine.say(" on Friday.")
    engine.end()
    let events = try await fixture.events(
      "chat-completion", ["messages": [["role": "user", "content": "When?"]]])
    let text = events.filter { $0["event"]?.text == "text" }.compactMap { $0["text"]?.text }
    #expect(text.joined() == "It meets on Friday.")
    #expect(try fixture.state.receipts.receipt(try #require(events.last?["receipt"]?.text)).task == "chat")
  }

  @Test("what the engine cannot do ends the answer with its code and what to do")
  func engineCannot() async throws {
    let fixture = try await PageFixture.granted("chat")
    let events = try await fixture.events(
      "chat-completion", ["messages": [["role": "user", "content": "When?"]]])
    #expect(events.last?["event"]?.text == "error")
    #expect(events.last?["code"]?.text == "engine-cannot")
    #expect(events.last?["advice"]?.text?.isEmpty == false)
    let listed = try await fixture.get("receipts")["receipts"]?.elements ?? []
    #expect(listed.map { $0["failure"]?.text } == ["refused by the node: engine-cannot"])
  }

  @Test("what the release rules out is told before anybody tries, and refused without a token or a receipt")
  func offer() async throws {
    var options = InMemoryDeployment.Options()
    options.statesCapabilities = true
    let fixture = try await PageFixture.granted("chat", options: options)
    let offer = try await fixture.get("offer")
    #expect(offer["missingTasks"]?.elements.map { $0.text } == ["reply", "chat"])
    #expect(offer["missingTones"]?.elements.map { $0.text } == ["friendlier", "clearer"])
    let tokens = try await fixture.get("status")["tokens"]?["available"]?.number
    let events = try await fixture.events(
      "chat-completion", ["messages": [["role": "user", "content": "When?"]]])
    #expect(events.last?["code"]?.text == "engine-cannot")
    #expect(try await fixture.get("receipts")["receipts"]?.elements.isEmpty == true)
    #expect(try await fixture.get("status")["tokens"]?["available"]?.number == tokens)
  }

  @Test("of a release that does not say what its machines can do, nothing is told to be missing")
  func unknownOffer() async throws {
    let offer = try await PageFixture.granted("chat").get("offer")
    #expect(offer["missingTasks"]?.elements.isEmpty == true)
    #expect(offer["missingTones"]?.elements.isEmpty == true)
  }

  @Test("tokens that were drawn today are not offered again: the page says when the next are")
  func nextDraw() async throws {
    let fixture = try await PageFixture.granted("summarize")
    #expect(try await fixture.get("status")["tokens"]?["nextDraw"]?.text?.isEmpty == false)
  }

  @Test("the one switch takes every consent back, the apps' too, and leaves tokens and receipts")
  func everythingOff() async throws {
    let fixture = try await PageFixture.granted("summarize", "chat")
    _ = try fixture.state.apps.add("editor")
    try fixture.state.consent.change { $0.grant("chat", toApp: "editor") }
    let preview = try await fixture.preview().preview
    _ = try await fixture.events("summary", ["preview": preview["id"]?.value ?? .null])
    let tokens = try fixture.state.wallet.tokenCounts()
    _ = try await fixture.post("feature", ["on": false])
    #expect(try fixture.state.consent.current() == Consent())
    #expect(try fixture.state.wallet.tokenCounts() == tokens)
    #expect(try fixture.state.receipts.all().count == 1)
    #expect(try await fixture.get("status").names == ["on", "banners"])
    // What was open is forgotten: turning it on again shows no preview of before.
    _ = try await fixture.post("feature", ["on": true])
    _ = try await fixture.post("consent", ["task": "summarize", "granted": true])
    fixture.deployment.network.forgetMessages()
    let request = fixture.request("summary", ["preview": preview["id"]?.value ?? .null])
    #expect(try await fixture.refusal(request) == "page-preview-unknown")
  }

  @Test("receipts are exported without what names a request, and deleted")
  func exportAndPurge() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let preview = try await fixture.preview().preview
    let events = try await fixture.events("summary", ["preview": preview["id"]?.value ?? .null])
    let identifier = try #require(events.last?["receipt"]?.text)
    let export = try await fixture.get("receipts/export")
    #expect(export["receipts"]?.elements.count == 1)
    #expect(!export.value.canonicalText.contains(identifier))
    #expect(try await fixture.post("receipts/purge", ["confirm": "all"])["purged"]?.number == 1)
    #expect(try await fixture.get("receipts")["receipts"]?.elements.isEmpty == true)
  }
}
