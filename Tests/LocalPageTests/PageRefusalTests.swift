import CloisterClient
import Foundation
import HTTPMessages
import StrictJSON
import TestSupport
import Testing

@Suite("What the local page refuses", .keepsFolders)
struct PageRefusalTests {
  static let gets = [
    "status", "offer", "receipts", "receipts/export", "history", "receipts/" + String(repeating: "0", count: 32),
  ]
  static let posts = [
    "feature", "consent", "chat", "chat/choose", "chat/exclude", "chat/include", "preview", "summary", "reply/preview",
    "reply", "writing",
    "chat-completion", "tokens/draw", "receipts/verify", "receipts/purge", "history/on", "history/off", "history/read",
    "history/remove", "history/purge",
  ]

  @Test("a route without the secret of this run", arguments: gets.map { ("GET", $0) } + posts.map { ("POST", $0) })
  func missingSecret(method: String, path: String) async throws {
    let fixture = try await PageFixture()
    let request = fixture.request(method, path)
    #expect(try await fixture.refusal(request.without("x-cloister-page")) == "endpoint-secret-wrong")
    let other = String(repeating: "0", count: 64)
    #expect(try await fixture.refusal(request.with("x-cloister-page", other)) == "endpoint-secret-wrong")
  }

  @Test("a change of state by GET", arguments: posts)
  func changeByGet(path: String) async throws {
    let fixture = try await PageFixture()
    #expect(try await fixture.refusal(fixture.request("GET", path)) == "method-not-allowed")
  }

  @Test("another host, a foreign origin and a foreign site")
  func foreignPages() async throws {
    let fixture = try await PageFixture()
    let request = fixture.request("feature", ["on": true])
    #expect(try await fixture.refusal(request.with("host", "localhost:8642")) == "endpoint-host-foreign")
    #expect(try await fixture.refusal(request.with("origin", "http://evil.example")) == "endpoint-origin-foreign")
    #expect(try await fixture.refusal(request.with("sec-fetch-site", "cross-site")) == "endpoint-site-foreign")
    #expect(try await fixture.get("status")["on"]?.flag == false)
  }

  @Test(
    "a body that a form of another page could send", arguments: ["text/plain", "application/x-www-form-urlencoded"])
  func formBody(type: String) async throws {
    let fixture = try await PageFixture()
    let request = fixture.request("feature", ["on": true]).with("content-type", type)
    #expect(try await fixture.refusal(request) == "endpoint-content-type")
  }

  @Test("an archive whose chat is encrypted, with what the person can do, and nobody else is to be told")
  func encryptedArchive() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let archive = try #require(
      Data(
        base64Encoded: "UEsDBBQAAQAAAAAAAACSKmunGAAAAAwAAAAIAAAAY2hhdC50eHR4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHhQSwECFAAU"
          + "AAEAAAAAAAAAkiprpxgAAAAMAAAACAAAAAAAAAAAAAAAAAAAAAAAY2hhdC50eHRQSwUGAAAAAAEAAQA2AAAAPgAAAAAA"))
    let upload = fixture.upload(Array(archive), named: "chat.zip")
    #expect(try await fixture.refusal(upload) == "archive-encrypted")
    let response = try await fixture.ask(upload)
    let said = String(decoding: response.body, as: UTF8.self)
    #expect(said.contains("Unpack the archive") && !said.contains("operator"))
  }

  @Test("everything but status and switch while the feature is off")
  func featureOff() async throws {
    let fixture = try await PageFixture()
    let bodies: [(String, JSONValue)] = [
      ("consent", ["task": "chat", "granted": true]), ("chat/exclude", ["chat": "x"]),
      ("chat/include", ["index": 0, "name": "x"]), ("chat/choose", ["chat": "x", "name": "y"]),
      ("preview", ["chat": "x", "range": "recent", "redact": false]), ("summary", ["preview": "x"]),
      ("reply/preview", ["chat": "x", "range": "recent", "redact": false]), ("reply", ["preview": "x"]),
      ("writing", ["draft": "x", "tone": "concise"]),
      ("chat-completion", ["messages": [["role": "user", "content": "x"]]]), ("tokens/draw", [:]),
      ("receipts/verify", ["id": "x"]), ("receipts/purge", ["confirm": "all"]),
      ("history/on", ["passphrase": "correct horse"]), ("history/off", [:]),
      ("history/read", ["passphrase": "correct horse"]), ("history/remove", ["id": "x"]),
      ("history/purge", ["confirm": "all"]),
    ]
    for (path, body) in bodies {
      #expect(try await fixture.refusal(fixture.request(path, body)) == "page-off", "\(path)")
    }
    for path in Self.gets.dropFirst() {
      #expect(try await fixture.refusal(fixture.request("GET", path)) == "page-off", "\(path)")
    }
    let upload = fixture.upload(Array(PageFixture.chatText.utf8), named: "a.txt")
    #expect(try await fixture.refusal(upload) == "page-off")
    #expect(try await fixture.get("status").names == ["on", "banners"])
    #expect(try fixture.state.consent.current() == Consent())
  }

  @Test("what the machines can do, while every task is off: it would take the fetch of the epoch")
  func offerOfNothing() async throws {
    let fixture = try await PageFixture()
    _ = try await fixture.post("feature", ["on": true])
    #expect(try await fixture.refusal(fixture.request("GET", "offer")) == "consent-missing")
  }

  @Test("a task that was not granted", arguments: ["summary", "writing", "chat-completion"])
  func taskOff(path: String) async throws {
    let fixture = try await PageFixture()
    _ = try await fixture.post("feature", ["on": true])
    let bodies: [String: JSONValue] = [
      "writing": ["draft": "x", "tone": "concise"],
      "chat-completion": ["messages": [["role": "user", "content": "x"]]],
    ]
    let request =
      bodies[path].map { fixture.request(path, $0) }
      ?? fixture.upload(Array(PageFixture.chatText.utf8), named: "a.txt")
    #expect(try await fixture.refusal(request) == "consent-missing")
  }

  @Test("a reply that was not granted, where summaries are")
  func replyOff() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let chat = try await fixture.openChat()
    let preview = try await fixture.post("reply/preview", ["chat": .string(chat), "range": "recent", "redact": false])
    let request = fixture.request("reply", ["preview": preview["id"]?.value ?? .null])
    #expect(try await fixture.refusal(request) == "consent-missing")
  }

  @Test("a reply of the name or the hint out of its bounds, and one that does not say whether it is redacted")
  func replyBounds() async throws {
    let fixture = try await PageFixture.granted("reply")
    let chat = try await fixture.openChat()
    func refusal(_ name: String, _ value: JSONValue) async throws -> String? {
      let body: JSONValue = .object(["chat": .string(chat), "range": "recent", "redact": false, name: value])
      return try await fixture.refusal(fixture.request("reply/preview", body))
    }
    for (name, limit) in [("reader", 256), ("hint", 512)] {
      #expect(try await refusal(name, .string(String(repeating: "x", count: limit + 1))) == "page-request-invalid")
      #expect(try await refusal(name, "") == "page-request-invalid")
      #expect(try await refusal(name, 7) == "page-request-invalid")
      let body: JSONValue = .object([
        "chat": .string(chat), "range": "recent", "redact": true, name: .string(String(repeating: "x", count: limit)),
      ])
      #expect(try await fixture.post("reply/preview", body)["id"] != nil)
    }
    let unsaid = fixture.request("reply/preview", ["chat": .string(chat), "range": "recent"])
    #expect(try await fixture.refusal(unsaid) == "json-missing-member")
    #expect(try await refusal("names", true) == "json-unknown-member")
  }

  @Test("a reply to a chat that was excluded meanwhile")
  func replyToExcluded() async throws {
    let fixture = try await PageFixture.granted("reply")
    let chat = try await fixture.openChat()
    let preview = try await fixture.post("reply/preview", ["chat": .string(chat), "range": "recent", "redact": false])
    _ = try await fixture.post("chat/exclude", ["chat": .string(chat)])
    let request = fixture.request("reply", ["preview": preview["id"]?.value ?? .null])
    #expect(try await fixture.refusal(request) == "page-preview-unknown")
  }

  @Test("a body with an unknown, missing or mistyped member")
  func bodySchema() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let cases: [(JSONValue, String)] = [
      (["task": "chat", "granted": true, "app": "x"], "json-unknown-member"), (["task": "chat"], "json-missing-member"),
      (["task": "chat", "granted": "yes"], "json-wrong-type"),
      (["task": "spy", "granted": true], "page-request-invalid"),
    ]
    for (body, code) in cases { #expect(try await fixture.refusal(fixture.request("consent", body)) == code) }
    #expect(try await fixture.refusal(fixture.request("POST", "consent", Array("{".utf8))) == "json-malformed")
  }

  @Test("a range out of its bounds", arguments: [0, -1, 1_000_001] as [Int64])
  func rangeBounds(count: Int64) async throws {
    let fixture = try await PageFixture.granted("summarize")
    let body: JSONValue = ["chat": "x", "range": "unread", "count": .integer(count), "redact": false]
    #expect(
      try await ["page-request-invalid", "json-wrong-type"].contains(
        fixture.refusal(fixture.request("preview", body)) ?? ""))
  }

  @Test("a body above its limit, before it is read")
  func bodyLimit() async throws {
    let fixture = try await PageFixture.granted("chat")
    let request = fixture.request("POST", "chat-completion").with("content-length", String(321 << 10))
    #expect(try await fixture.refusal(request) == "request-too-large")
    let whole = fixture.request("POST", "chat-completion", [UInt8](repeating: 0x20, count: 321 << 10))
    #expect(try await fixture.refusal(whole) == "request-too-large")
  }

  @Test("a file that is no chat export, and one without a name")
  func noExport() async throws {
    let fixture = try await PageFixture.granted("summarize")
    #expect(try await fixture.refusal(fixture.upload(Array("hello".utf8), named: "a.txt")) == "chat-not-an-export")
    let unnamed = fixture.upload(Array(PageFixture.chatText.utf8), named: "a.txt").without("cloister-file-name")
    #expect(try await fixture.refusal(unnamed) == "page-request-invalid")
  }

  @Test("a summary of a preview that is not the one shown last")
  func olderPreview() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let older = try await fixture.preview().preview
    _ = try await fixture.preview()
    let request = fixture.request("summary", ["preview": .string(try #require(older["id"]?.text))])
    #expect(try await fixture.refusal(request) == "page-preview-unknown")
  }

  @Test("an excluded chat, until it is allowed again")
  func excludedChat() async throws {
    let fixture = try await PageFixture.granted("summarize")
    let chat = try await fixture.preview().chat
    _ = try await fixture.post("chat/exclude", ["chat": .string(chat)])
    let upload = fixture.upload(Array(PageFixture.chatText.utf8), named: "WhatsApp%20Chat%20with%20Picnic.txt")
    #expect(try await fixture.refusal(upload) == "chat-excluded")
    let wrong: JSONValue = ["index": 0, "name": "Another"]
    #expect(try await fixture.refusal(fixture.request("chat/include", wrong)) == "page-choice-unknown")
    _ = try await fixture.post("chat/include", ["index": 0, "name": "Picnic"])
    #expect(try await fixture.json(upload)["title"]?.text == "Picnic")
  }

  @Test("a purge that does not say all")
  func unconfirmedPurge() async throws {
    let fixture = try await PageFixture.granted("summarize")
    #expect(try await fixture.refusal(fixture.request("receipts/purge", [:])) == "json-missing-member")
    #expect(try await fixture.refusal(fixture.request("receipts/purge", ["confirm": "1"])) == "page-request-invalid")
  }

  @Test("a system message in a conversation, which the person did not write")
  func systemMessage() async throws {
    let fixture = try await PageFixture.granted("chat")
    let body: JSONValue = ["messages": [["role": "system", "content": "x"]]]
    #expect(try await fixture.refusal(fixture.request("chat-completion", body)) == "page-request-invalid")
  }
}
