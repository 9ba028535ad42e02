import Attestation
import Crypto
import TransparencyLog
import Trust
import WireFormat

/// A worked example of a page in docs/formats: a name, and what the library makes of the example's values.
struct FormatExample: Sendable, CustomStringConvertible {
  enum Content: Sendable {
    /// Bytes, in hexadecimal; white space and everything behind `#` is a note for the reader.
    case hexadecimal([UInt8])
    /// One line of text, which the page may break anywhere.
    case line(String)
    /// Several lines, exactly.
    case lines(String)
  }

  let page: String
  let name: String
  let content: Content

  var description: String { name }

  /// Whether a page's block holds this content.
  func matches(_ block: [String]) -> Bool {
    switch content {
    case .hexadecimal(let bytes):
      let digits = block.map { $0.prefix { $0 != "#" }.filter { !$0.isWhitespace } }.joined()
      return digits == bytes.hexadecimal
    case .line(let text): return block.joined() == text
    case .lines(let text): return block.joined(separator: "\n") == text
    }
  }

  /// What the page should say, where it says something else.
  var expected: String {
    switch content {
    case .hexadecimal(let bytes): bytes.hexadecimal
    case .line(let text), .lines(let text): text
    }
  }
}

/// The values that all examples share. The seeds are counted up, so that anybody can make the same keys.
enum ExampleValues {
  static let origin = "operator.example"
  static let time: UInt64 = 1_790_000_000

  /// 32 bytes that count up from `first`.
  static func bytes(from first: UInt8, count: UInt8 = 32) -> [UInt8] { (0..<count).map { first &+ $0 } }

  /// The first publisher's key, 00 01 … 1f.
  static func publisher() throws -> StatementSigningKey { try StatementSigningKey(seed: bytes(from: 0x00)) }

  /// The second publisher's key, 20 21 … 3f.
  static func secondPublisher() throws -> StatementSigningKey { try StatementSigningKey(seed: bytes(from: 0x20)) }

  /// The operator's key, 40 41 … 5f.
  static func operatorKey() throws -> StatementSigningKey { try StatementSigningKey(seed: bytes(from: 0x40)) }

  /// Stands for a node's key configuration: sixteen bytes, where a real one has more than a thousand.
  static let keyConfiguration = bytes(from: 0xB0, count: 16)

  static let binding = NodeBinding(
    operatorOrigin: origin, role: "assistant", epoch: 41, keyConfiguration: keyConfiguration,
    releaseLeafHash: bytes(from: 0x00), noteDigest: bytes(from: 0x20), engineManifestDigest: bytes(from: 0x40),
    hasAccelerator: false, acceleratorDigest: NodeBinding.noAccelerator)

  static let bundle = EpochBundle(
    operatorOrigin: origin, epoch: 41, gatewayKeyConfiguration: bytes(from: 0xC0, count: 8), issuerDay: 1,
    issuerKeys: [EpochBundle.IssuerKey(plan: "standard", publicKey: bytes(from: 0xD0, count: 8))],
    nodes: [
      EpochBundle.Node(
        role: "assistant", keyConfiguration: keyConfiguration, releaseIndex: 0, noteIndex: 0,
        engineManifestDigest: bytes(from: 0x40), platform: "sev-snp", evidence: bytes(from: 0xE0, count: 4),
        endorsementIndices: [0])
    ],
    endorsements: [bytes(from: 0xE4, count: 4)],
    releases: [EpochBundle.LoggedStatement(statement: [0xF0, 0xF1], proof: [0xF2])],
    revocations: [EpochBundle.LoggedStatement(statement: [0xF3, 0xF4], proof: [0xF5])],
    notes: [[0xF6, 0xF7]], policy: EpochBundle.LoggedStatement(statement: [0xF8, 0xF9], proof: [0xFA]),
    releaseLogNote: [0xFB, 0xFC])

  static let file = EpochFile(
    bundle: [0xA0, 0xA1, 0xA2], leaf: [0xA3, 0xA4], proof: [0xA5],
    knownHeads: [EpochFile.KnownHead(treeSize: 40, rootHash: bytes(from: 0x00), hashes: [bytes(from: 0x20)])])

  static let release = ReleaseEntry(
    name: "cloister-assistant", version: "1.2.0", securityVersion: 3, role: "assistant",
    artifacts: [.init(name: "cloister-node", purpose: "binary", digest: bytes(from: 0x00))],
    measurements: [
      .init(platform: "sev-snp", measurement: bytes(from: 0x20, count: 48), firmware: bytes(from: 0x50, count: 48))
    ],
    engineManifestDigest: bytes(from: 0x40), weaknesses: ["no-sandbox"], capabilities: [.rules], issued: time)

  static let promise = PromiseEntry(
    promises: [.revocationInterval(seconds: 86_400), .missedEpochs(atMost: 2, withinSeconds: 604_800)], issued: time,
    until: time + 31_536_000)

  static func artifactTree() throws -> ArtifactTree {
    try ArtifactTree(
      purpose: "binary",
      files: [
        .init(path: "usr/bin/cloister-node", mode: 0o100755, content: bytes(from: 0x00)),
        .init(path: "init", mode: 0o120777, content: Array("usr/bin/cloister-node".utf8)),
      ])
  }

  static let revocation = RevocationEntry(
    releaseLeafHashes: [bytes(from: 0x80)], chipIdentifiers: [bytes(from: 0x00, count: 64)], issued: time)

  static let receipt = Receipt(
    identifier: "example-1", task: "summarize", operatorOrigin: origin, epoch: 41, bundleDigest: bytes(from: 0x00),
    noteDigest: bytes(from: 0x20), policyVersion: 1, policyDigest: bytes(from: 0x40).hexadecimal,
    policyProvenance: "published", isSimulated: true, relay: "A third party", requestClass: 8_192,
    answerClass: "block",
    hops: [
      Receipt.Hop(
        role: "assistant", node: Array(SHA256.hash(data: keyConfiguration)), release: "cloister-assistant",
        releaseVersion: "1.2.0", releaseLeafHash: bytes(from: 0x60), platform: "sev-snp",
        verified: ["release-logged", "report-signature"], skipped: ["host-data"],
        relaxations: ["vmpl: 1 is allowed, strict is 0"], weaknesses: ["no-sandbox"],
        accelerators: [Receipt.Accelerator(platform: "nvidia-gpu", verified: ["nonce"], skipped: [])])
    ])

  /// A production policy with the strict appraisal.
  static func policy() throws -> TrustPolicy {
    func logKey(_ name: String, from first: UInt8) throws -> NoteVerifierKey {
      try NoteSigningKey(name: name, type: .ed25519, seed: bytes(from: first)).verifierKey
    }
    let witnesses = try (1...4).map { number in
      try NoteSigningKey(
        name: "witness-\(number).example", type: .cosignature, seed: bytes(from: UInt8(0xA0 + number))
      ).verifierKey
    }
    return try TrustPolicy(
      version: 1, operatorOrigin: origin, operatorKey: try operatorKey().publicKey,
      publishers: try Publishers(
        keys: [try publisher().publicKey, try secondPublisher().publicKey], threshold: 2),
      epochs: try EpochSchedule(start: time, epochSeconds: 3_600),
      epochLog: try logKey("operator.example/epochs", from: 0x60),
      releaseLog: try logKey("operator.example/releases", from: 0x80),
      witnesses: try DeclaredWitnesses(keys: witnesses, threshold: 3, declaredFaults: 1),
      appraisal: AppraisalPolicy.strict,
      releases: [TrustPolicy.Release(name: "cloister-assistant", role: "assistant", minimumSecurityVersion: 3)],
      relays: [
        TrustPolicy.Relay(server: "https://relay.third-party.example", operatorName: "A third party"),
        TrustPolicy.Relay(server: "https://relay.other.example", operatorName: "Another one"),
      ],
      issuer: TrustPolicy.Issuer(
        name: "issuer.operator.example", server: "https://issuer.operator.example", plan: "standard",
        tokensPerDay: 24))
  }
}
