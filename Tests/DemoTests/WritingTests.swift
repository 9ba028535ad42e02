import Foundation
import HTTPMessages
import HTTPTransport
import StrictJSON
import TestSupport
import Testing

/// `cloister rewrite`, `cloister reply` and `cloister proxy` through every party as a process of its own, whose nodes have
/// the embedded engine.
@Suite("Serial: writing help and the proxy, as real processes on loopback", .serialized)
struct WritingTests {
  private static let marker = "Quittenmarmelade"

  /// A deployment whose person opted in, and what they run against it.
  private final class Person {
    let deployment: KeptDeployment
    let work: URL

    init(grantedTasks: [String]) async throws {
      deployment = try await KeptDeployment()
      work = deployment.folder.appendingPathComponent("work")
      try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
      for task in grantedTasks {
        let run = try await cloister("consent", "grant", "--task", task)
        try #require(run.status == 0, "\(run.standardError)")
      }
    }

    deinit {
      deployment.kill()
      try? FileManager.default.removeItem(at: deployment.folder)
    }

    func cloister(_ arguments: String...) async throws -> CommandRun {
      try await CommandRun.cloister(arguments + ["--state", deployment.statePath])
    }

    func file(_ name: String, _ text: String) throws -> String {
      let file = work.appendingPathComponent(name)
      try Data(text.utf8).write(to: file)
      return file.path
    }

    func receiptPath(_ identifier: String) -> String { "\(deployment.statePath)/receipts/\(identifier).json" }

    /// The files of parties that hold a text: state, logs, and what they wrote of what they saw.
    func partyFiles(holding text: String) throws -> [String] {
      var holding: [String] = []
      for name in ["parties", "output", "observed"] {
        let folder = deployment.folder.appendingPathComponent(name)
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files {
          guard let bytes = try? Data(contentsOf: file) else { continue }
          count += 1
          if bytes.firstRange(of: Data(text.utf8)) != nil { holding.append(file.path) }
        }
        #expect(count > 0, "\(name) has no file")
      }
      return holding
    }
  }

  private func members(_ bytes: [UInt8]) throws -> [String: JSONValue] {
    guard case .object(let members) = try JSONValue(parsing: bytes) else {
      throw DemoTestFailure(what: "not a JSON object")
    }
    return members
  }

  private func members(_ text: String) throws -> [String: JSONValue] { try members(Array(text.utf8)) }

  private func text(_ value: JSONValue?) throws -> String {
    guard case .string(let text)? = value else { throw DemoTestFailure(what: "not a text") }
    return text
  }

  @Test("a draft comes back concise, by rules, with a receipt that verifies, and no party keeps a word of it")
  func concise() async throws {
    let person = try await Person(grantedTasks: ["rewrite"])
    let draft = try person.file(
      "draft.txt", "I am writing in order to say that due to the fact that it rains the \(Self.marker) stays here.\n")
    let run = try await person.cloister("rewrite", "--tone", "concise", draft, "--json")
    try #require(run.status == 0, "\(run.standardError)")
    let answer = try members(run.standardOutput)
    let written = try text(answer["text"])
    #expect(written.contains(Self.marker) && written.contains("because it rains"))
    #expect(!written.contains("in order to") && !written.contains("due to the fact"))
    #expect(answer["ruleBased"] == true && answer["simulated"] == true)
    let receipt = person.receiptPath(try text(answer["receipt"]))
    #expect(try String(contentsOfFile: receipt, encoding: .utf8).contains(#""task": "rewrite""#))
    let verified = try await CommandRun.cloister("verify", "receipt", receipt)
    #expect(verified.status == 0, "\(verified.standardError)")
    #expect(try person.partyFiles(holding: Self.marker).isEmpty)
  }

  @Test("spelling is mended with this machine's dictionaries, and a tone that needs a model is engine-cannot, status 1")
  func spellingAndModel() async throws {
    let person = try await Person(grantedTasks: ["rewrite"])
    let draft = try person.file("draft.txt", "i will recieve the letter tommorow\n")
    let mended = try await person.cloister("rewrite", "--tone", "spelling", draft, "--json")
    try #require(mended.status == 0, "\(mended.standardError)")
    #expect(try members(mended.standardOutput)["text"] == "I will receive the letter tomorrow")
    let refused = try await person.cloister("rewrite", "--tone", "friendlier", draft)
    #expect(refused.status == 1)
    #expect(refused.standardOutput.isEmpty)
    #expect(refused.standardError.contains("engine-cannot"))
    #expect(refused.standardError.contains("Without a model there are summaries, drafts made concise or"))
  }

  @Test("a reply of an engine without a model is engine-cannot, status 1: the release says so, and nothing is sent")
  func reply() async throws {
    let person = try await Person(grantedTasks: ["reply"])
    let chat = try person.file(
      "chat.txt",
      """
      12/03/2026, 09:15 - Ana: Shall we meet on Friday at 18:00?
      13/03/2026, 09:16 - Ben: Yes. I bring the \(Self.marker).

      """)
    let before = try receipts(person)
    let run = try await person.cloister("reply", chat, "--reader", "Ana", "--hint", "thank you")
    #expect(run.status == 1)
    #expect(run.standardOutput.isEmpty)
    #expect(run.standardError.contains("engine-cannot"))
    #expect(run.standardError.contains("run no model"))
    #expect(!run.standardError.contains(Self.marker))
    let written = try await person.cloister("reply", chat, "--json")
    #expect(written.status == 1)
    #expect(try members(written.standardOutput)["code"] == "engine-cannot")
    #expect(try receipts(person) == before)
    let doctor = try await person.cloister("doctor")
    #expect(doctor.standardOutput.contains("They cannot be asked for: drafts in every tone and replies, chats,"))
    #expect(try person.partyFiles(holding: Self.marker).isEmpty)
  }

  private func receipts(_ person: Person) throws -> Set<String> {
    let names = try FileManager.default.contentsOfDirectory(atPath: person.deployment.statePath + "/receipts")
    return Set(names.filter { $0.hasSuffix(".json") })
  }

  @Test("the proxy's chat of an engine without a model is 422 engine-cannot; as of what may not, nothing is sent")
  func proxyChat() async throws {
    let person = try await Person(grantedTasks: ["chat"])
    func key(_ name: String, _ allowed: String...) async throws -> String {
      let run = try await person.cloister("app", "add", name, "--json")
      for task in allowed { _ = try await person.cloister("consent", "grant", "--app", name, "--task", task) }
      return try text(try members(run.standardOutput)["key"])
    }
    let (editor, other) = (try await key("editor", "chat"), try await key("other"))
    let proxy = try CommandRun.start(
      "cloister", ["proxy", "--port", "0", "--no-draw", "--json", "--state", person.deployment.statePath],
      errors: .discarded)
    let base = try text(try members(await proxy.readLine())["baseURL"])
    let exchange = SocketHTTPExchange()
    func ask(_ key: String?, _ body: String) async throws -> WholeResponse {
      var fields = [HTTPField("content-type", "application/json")]
      if let key { fields.append(HTTPField("authorization", "Bearer \(key)")) }
      return try await exchange.send(
        WholeRequest(method: "POST", path: "/v1/chat/completions", fields: fields, body: Array(body.utf8)),
        to: String(base.dropLast("/v1".count)), bodyLimit: 1 << 20)
    }
    func code(_ response: WholeResponse) throws -> JSONValue? {
      guard case .object(let error)? = try members(response.body)["error"] else { return nil }
      return error["code"]
    }
    let before = try receipts(person)
    let messages = #""messages":[{"role":"user","content":"\#(Self.marker)?"}]"#
    for stream in [false, true] {
      let cannot = try await ask(editor, #"{"model":"any","stream":\#(stream),\#(messages)}"#)
      #expect(cannot.status == 422)
      #expect(try code(cannot) == "engine-cannot")
      #expect(cannot.field("x-should-retry") == "false")
      #expect(cannot.field("x-cloister-receipt") == nil)
    }
    for (key, body, status, expected) in [
      (editor, #"{"model":"any","audio":{},\#(messages)}"#, 400, "json-unknown-member"),
      (other, #"{"model":"any",\#(messages)}"#, 403, "app-consent-missing"),
      (nil, #"{"model":"any",\#(messages)}"#, 401, "endpoint-key-missing"),
    ] as [(String?, String, Int, String)] {
      let refused = try await ask(key, body)
      #expect(refused.status == status)
      #expect(try code(refused) == .string(expected))
      #expect(refused.field("x-cloister-receipt") == nil)
    }
    // What is refused before it is sent leaves no receipt.
    #expect(try receipts(person) == before)
    await exchange.shutdown()
    proxy.terminate()
    #expect(await proxy.wait() == 0)
    #expect(try person.partyFiles(holding: Self.marker).isEmpty)
  }
}
