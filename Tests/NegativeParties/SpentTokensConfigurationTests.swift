import Foundation
import Gateway
import InMemoryParties
import StrictJSON
import Testing
import TransparencyLog
import Trust

@Suite("Where a gateway's configuration file says that spent tokens are recorded", .keepsFolders)
struct SpentTokensConfigurationTests {
  /// The location, of an otherwise good configuration file.
  private static func location(_ value: JSONValue?, _ folder: TemporaryFolder) throws -> SpentTokensLocation {
    try file(spentTokens: value, folder).spentTokens
  }

  /// - Parameter left: members that are left out.
  private static func file(
    spentTokens value: JSONValue?, leavingOut left: Set<String> = [], _ folder: TemporaryFolder
  ) throws -> GatewayConfigurationFile {
    func write(_ text: String, _ name: String) throws -> JSONValue {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
      return .string(folder.path(name))
    }
    _ = try folder.subfolder("publications")
    _ = try write("{}", "publications/policy.dsse")
    let logKey = try NoteSigningKey(name: "log.test", type: .ed25519).verifierKey.encoded
    let witnesses = try (0..<4).map { index in
      JSONValue.string(try NoteSigningKey(name: "witness\(index).test", type: .cosignature).verifierKey.encoded)
    }
    var members: [String: JSONValue] = [
      "operator": "operator.test", "epochs": ["start": 1_790_000_000, "seconds": 3_600],
      "operatorKey": try write(String(repeating: "07", count: 32), "operator.seed"),
      "issuer": ["name": "issuer.test", "server": "http://issuer.test"],
      "log": .object(
        [
          "server": "http://log.test", "submissionKey": try write("key", "submission.key"), "epochs": .string(logKey),
          "releases": .string(logKey),
        ].filter { !left.contains($0.key) }),
      "witnesses": ["keys": .array(witnesses), "threshold": 3, "declaredFaults": 1], "nodes": ["http://node.test"],
      "keys": .string(folder.path("keys")), "publications": .string(folder.path("publications")),
      "epochFiles": .string(folder.path("epochs")),
    ]
    members["spentTokens"] = value
    for member in left { members[member] = nil }
    _ = try write(JSONValue.object(members).canonicalText, "gateway.json")
    return try GatewayConfigurationFile(path: folder.path("gateway.json"))
  }

  @Test("without operatorKey and submissionKey a gateway makes no epochs; one of them alone is refused")
  func keys() throws {
    let folder = try TemporaryFolder()
    let path: JSONValue = "/var/spent.sqlite"
    #expect(try Self.file(spentTokens: path, folder).configuration.epochKeys != nil)
    let others = ["operatorKey", "submissionKey"]
    #expect(try Self.file(spentTokens: path, leavingOut: Set(others), folder).configuration.epochKeys == nil)
    for member in others {
      #expect(throws: GatewayError(GatewayError.configurationInvalid, "")) {
        _ = try Self.file(spentTokens: path, leavingOut: [member], folder)
      }
    }
  }

  @Test("a text is the path of an SQLite file")
  func sqlite() throws {
    let folder = try TemporaryFolder()
    guard case .sqlite("/var/spent.sqlite") = try Self.location("/var/spent.sqlite", folder) else {
      Issue.record("another location")
      return
    }
  }

  @Test("an object names the file of a database's parameters, of which white space at the ends is no part")
  func postgresql() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("spent.conninfo")
    try Data("host=10.0.0.5 password='a b'\n".utf8).write(to: URL(fileURLWithPath: file))
    guard
      case .postgresql("host=10.0.0.5 password='a b'") = try Self.location(["postgresql": .string(file)], folder)
    else {
      Issue.record("other parameters")
      return
    }
  }

  static let otherValues: [JSONValue?] = [
    nil, 1, true, [], [:], ["sqlite": "/var/spent.sqlite"], ["postgresql": 1],
    ["postgresql": "/nowhere/spent.conninfo"], ["postgresql": "/dev/null", "sqlite": "/var/spent.sqlite"],
  ]

  @Test("anything else stops the start, and no value is shown", arguments: otherValues)
  func refused(value: JSONValue?) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: GatewayError(GatewayError.configurationInvalid, "")) {
      _ = try Self.location(value, folder)
    }
    #expect(error?.message.contains("/nowhere") == false)
  }
}
