import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite("Serial: the demo with orchestrators, as real processes on loopback", .serialized)
struct OrchestratorDemoTests {
  private static func object(_ bytes: [UInt8]) throws -> JSONObject {
    try JSONObject(try JSONValue(parsing: bytes, byteLimit: 8 << 20), name: "output")
  }

  /// Roles of the nodes of a receipt: of those that were asked, and of those that these called.
  private static func roles(_ receipt: inout JSONObject) throws -> (asked: [String], called: [String]) {
    var (asked, called): ([String], [String]) = ([], [])
    for element in try receipt.array("hops") {
      var hop = try JSONObject(element, name: "hop")
      asked.append(try hop.string("role"))
      for element in try hop.array("called") {
        var other = try JSONObject(element, name: "called hop")
        called.append(try other.string("role"))
      }
    }
    return (asked, called)
  }

  @Test("an answer comes through two attested nodes, the receipt has both, and only they see the chat")
  func mainJob() async throws {
    let run = try await CommandRun.cloister("demo", "--orchestrator", "--json")
    try #require(run.status == 0, "\(run.standardError)")
    var output = try Self.object(Array(run.standardOutput.utf8))
    #expect(try output.boolean("extractive"))
    var receipt = try output.object("receipt")
    let roles = try Self.roles(&receipt)
    #expect(roles.asked == ["assistant"])
    #expect(roles.called == ["engine"])
    var sights: [String: [String]] = [:]
    for element in try output.array("parties") {
      var row = try JSONObject(element, name: "row")
      sights[try row.string("party")] = try [
        row.string("clientAddress"), row.string("account"), row.string("token"), row.string("content"),
      ]
    }
    #expect(sights["relay"] == ["yes", "no", "no", "no"])
    #expect(sights["gateway"] == ["no", "no", "yes", "no"])
    for prefix in ["node-", "engine-node-"] {
      let nodes = sights.filter { $0.key.hasPrefix(prefix) }.values
      #expect(nodes.filter { $0 == ["no", "no", "no", "yes"] }.count == 1, "\(prefix)")
      #expect(nodes.filter { $0 == ["no", "no", "no", "no"] }.count == nodes.count - 1, "\(prefix)")
    }
  }

  @Test(
    "nodes behind an orchestrator on machines that the policy does not name: nothing is sent")
  func foreignMachines() async throws {
    let run = try await CommandRun.cloister("demo", "--orchestrator", "--foreign-engine-nodes")
    #expect(run.status == 1)
    // The client looks before it sends; what an orchestrator does with such nodes, OrchestratorProcessTests show.
    #expect(run.standardError.contains("chip-unlisted"))
    #expect(run.standardOutput.isEmpty)
  }

  @Test("a model behind a socket of the called nodes answers through the orchestrators")
  func model() async throws {
    try await EngineStandIn.serve { path in
      let run = try await CommandRun.cloister("demo", "--orchestrator", "--json", "--engine", "unix:" + path)
      try #require(run.status == 0, "\(run.standardError)")
      var output = try Self.object(Array(run.standardOutput.utf8))
      #expect(try output.string("summary") == EngineStandIn.answer)
    }
  }

  @Test("every request is answered through two nodes while two epochs come and go, and its receipt verifies")
  func epochsComeAndGo() async throws {
    let deployment = try await KeptDeployment(["--orchestrator", "--epoch-seconds", "20", "--tokens", "1000"])
    defer {
      deployment.kill()
      try? FileManager.default.removeItem(at: deployment.folder)
    }
    var epochs: Set<UInt64> = []
    // As many requests as there is time for, each a process of its own: some 450 on a quick machine.
    for _ in 0..<990 where epochs.count < 3 {
      let run = try await CommandRun.cloister(
        "summarize", "examples/garden-group.txt", "--unread", "20", "--state", deployment.statePath, "--json")
      try #require(run.status == 0, "after epochs \(epochs.sorted()): \(run.standardError)")
      var output = try Self.object(Array(run.standardOutput.utf8))
      let file = "\(deployment.statePath)/receipts/\(try output.string("receipt")).json"
      var receipt = try Self.object(Array(try Data(contentsOf: URL(fileURLWithPath: file))))
      let isFirst = epochs.insert(try receipt.count("epoch")).inserted
      #expect(try Self.roles(&receipt).called == ["engine"])
      guard isFirst else { continue }
      let verified = try await CommandRun.cloister("verify", "receipt", file)
      #expect(verified.status == 0, "\(verified.standardError)")
    }
    #expect(epochs.count == 3)
  }
}
