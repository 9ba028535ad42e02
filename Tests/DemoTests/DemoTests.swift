import Foundation
import Glibc
import StrictJSON
import TestSupport
import Testing

@Suite("Serial: the demo, as real processes on loopback", .serialized)
struct DemoTests {
  private func object(_ text: String) throws -> [String: JSONValue] {
    guard case .object(let members) = try JSONValue(parsing: Array(text.utf8)) else {
      throw DemoTestFailure(what: "not a JSON object")
    }
    return members
  }

  /// Rows of the table, as "address account token chat".
  private func sights(_ output: [String: JSONValue]) throws -> [String: [String]] {
    guard case .array(let rows)? = output["parties"] else { throw DemoTestFailure(what: "no table") }
    var result: [String: [String]] = [:]
    for row in rows {
      var row = try JSONObject(row, name: "row")
      result[try row.string("party")] = try [
        row.string("clientAddress"), row.string("account"), row.string("token"), row.string("content"),
      ]
    }
    return result
  }

  @Test("a chat in, a private summary out, with a receipt and what each party saw")
  func mainJob() async throws {
    let run = try await CommandRun.cloister("demo", "--json")
    try #require(run.status == 0, "\(run.standardError)")
    let output = try object(run.standardOutput)
    guard case .string(let summary)? = output["summary"] else { throw DemoTestFailure(what: "no summary") }
    #expect(summary.split(separator: "\n").count > 5)
    #expect(output["simulated"] == .boolean(true))
    let sights = try sights(output)
    #expect(sights["relay"] == ["yes", "no", "no", "no"])
    #expect(sights["issuer"] == ["yes", "yes", "no", "no"])
    #expect(sights["gateway"] == ["no", "no", "yes", "no"])
    for party in ["log", "witness-1", "witness-2", "witness-3", "witness-4"] {
      #expect(sights[party] == ["no", "no", "no", "no"], "\(party)")
    }
    let nodes = ["node-1", "node-2", "node-3"].compactMap { sights[$0] }
    #expect(nodes.count == 3)
    #expect(nodes.filter { $0 == ["no", "no", "no", "yes"] }.count == 1)
    #expect(nodes.filter { $0 == ["no", "no", "no", "no"] }.count == 2)
    print("demo: first line after \(run.timeToFirstLine), everything after \(run.elapsed)")
    #expect(run.timeToFirstLine < .milliseconds(300))
    #expect(run.elapsed < .seconds(10))
  }

  @Test("one witness and one node killed: it still answers")
  func survivesOneWitnessAndOneNode() async throws {
    let run = try await CommandRun.cloister("demo", "--json", "--killed-witnesses", "1", "--killed-nodes", "1")
    #expect(run.status == 0, "\(run.standardError)")
  }

  @Test("one witness never started: three cosign, and it answers")
  func survivesOneMissingWitness() async throws {
    let run = try await CommandRun.cloister("demo", "--json", "--missing-witnesses", "1")
    #expect(run.status == 0, "\(run.standardError)")
  }

  @Test("two witnesses never started: no epoch is published, and the demo says witness-quorum")
  func twoMissingWitnesses() async throws {
    let run = try await CommandRun.cloister("demo", "--missing-witnesses", "2")
    #expect(run.status == 1)
    #expect(run.standardError.contains("witness-quorum"))
    #expect(run.standardOutput.isEmpty)
  }

  @Test("a file that is no export is refused with the line, and nothing of it is repeated")
  func notAnExport() async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("not-an-export-\(UUID().uuidString).txt")
    try Data("MARKERWORD is no chat\nat all\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try await CommandRun.cloister("demo", file.path)
    #expect(run.status == 2)
    #expect(run.standardError.contains("chat-not-an-export"))
    #expect(run.standardError.contains("line 1"))
    #expect(!run.standardError.contains("MARKERWORD"))
  }

  @Test("a file that is not there is named with status 64, before anything is started")
  func noFile() async throws {
    let run = try await CommandRun.cloister("demo", "/no/such/export.txt")
    #expect(run.status == 64)
    #expect(run.standardError.contains("/no/such/export.txt") && !run.standardError.contains("making keys"))
  }

  @Test("an OpenAI-compatible engine behind a Unix socket summarises")
  func engineBehindSocket() async throws {
    try await EngineStandIn.serve { path in
      let run = try await CommandRun.cloister("demo", "--json", "--engine", "unix:" + path)
      try #require(run.status == 0, "\(run.standardError)")
      let output = try object(run.standardOutput)
      #expect(output["summary"] == .string(EngineStandIn.answer))
      #expect(output["extractive"] == .boolean(false))
    }
  }

  @Test("an engine that others could reach is refused")
  func engineNotLocal() async throws {
    let run = try await CommandRun.cloister("demo", "--engine", "http://127.0.0.1:8000")
    #expect(run.status == 1)
    #expect(run.standardError.contains("engine-not-local"))
  }

  @Test("an engine for embeddings that embeds nothing is refused", arguments: ["embedded", "unix:/run/engine.sock"])
  func engineWithoutEmbeddings(engine: String) async throws {
    let run = try await CommandRun.cloister("demo", "--embedding-engine", engine)
    #expect(run.status == 1)
    #expect(run.standardError.contains("engine-program-invalid"))
  }

  @Test("a kept deployment serves the client's commands, and killing the demo leaves no process")
  func keptDeployment() async throws {
    let deployment = try await KeptDeployment()
    defer { try? FileManager.default.removeItem(at: deployment.folder) }
    let parties = try deployment.parties()
    #expect(parties.count == 11)

    let summary = try await CommandRun.cloister(
      "summarize", "examples/garden-group.txt", "--unread", "20", "--state", deployment.statePath, "--json",
      "--timings")
    #expect(summary.status == 0, "\(summary.standardError)")

    let receipts = URL(fileURLWithPath: deployment.statePath).appendingPathComponent("receipts")
    let files = try FileManager.default.contentsOfDirectory(at: receipts, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }
    #expect(files.count == 2)
    for file in files {
      let verified = try await CommandRun.cloister("verify", "receipt", file.path)
      #expect(verified.status == 0, "\(verified.standardError)")
    }

    for (name, identifier) in parties {
      let kilobytes = try KeptDeployment.residentKilobytes(of: identifier)
      print("\(name): \(kilobytes) KiB resident")
      let limit = name == "cloister-node" ? 80 : 40
      #expect(kilobytes < limit * 1024, "\(name)")
    }

    deployment.kill()
    let deadline = ContinuousClock.now + .seconds(10)
    while try !deployment.parties().isEmpty, ContinuousClock.now < deadline { sched_yield() }
    #expect(try deployment.parties().isEmpty)
  }

  /// Frames come for half a minute: a hop that buffers them would hold the summary back as long.
  @Test("a client that is killed amid its stream has shown the summary, and its receipt is there")
  func killedAmidStream() async throws {
    let deployment = try await KeptDeployment()
    defer { deployment.kill() }
    defer { try? FileManager.default.removeItem(at: deployment.folder) }
    let receipts = URL(fileURLWithPath: deployment.statePath).appendingPathComponent("receipts")
    let before = try FileManager.default.contentsOfDirectory(atPath: receipts.path)
    let start = ContinuousClock.now
    let client = try CommandRun.start(
      "cloister",
      ["summarize", "examples/garden-group.txt", "--state", deployment.statePath, "--answer", "frames"],
      errors: .discarded)
    #expect(await !client.read().isEmpty)
    #expect(ContinuousClock.now - start < .seconds(15))
    #expect(client.isRunning)
    client.kill()
    await client.wait()
    let left = try FileManager.default.contentsOfDirectory(atPath: receipts.path).filter { !before.contains($0) }
    #expect(left.count == 1)
    let receipt = receipts.appendingPathComponent(try #require(left.first)).path
    #expect(try String(contentsOfFile: receipt, encoding: .utf8).contains(#""answerClass": "frames""#))
    let verified = try await CommandRun.cloister("verify", "receipt", receipt)
    #expect(verified.status == 0, "\(verified.standardError)")
  }

  @Test("without consent nothing is asked and nothing is sent")
  func withoutConsent() async throws {
    let deployment = try await KeptDeployment()
    defer { deployment.kill() }
    defer { try? FileManager.default.removeItem(at: deployment.folder) }
    let revoked = try await CommandRun.cloister(
      "consent", "revoke", "--task", "summarize", "--state", deployment.statePath)
    #expect(revoked.status == 0)
    let before = try observations(deployment)
    let run = try await CommandRun.cloister(
      "summarize", "examples/garden-group.txt", "--state", deployment.statePath)
    #expect(run.status == 1)
    #expect(run.standardError.contains("consent-missing"))
    #expect(try observations(deployment) == before)
  }

  /// Everything the relay saw.
  private func observations(_ deployment: KeptDeployment) throws -> Data {
    try Data(contentsOf: deployment.folder.appendingPathComponent("observed/relay.jsonl"))
  }
}
