import Attestation
import StrictJSON
import Testing
import TransparencyLog
import Trust
import WireFormat

@Suite("Trust policy")
struct TrustPolicyTests {
  private static func simulatedPolicy() throws -> TrustPolicy {
    let root = try #require(SimulatedRoot(publicKeyDigest: Fixture.digest(0xAA)))
    return try policy(.simulated([root]), relay: "http://127.0.0.2:8080", issuer: "http://issuer.test:8081")
  }

  private static func productionPolicy() throws -> TrustPolicy {
    try policy(.allProduction, relay: "https://relay.example", issuer: "https://issuer.example")
  }

  private static func policy(_ anchors: TrustAnchors, relay: String, issuer: String) throws -> TrustPolicy {
    try TrustPolicy(
      version: 7, operatorOrigin: "example.test", operatorKey: try Fixture.signingKey(5).publicKey,
      publishers: try Fixture.publishers(), epochs: try EpochSchedule(start: 1_790_000_000, epochSeconds: 3_600),
      epochLog: try Fixture.logKey("example.test/epochs", 0x11),
      releaseLog: try Fixture.logKey("example.test/releases", 0x12),
      witnesses: try DeclaredWitnesses(
        keys: try (0x21...0x24).map { try Fixture.witnessKey($0) }, threshold: 3, declaredFaults: 1),
      appraisal: AppraisalPolicy(anchors: anchors),
      releases: [TrustPolicy.Release(name: "assistant", role: "assistant", minimumSecurityVersion: 3)],
      relays: [TrustPolicy.Relay(server: relay, operatorName: "A third party")],
      issuer: TrustPolicy.Issuer(name: "issuer.test", server: issuer, plan: "standard", tokensPerDay: 20))
  }

  private static func read(_ json: JSONValue) throws -> TrustPolicy {
    try TrustPolicy(parsingPayload: json.canonicalBytes)
  }

  @Test("a policy survives its JSON form, production or simulated")
  func roundTrip() throws {
    for policy in [try Self.simulatedPolicy(), try Self.productionPolicy()] {
      #expect(try Self.read(policy.json).json == policy.json)
    }
    #expect(try Self.simulatedPolicy().isSimulated)
    #expect(try !Self.productionPolicy().isSimulated)
  }

  @Test("a policy that its publishers signed is read")
  func signed() throws {
    let json = try Self.simulatedPolicy().json
    let statement = try Fixture.signed(TrustPolicy.payloadType, json, by: [1, 2])
    #expect(try TrustPolicy(verifyingOwnSignatures: statement).json == json)
    #expect(try TrustPolicy(verifying: statement, publishers: try Fixture.publishers()).json == json)
  }

  @Test("an unsigned policy, and one publisher's alone or twice, is refused", arguments: [[], [1], [1, 1], [1, 3]])
  func tooFewSignatures(seeds: [UInt8]) throws {
    let statement = try Fixture.signed(TrustPolicy.payloadType, try Self.simulatedPolicy().json, by: seeds)
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) {
      try TrustPolicy(verifyingOwnSignatures: statement)
    }
  }

  @Test("a policy that names new publishers is refused unless the old ones signed it")
  func newPublishers() throws {
    var policy = try Self.simulatedPolicy()
    policy.publishers = try Publishers(
      keys: [try Fixture.signingKey(3).publicKey, try Fixture.signingKey(4).publicKey], threshold: 2)
    let byNew = try Fixture.signed(TrustPolicy.payloadType, policy.json, by: [3, 4])
    let byOld = try Fixture.signed(TrustPolicy.payloadType, policy.json, by: [1, 2])
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) {
      try TrustPolicy(verifying: byNew, publishers: try Fixture.publishers())
    }
    #expect(try TrustPolicy(verifying: byOld, publishers: try Fixture.publishers()).json == policy.json)
  }

  @Test("a release's statement is no policy")
  func otherPayloadType() throws {
    let statement = try Fixture.signed(ReleaseEntry.payloadType, try Self.simulatedPolicy().json, by: [1, 2])
    #expect(throws: TrustError(TrustError.payloadType, "")) { try TrustPolicy(verifyingOwnSignatures: statement) }
  }

  @Test("an entry of another type is no policy", arguments: ["release", "revocation", ""])
  func otherEntryType(type: String) throws {
    #expect(throws: TrustError(TrustError.entryType, "")) {
      try Self.read(try Self.simulatedPolicy().json.setting(["type"], to: .string(type)))
    }
  }

  private static let shapes: [([String], JSONValue?)] = [
    (["version"], nil), (["version"], -1), (["extra"], true), (["operator", "extra"], true), (["logs", "extra"], true),
    (["witnesses", "extra"], true), (["publishers", "extra"], true), (["epochs", "extra"], true),
    (["issuer", "extra"], true), (["appraisal", "extra"], true), (["releases", "0", "extra"], true),
    (["relays", "0", "extra"], true), (["logs", "epochs"], "no key"), (["releases"], []), (["relays"], []),
    (["issuer", "tokensPerDay"], 0), (["issuer", "tokensPerDay"], 1_001), (["publishers", "threshold"], 1),
    (["publishers", "threshold"], 3), (["epochs", "seconds"], 9), (["epochs", "seconds"], 86_401),
    (["appraisal", "anchors"], [:]), (["appraisal", "anchors"], ["simulated": "00"]),
    (["appraisal", "anchors"], ["production": ["amd-naples"]]),
  ]

  @Test("a missing, added or impossible member is refused", arguments: Self.shapes)
  func schema(path: [String], value: JSONValue?) throws {
    #expect(throws: TrustError(TrustError.policyInvalid, "")) {
      try Self.read(try Self.simulatedPolicy().json.setting(path, to: value))
    }
  }

  @Test("1 and 1,000 tokens a day are allowed", arguments: [JSONValue.integer(1), .integer(1_000)])
  func tokensPerDay(value: JSONValue) throws {
    let json = try Self.simulatedPolicy().json.setting(["issuer", "tokensPerDay"], to: value)
    #expect(throws: Never.self) { try Self.read(json) }
  }

  @Test("a publisher named twice is refused")
  func publisherTwice() throws {
    let key = JSONValue.string(try Fixture.signingKey(1).publicKey.rawRepresentation.hexadecimal)
    #expect(throws: TrustError(TrustError.policyInvalid, "")) {
      try Self.read(try Self.simulatedPolicy().json.setting(["publishers", "keys"], to: [key, key]))
    }
  }

  @Test(
    "a quorum of witnesses that does not exclude two views is refused",
    arguments: [(2, 1), (3, 2), (3, 0), (4, 4), (5, 1)])
  func quorum(threshold: Int64, declaredFaults: Int64) throws {
    let json = try Self.simulatedPolicy().json
      .setting(["witnesses", "threshold"], to: .integer(threshold))
      .setting(["witnesses", "declaredFaults"], to: .integer(declaredFaults))
    #expect(throws: TrustError(TrustError.policyUnsafe, "")) { try Self.read(json) }
  }

  @Test("real and simulated roots together are refused")
  func mixedRoots() throws {
    let anchors: JSONValue = [
      "production": ["amd-genoa"], "simulated": .string(String(repeating: "aa", count: 32)),
    ]
    #expect(throws: TrustError(TrustError.policyMixesRoots, "")) {
      try Self.read(try Self.simulatedPolicy().json.setting(["appraisal", "anchors"], to: anchors))
    }
  }

  @Test("a root by its bytes is refused in a production policy")
  func rootByBytes() throws {
    let anchors: JSONValue = ["production": [.string(String(repeating: "aa", count: 32))]]
    #expect(throws: TrustError(TrustError.policyInvalid, "")) {
      try Self.read(try Self.productionPolicy().json.setting(["appraisal", "anchors"], to: anchors))
    }
  }

  private static let localServers: [String] = [
    "http://127.0.0.1", "http://127.0.0.1:8080", "http://127.255.0.9:1", "http://localhost:80",
    "https://relay.test", "https://a.b.test:443",
  ]
  private static let otherServers: [String] = [
    "https://relay.example", "http://128.0.0.1", "http://127.0.0.1.example", "http://127.0.1", "http://.test",
    "http://test", "http://relay.test.example", "http://127.0.0.1@relay.example", "http://[::1]:80",
    "http://127.0.0.256", "127.0.0.1:80", "http://localhost.example", "", "http://127.+0.0.1",
    // What hides the end of the host: query, fragment, backslash, and a slash with a combining mark.
    "http://relay.example?.test", "http://relay.example#.test", "http://relay.example\\.test",
    "http://relay.example/\u{301}.test", "http://a@\u{301}relay.test", "relay.example/://127.0.0.1",
    "http://127.0.0.1/", "http://relay.test:80/path", "ftp://127.0.0.1", "http://127.0.0.1:http",
  ]

  @Test("a simulated policy may name loopback and .test", arguments: Self.localServers)
  func localServer(server: String) throws {
    for path in [["relays", "0", "server"], ["issuer", "server"]] {
      #expect(throws: Never.self) {
        try Self.read(try Self.simulatedPolicy().json.setting(path, to: .string(server)))
      }
    }
  }

  @Test("a simulated policy that names any other server is refused", arguments: Self.otherServers)
  func otherServer(server: String) throws {
    for path in [["relays", "0", "server"], ["issuer", "server"]] {
      #expect(throws: TrustError(TrustError.policyMixesRoots, "")) {
        try Self.read(try Self.simulatedPolicy().json.setting(path, to: .string(server)))
      }
    }
  }

  @Test("a policy's name is SHA-256 of its payload")
  func digest() throws {
    let payload = try Self.simulatedPolicy().json.canonicalBytes
    #expect(TrustPolicy.digest(ofPayload: payload).utf8.count == 64)
    #expect(TrustPolicy.digest(ofPayload: payload) != TrustPolicy.digest(ofPayload: payload + [0x20]))
  }
}
