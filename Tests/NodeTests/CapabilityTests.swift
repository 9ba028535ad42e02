import InMemoryParties
import Node
import StrictJSON
import Testing
import Trust

@Suite("What a node can be asked for")
struct CapabilityTests {
  private static func program(_ capabilities: JSONValue) -> JSONValue {
    [
      "name": "m", "binary": ["path": "/engine", "digest": .string(String(repeating: "0", count: 64))], "models": [],
      "arguments": ["{socket}"], "environment": [], "capabilities": capabilities, "parallel": 1,
      "contextTokens": 4_096, "answerTokens": 512, "memoryBytes": 0, "startSeconds": 10,
    ]
  }

  private static let engines: [(JSONValue, Set<ReleaseEntry.Capability>)] = [
    ("embedded", [.rules]), ("unix:/run/engine", [.chat]), (program(["embeddings"]), [.embeddings]),
    (program(["embeddings", "chat"]), [.chat, .embeddings]),
    (["peer": "model", "name": "m", "parallel": 1], [.tasks]),
    (["peer": "model", "name": "m", "parallel": 1, "contextTokens": 4_096, "answerTokens": 512], [.chat]),
  ]

  @Test("it follows from the engine of the measured configuration", arguments: engines)
  func ofEngine(engine: JSONValue, capabilities: Set<ReleaseEntry.Capability>) async throws {
    guard case .object(var members) = try await InMemoryDeployment().identity.nodeConfiguration else { return }
    members["engine"] = engine
    members["weaknesses"] = ["engine-not-isolated"]
    let configuration = try NodeConfiguration(parsing: JSONValue.object(members).canonicalBytes)
    #expect(configuration.capabilities == capabilities)
  }
}
