import StrictJSON
import Testing
import Trust

@Suite("Release log entries")
struct ReleaseLogTests {
  static let release = ReleaseEntry(
    name: "assistant", version: "1.2.0", securityVersion: 3, role: "assistant",
    artifacts: [.init(name: "cloister-node", purpose: "binary", digest: Fixture.digest(1))],
    measurements: [
      .init(
        platform: "sev-snp", measurement: [UInt8](repeating: 2, count: 48),
        firmware: [UInt8](repeating: 3, count: 48))
    ],
    engineManifestDigest: Fixture.digest(4), modelDigests: [Fixture.digest(5)], accelerators: [],
    weaknesses: ["no-sandbox"], issued: 1_790_000_000)

  static let revocation = RevocationEntry(
    releaseLeafHashes: [Fixture.digest(6)], chipIdentifiers: [[UInt8](repeating: 7, count: 64)],
    issued: 1_790_000_000)

  private static func release(_ json: JSONValue, by seeds: [UInt8] = [1, 2]) throws -> ReleaseEntry {
    try ReleaseEntry(
      verifying: try Fixture.signed(ReleaseEntry.payloadType, json, by: seeds), publishers: try Fixture.publishers())
  }

  private static func revocation(_ json: JSONValue, by seed: UInt8 = 1) throws -> RevocationEntry {
    try RevocationEntry(
      verifying: try Fixture.signed(RevocationEntry.payloadType, json, by: [seed]),
      publisher: try Fixture.signingKey(1).publicKey)
  }

  private static func revocationJSON() throws -> JSONValue { try JSONValue(parsing: revocation.statement.payload) }

  @Test("a release survives signing and verifying")
  func releaseRoundTrip() throws {
    #expect(try Self.release(Self.release.json) == Self.release)
  }

  @Test("the roles that a release calls survive, and a release that calls nobody does not mention any")
  func calls() throws {
    var release = Self.release
    #expect(!release.json.canonicalText.contains("calls"))
    release.calls = ["model", "embedder"]
    #expect(try Self.release(release.json) == release)
  }

  @Test(
    "roles that a release calls are one to eight different names",
    arguments: [
      [], "model", [1], [""], ["model", "model"], .null, .array((0..<9).map { .string("role-\($0)") }),
    ] as [JSONValue])
  func malformedCalls(value: JSONValue) {
    let json = Self.release.json.setting(["calls"], to: value)
    #expect(throws: TrustError(TrustError.malformed, "")) { try Self.release(json) }
  }

  @Test("what nodes can be asked for survives, and a release that does not say it does not mention it")
  func capabilities() throws {
    var release = Self.release
    #expect(!release.json.canonicalText.contains("capabilities"))
    release.capabilities = [.tasks, .chat]
    #expect(release.json.canonicalText.contains(#""capabilities":["chat","tasks"]"#))
    #expect(try Self.release(release.json) == release)
  }

  @Test(
    "what nodes can be asked for is one or more different capabilities that there are",
    arguments: [
      [], "chat", [1], [""], ["chat", "chat"], ["chat", "vision"], ["Chat"], .null, [["chat"]],
    ] as [JSONValue])
  func malformedCapabilities(value: JSONValue) {
    let json = Self.release.json.setting(["capabilities"], to: value)
    #expect(throws: TrustError(TrustError.malformed, "")) { try Self.release(json) }
  }

  @Test("one publisher's signature alone is refused")
  func onePublisher() {
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) { try Self.release(Self.release.json, by: [1]) }
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) { try Self.release(Self.release.json, by: [1, 1]) }
  }

  @Test(
    "a release without a firmware measurement of 48 bytes is refused",
    arguments: [nil, .null, "", "00", .string(String(repeating: "00", count: 47))] as [JSONValue?])
  func firmware(value: JSONValue?) {
    let json = Self.release.json.setting(["measurements", "0", "firmware"], to: value)
    #expect(throws: TrustError(TrustError.noFirmwareMeasurement, "")) { try Self.release(json) }
  }

  @Test("an entry of another type is refused", arguments: ["revocation", "policy", "promise", "Release", ""])
  func entryType(type: String) throws {
    #expect(throws: TrustError(TrustError.entryType, "")) {
      try Self.release(Self.release.json.setting(["type"], to: .string(type)))
    }
    #expect(throws: TrustError(TrustError.entryType, "")) {
      try Self.revocation(try Self.revocationJSON().setting(["type"], to: .string(type + "x")))
    }
  }

  @Test("a statement of another payload type is no release")
  func payloadType() throws {
    let statement = try Fixture.signed(RevocationEntry.payloadType, Self.release.json, by: [1, 2])
    #expect(throws: TrustError(TrustError.payloadType, "")) {
      try ReleaseEntry(verifying: statement, publishers: try Fixture.publishers())
    }
  }

  private static let releaseShapes: [([String], JSONValue?)] = [
    (["name"], nil), (["issued"], nil), (["extra"], true), (["securityVersion"], -1), (["securityVersion"], "3"),
    (["engineManifest"], "00"), (["models"], ["00"]), (["weaknesses"], [1]), (["artifacts", "0", "extra"], true),
    (["artifacts", "0", "digest"], "00"), (["measurements", "0", "measurement"], "00"),
    (["measurements", "0", "extra"], true), (["measurements", "0", "platform"], "nitro"),
    (["measurements", "0", "application"], "00"), (["accelerators"], [["platform": "nvidia-gpu", "count": 0]]),
    (["accelerators"], [["platform": "nvidia-gpu", "count": 1, "goldenValues": []]]),
  ]

  @Test("a release with a missing, added or misshapen member is refused", arguments: Self.releaseShapes)
  func releaseSchema(path: [String], value: JSONValue?) {
    #expect(throws: TrustError(TrustError.malformed, "")) {
      try Self.release(Self.release.json.setting(path, to: value))
    }
  }

  @Test("a revocation list survives signing and verifying, empty or not")
  func revocationRoundTrip() throws {
    for list in [Self.revocation, RevocationEntry(issued: 1)] {
      #expect(try Self.revocation(try JSONValue(parsing: list.statement.payload)) == list)
    }
  }

  @Test("another publisher's key does not sign a publisher's list")
  func otherPublisher() {
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) {
      try Self.revocation(try Self.revocationJSON(), by: 2)
    }
  }

  private static let revocationShapes: [([String], JSONValue?)] = [
    (["issued"], nil), (["extra"], true), (["releases"], ["00"]), (["chips"], [""]), (["chips"], [1]),
    (["chips"], [.string(String(repeating: "00", count: 65))]), (["issued"], "1"),
  ]

  @Test("a revocation list with a missing, added or misshapen member is refused", arguments: Self.revocationShapes)
  func revocationSchema(path: [String], value: JSONValue?) {
    #expect(throws: TrustError(TrustError.malformed, "")) {
      try Self.revocation(try Self.revocationJSON().setting(path, to: value))
    }
  }
}
