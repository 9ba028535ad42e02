import InMemoryParties
import Inference
import Node
import StrictJSON
import Testing

@Suite("Measured configurations with which a node does not start", .keepsFolders)
struct NodeStartRefusalTests {
  private func members() async throws -> [String: JSONValue] {
    guard case .object(let members) = try await InMemoryDeployment().identity.nodeConfiguration else { return [:] }
    return members
  }

  @Test("node start: the configuration of the deployment itself is taken")
  func good() async throws {
    let configuration = try NodeConfiguration(parsing: JSONValue.object(try await members()).canonicalBytes)
    #expect(configuration.role == DeploymentNames.nodeRole)
  }

  @Test("node start: a member missing, unknown or of another type")
  func otherSchema() async throws {
    let good = try await members()
    var changed = good.keys.flatMap { name -> [[String: JSONValue]] in
      var without = good
      without[name] = nil
      var other = good
      other[name] = 7
      return [without, other]
    }
    var unknown = good
    unknown["environment"] = ["LD_PRELOAD": "/tmp/x.so"]
    changed.append(unknown)
    #expect(changed.count == 19)
    for members in changed {
      #expect(throws: (any Error).self) {
        try NodeConfiguration(parsing: JSONValue.object(members).canonicalBytes)
      }
    }
  }

  @Test("node start: a witness policy under which 2k-n does not exceed the declared faults")
  func unsafeWitnesses() async throws {
    var members = try await members()
    guard case .object(var witnesses)? = members["witnesses"] else { return }
    witnesses["threshold"] = 2
    members["witnesses"] = .object(witnesses)
    let bytes = JSONValue.object(members).canonicalBytes
    #expect(throws: NodeError(NodeError.configurationInvalid, "")) { try NodeConfiguration(parsing: bytes) }
  }

  @Test("node start: one publisher's signature would do", arguments: [0, 1, 3])
  func publisherThreshold(threshold: Int64) async throws {
    var members = try await members()
    guard case .object(var publishers)? = members["publishers"] else { return }
    publishers["threshold"] = .integer(threshold)
    members["publishers"] = .object(publishers)
    let bytes = JSONValue.object(members).canonicalBytes
    #expect(throws: NodeError(NodeError.configurationInvalid, "")) { try NodeConfiguration(parsing: bytes) }
  }

  @Test(
    "node start: an engine that is not local",
    arguments: ["http://127.0.0.1:8080", "https://engine.example", "unix:", "unix:relative.sock", "127.0.0.1:80", ""])
  func engineNotLocal(engine: String) async throws {
    var members = try await members()
    members["engine"] = .string(engine)
    let bytes = JSONValue.object(members).canonicalBytes
    #expect(throws: InferenceError(InferenceError.engineNotLocal, "")) { try NodeConfiguration(parsing: bytes) }
  }

  @Test("node start: a configuration truncated anywhere, or above its limit")
  func truncated() async throws {
    let good = JSONValue.object(try await members()).canonicalBytes
    for length in stride(from: 0, to: good.count, by: 37) {
      #expect(throws: (any Error).self) { try NodeConfiguration(parsing: Array(good.prefix(length))) }
    }
    let padded = good + Array(repeating: 0x20, count: 65_537 - good.count)
    #expect(throws: NodeError(NodeError.configurationInvalid, "")) { try NodeConfiguration(parsing: padded) }
  }
}
