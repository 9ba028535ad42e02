import CloisterSDK
import Foundation
import HTTPMessages
import HTTPTransport
import StrictJSON
import TestSupport
import Testing

/// The programs in examples/, as they are, against a deployment on this machine.
@Suite("Serial: examples", .serialized)
struct ExamplesTests {
  /// What a program says until it says this, or ends.
  private static func output(of process: ChildProcess, until text: String) async -> String {
    var said = ""
    while !said.contains(text), case let more = await process.read(), !more.isEmpty {
      said += String(decoding: more, as: UTF8.self)
    }
    return said
  }

  @Test("the command-line chat streams an answer, and tells a refusal by its code")
  func commandLineChat() async throws {
    try await EngineStandIn.serve { path in
      let deployment = try await KeptDeployment(["--engine", "unix:\(path)"])
      defer {
        deployment.kill()
        try? FileManager.default.removeItem(at: deployment.folder)
      }
      let refused = try CommandRun.start(
        "command-line-chat", ["--state", deployment.statePath], errors: .separate)
      refused.write("When do they meet?\n\n")
      refused.endInput()
      var errors = ""
      while case let more = await refused.readErrors(), !more.isEmpty {
        errors += String(decoding: more, as: UTF8.self)
      }
      #expect(await refused.wait() == 0)
      #expect(errors.contains("You have not opted in to chats."))

      try ClientState(path: deployment.statePath).consent.change { $0.grant(ChatAnswer.task) }
      let chat = try CommandRun.start("command-line-chat", ["--state", deployment.statePath], errors: .inherited)
      chat.write("When do they meet?\n")
      #expect(await Self.output(of: chat, until: EngineStandIn.answer).contains(EngineStandIn.answer))
      chat.kill()
      chat.waitNow()
      let tasks = try ClientState(path: deployment.statePath).receipts.all().map(\.task)
      #expect(tasks.contains("chat"))
    }
  }

  @Test("the server-side app summarises for a program on the machine, and refuses what a website could send")
  func serverSideApp() async throws {
    let deployment = try await KeptDeployment()
    defer {
      deployment.kill()
      try? FileManager.default.removeItem(at: deployment.folder)
    }
    let app = try CommandRun.start(
      "server-side-app", ["--state", deployment.statePath, "--exit-with-parent"], errors: .inherited)
    let address = await app.readLine().split(separator: " ").last.map(String.init) ?? ""
    let exchange = SocketHTTPExchange()
    let chat = try Data(contentsOf: URL(fileURLWithPath: "examples/garden-group.txt"))
    func ask(_ type: String, _ body: [UInt8]) async throws -> WholeResponse {
      try await exchange.send(
        WholeRequest(method: "POST", path: "/summaries", fields: [HTTPField("content-type", type)], body: body),
        to: "http://\(address)", bodyLimit: 1 << 20)
    }
    let answer = try await ask("application/vnd.whatsapp-export", Array(chat))
    #expect(answer.status == 200)
    var object = try JSONObject(parsing: answer.body, name: "answer")
    #expect(try !object.string("summary").isEmpty)
    #expect(try object.boolean("simulated"))
    let receipt = try object.string("receipt")
    let store = try ClientState(path: deployment.statePath).receipts
    try store.verify(try store.receipt(receipt))
    #expect(try await ask("text/plain", Array(chat)).status == 415)
    let refusal = try await ask("application/vnd.whatsapp-export", Array("MARKERWORD is no chat\n".utf8))
    #expect(refusal.status == 422)
    #expect(String(decoding: refusal.body, as: UTF8.self) == #"{"code":"chat-not-an-export"}"#)
    await exchange.shutdown()
    app.endInput()
    #expect(await app.wait() == 0)
  }
}
