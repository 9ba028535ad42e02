import StrictJSON
import Testing
import Trust

@Suite("Artifact trees")
struct ArtifactTreeTests {
  private static let files = [
    ArtifactTree.File(path: "lib/b", content: [2]), ArtifactTree.File(path: "bin/run", mode: 0o104755, content: [1]),
    ArtifactTree.File(path: "lib/link", mode: 0o120777, content: Array("b".utf8)),
  ]

  private static func tree() throws -> ArtifactTree { try ArtifactTree(purpose: "node", files: files) }

  @Test("a manifest reads as it was written, whatever the order of its files was")
  func roundTrip() throws {
    let tree = try Self.tree()
    #expect(try ArtifactTree(parsing: tree.canonicalBytes) == tree)
    #expect(try ArtifactTree(purpose: "node", files: Self.files.reversed()).digest == tree.digest)
    #expect(tree.files.map(\.path) == ["bin/run", "lib/b", "lib/link"])
  }

  @Test("path, mode, length, content and purpose each change the digest; so do two files that change places")
  func digest() throws {
    let digest = try Self.tree().digest
    let file = Self.files[0]
    let changes = [
      ArtifactTree.File(path: "lib/c", content: [2]), ArtifactTree.File(path: "lib/b", mode: 0o100755, content: [2]),
      ArtifactTree.File(path: "lib/b", content: [3]),
      ArtifactTree.File(path: "lib/b", mode: file.mode, byteCount: 2, contentDigest: file.contentDigest),
    ]
    for change in changes {
      #expect(try ArtifactTree(purpose: "node", files: [change] + Self.files.dropFirst()).digest != digest)
    }
    #expect(try ArtifactTree(purpose: "engine", files: Self.files).digest != digest)
    let swapped = [
      ArtifactTree.File(path: "lib/b", content: [1]), ArtifactTree.File(path: "bin/run", mode: 0o104755, content: [2]),
      Self.files[2],
    ]
    #expect(try ArtifactTree(purpose: "node", files: swapped).digest != digest)
  }

  @Test(
    "a path that leads elsewhere, is empty or has an empty component is refused",
    arguments: [
      "", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/.", "a\u{0}b", String(repeating: "a", count: 4_097),
    ])
  func paths(path: String) {
    #expect(throws: TrustError(TrustError.malformed, "")) {
      try ArtifactTree(purpose: "node", file: .init(path: path, content: []))
    }
  }

  @Test(
    "a mode of anything but a file or link is refused",
    arguments: [0, 0o644, 0o40755, 0o20666, 0o60666, 0o10644, 0o140755, 0o120755, 0o110000] as [UInt32])
  func modes(mode: UInt32) {
    #expect(throws: TrustError(TrustError.malformed, "")) {
      try ArtifactTree(purpose: "node", file: .init(path: "a", mode: mode, content: []))
    }
  }

  @Test(
    "no file, a path twice, and a path below a file are refused",
    arguments: [[], ["a", "a"], ["a", "a/b"], ["a/b/c", "a"]])
  func sets(paths: [String]) {
    #expect(throws: TrustError(TrustError.malformed, "")) {
      try ArtifactTree(purpose: "node", files: paths.map { .init(path: $0, content: []) })
    }
  }

  private static let shapes: [([String], JSONValue?)] = [
    (["type"], "tree2"), (["type"], nil), (["purpose"], nil), (["extra"], 1), (["files"], []),
    (["files", "0", "path"], nil),
    (["files", "0", "mode"], "0104755"), (["files", "0", "mode"], "8"), (["files", "0", "mode"], 33_188),
    (["files", "0", "length"], -1), (["files", "0", "length"], "1"), (["files", "0", "content"], "00"),
    (["files", "0", "extra"], true), (["files", "0", "path"], "z"),
  ]

  @Test("a manifest of another form, or not in its one order, is refused", arguments: shapes)
  func malformed(path: [String], value: JSONValue?) throws {
    let json = try JSONValue(parsing: try Self.tree().canonicalBytes).setting(path, to: value)
    #expect(throws: TrustError(TrustError.malformed, "")) { try ArtifactTree(parsing: json.canonicalBytes) }
  }

  @Test("white space, a byte more and every truncation are refused")
  func bytes() throws {
    let bytes = try Self.tree().canonicalBytes
    for other in [bytes + [0x0A], [0x20] + bytes, bytes + bytes] {
      #expect(throws: TrustError(TrustError.malformed, "")) { try ArtifactTree(parsing: other) }
    }
    for length in bytes.indices {
      #expect(throws: TrustError(TrustError.malformed, "")) { try ArtifactTree(parsing: Array(bytes[..<length])) }
    }
  }
}

@Suite("Promises and the log's entries as a whole")
struct PromiseEntryTests {
  static let promise = PromiseEntry(
    promises: [
      .revocationInterval(seconds: 86_400), .missedEpochs(atMost: 0, withinSeconds: 3_600),
      .epochFileRetention(seconds: 31_536_000), .artifactRetention(seconds: 1),
    ], issued: 5, until: 6)

  private static func json() throws -> JSONValue { try JSONValue(parsing: promise.statement.payload) }

  private static func read(_ json: JSONValue, by seeds: [UInt8] = [1, 2]) throws -> PromiseEntry {
    try PromiseEntry(
      verifying: try Fixture.signed(PromiseEntry.payloadType, json, by: seeds), publishers: try Fixture.publishers())
  }

  @Test("a promise of every kind survives signing and verifying")
  func roundTrip() throws {
    #expect(try Self.read(try Self.json()) == Self.promise)
  }

  @Test("a promise that one publisher signed is refused")
  func onePublisher() throws {
    let json = try Self.json()
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) { try Self.read(json, by: [1]) }
    #expect(throws: TrustError(TrustError.entryType, "")) { try Self.read(json.setting(["type"], to: "release")) }
  }

  private static let shapes: [([String], JSONValue?)] = [
    (["promises"], []), (["promises", "0", "kind"], "be-nice"), (["promises", "0", "seconds"], 0),
    (["promises", "0", "seconds"], 1_099_511_627_777), (["promises", "0", "count"], 1),
    (["promises", "1", "count"], nil),
    (["promises", "1", "extra"], 1), (["issued"], 6), (["until"], nil), (["extra"], nil as JSONValue?),
    (["until"], "6"),
  ]

  @Test(
    "a promise of an unknown kind, of no time, or with a missing, added or misshapen member is refused",
    arguments: shapes)
  func malformed(path: [String], value: JSONValue?) throws {
    let json = try Self.json().setting(path, to: path == ["extra"] ? 1 : value)
    #expect(throws: TrustError(TrustError.malformed, "")) { try Self.read(json) }
  }

  @Test("an entry is read as what its payload type says, and as nothing else")
  func types() throws {
    let publishers = try Fixture.publishers()
    let release = ReleaseLogTests.release
    let entries: [(Statement, ReleaseLogEntry)] = [
      (release.statement, .release(release)), (Self.promise.statement, .promise(Self.promise)),
    ]
    for (unsigned, expected) in entries {
      var statement = unsigned
      for seed in [1, 2] as [UInt8] { statement.sign(with: try Fixture.signingKey(seed)) }
      #expect(try ReleaseLogEntry(verifying: statement, publishers: publishers) == expected)
    }
    var list = ReleaseLogTests.revocation.statement
    list.sign(with: try Fixture.signingKey(2))
    #expect(
      try ReleaseLogEntry(verifying: list, publishers: publishers)
        == .revocation(ReleaseLogTests.revocation, publisher: try Fixture.signingKey(2).publicKey))
    let other = try Fixture.signed("application/vnd.cloister.epoch+json", [:], by: [1, 2])
    #expect(throws: TrustError(TrustError.payloadType, "")) {
      try ReleaseLogEntry(verifying: other, publishers: publishers)
    }
    var stranger = ReleaseLogTests.revocation.statement
    stranger.sign(with: try Fixture.signingKey(3))
    #expect(throws: TrustError(TrustError.tooFewSignatures, "")) {
      try ReleaseLogEntry(verifying: stranger, publishers: publishers)
    }
  }
}
