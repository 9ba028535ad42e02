import Attestation
import StrictJSON
import TransparencyLog
import Trust

extension FuzzTarget {
  private static let hops = (0..<2).map { [UInt8](repeating: $0, count: 32) }

  static let trust = [
    FuzzTarget("statement", seeds: { [try TrustFixture.statement("text/plain", [1, 2, 3]).encoded] }) { bytes in
      guard let statement = try? Statement(parsing: bytes) else { return }
      claim(statement.encoded == bytes, "a statement has one text")
      _ = try? statement.verifiedPayload(type: "text/plain", publishers: TrustFixture.publishers())
    },
    FuzzTarget("epoch-bundle", maximumByteCount: 1 << 16, seeds: { [try TrustFixture.bundle.encoded()] }) { bytes in
      // Padded here, so that a mutation of any length can be a bundle.
      for bytes in [bytes, bytes + [UInt8](repeating: 0, count: (16_384 - bytes.count % 16_384) % 16_384)] {
        guard let bundle = try? EpochBundle(decoding: bytes) else { continue }
        claim(try bundle.encoded() == bytes, "a bundle encodes to its bytes")
      }
    },
    FuzzTarget("epoch-file", seeds: { [TrustFixture.file.encoded] }) { bytes in
      guard let file = try? EpochFile(decoding: bytes) else { return }
      claim(file.encoded == bytes, "an epoch file encodes to its bytes")
    },
    FuzzTarget("epoch-leaf", seeds: TrustFixture.leaves) { bytes in
      guard let leaf = try? EpochLeaf(parsingPayload: bytes) else { return }
      let key = try? TrustFixture.key(1)
      claim(
        try EpochLeaf(parsingPayload: key.map { leaf.signed(by: $0).payload } ?? []) == leaf,
        "a written leaf reads the same")
    },
    FuzzTarget("receipt", seeds: { [TrustFixture.receipt.json.canonicalBytes] }) { bytes in
      guard let receipt = try? Receipt(parsing: bytes) else { return }
      claim(try Receipt(parsing: receipt.json.canonicalBytes) == receipt, "a written receipt reads the same")
    },
    FuzzTarget("answer-hops", seeds: { [AnswerHops.event(hops), Array(AnswerHops.fieldValue(hops).utf8)] }) { bytes in
      if let nodes = try? AnswerHops.nodes(inEvent: bytes) {
        claim(try AnswerHops.nodes(inEvent: AnswerHops.event(nodes)) == nodes, "a written event reads the same")
      }
      if let nodes = try? AnswerHops.nodes(inField: String(decoding: bytes, as: UTF8.self)) {
        claim(try AnswerHops.nodes(inField: AnswerHops.fieldValue(nodes)) == nodes, "a written field reads the same")
      }
    },
    FuzzTarget("trust-policy", maximumByteCount: 1 << 13, seeds: { [try TrustFixture.policy().json.canonicalBytes] }) {
      bytes in
      guard let policy = try? TrustPolicy(parsingPayload: bytes) else { return }
      claim(
        try TrustPolicy(parsingPayload: policy.json.canonicalBytes).json == policy.json,
        "a written policy reads the same")
    },
    FuzzTarget("release-entry", seeds: { [TrustFixture.release.json.canonicalBytes] }) { bytes in
      guard let entry = release(bytes) else { return }
      claim(release(entry.json.canonicalBytes) == entry, "a written release reads the same")
    },
    FuzzTarget("revocation-entry", seeds: { [TrustFixture.revocation.statement.payload] }) { bytes in
      guard let entry = revocation(bytes) else { return }
      claim(revocation(entry.statement.payload) == entry, "a written revocation list reads the same")
    },
    FuzzTarget("promise-entry", seeds: { [TrustFixture.promise.statement.payload] }) { bytes in
      guard let entry = try? PromiseEntry(parsingPayload: bytes) else { return }
      claim(try PromiseEntry(parsingPayload: entry.statement.payload) == entry, "a written promise reads the same")
    },
    FuzzTarget("artifact-tree", seeds: { [try TrustFixture.artifactTree().canonicalBytes] }) { bytes in
      guard let tree = try? ArtifactTree(parsing: bytes) else { return }
      claim(tree.canonicalBytes == bytes, "a manifest has one form")
      claim(try ArtifactTree(purpose: tree.purpose, files: tree.files) == tree, "a read tree can be written")
    },
  ]

  private static func release(_ payload: [UInt8]) -> ReleaseEntry? {
    try? ReleaseEntry(
      verifying: TrustFixture.statement(ReleaseEntry.payloadType, payload), publishers: TrustFixture.publishers())
  }

  private static func revocation(_ payload: [UInt8]) -> RevocationEntry? {
    try? RevocationEntry(
      verifying: TrustFixture.statement(RevocationEntry.payloadType, payload), publisher: TrustFixture.key(1).publicKey)
  }
}

/// Keys of one byte repeated and values that name nobody.
enum TrustFixture {
  static func digest(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

  static func key(_ byte: UInt8) throws -> StatementSigningKey { try StatementSigningKey(seed: digest(byte)) }

  static func publishers() throws -> Publishers {
    try Publishers(keys: [try key(1).publicKey, try key(2).publicKey], threshold: 2)
  }

  static func statement(_ type: String, _ payload: [UInt8]) throws -> Statement {
    var statement = Statement(payloadType: type, payload: payload)
    statement.sign(with: try key(1))
    statement.sign(with: try key(2))
    return statement
  }

  private static let logged = EpochBundle.LoggedStatement(statement: [1, 2], proof: [3])

  static let bundle = EpochBundle(
    operatorOrigin: "example.test", epoch: 41, gatewayKeyConfiguration: [4, 5, 6], issuerDay: 1,
    issuerKeys: [EpochBundle.IssuerKey(plan: "standard", publicKey: [7, 7])],
    nodes: [
      EpochBundle.Node(
        role: "assistant", keyConfiguration: [1, 2, 3], releaseIndex: 0, noteIndex: 0,
        engineManifestDigest: digest(3), platform: "sev-snp", evidence: [9, 9, 9], supplement: [1],
        endorsementIndices: [0, 1],
        accelerators: [EpochBundle.Accelerator(platform: "nvidia-gpu", evidence: [7, 7], endorsementIndices: [1])])
    ],
    endorsements: [[0x30, 1], [0x30, 2]], releases: [logged], revocations: [logged], notes: [[8]], policy: logged,
    releaseLogNote: [5])

  static let file = EpochFile(
    bundle: [1, 2, 3], leaf: [4, 5], proof: [6],
    knownHeads: [EpochFile.KnownHead(treeSize: 40, rootHash: digest(7), hashes: [digest(8), digest(9)])])

  @Sendable static func leaves() throws -> [[UInt8]] {
    try [digest(1), nil].map { digest in
      EpochLeaf(operatorOrigin: "example.test", epoch: 41, bundleDigest: digest).signed(by: try key(1)).payload
    }
  }

  static let receipt = Receipt(
    identifier: "20261121-1", task: "summarize", operatorOrigin: "example.test", epoch: 41, bundleDigest: digest(4),
    noteDigest: digest(5), policyVersion: 1, policyDigest: "abab", policyProvenance: "published", isSimulated: true,
    relay: "http://127.0.0.2:8080", requestClass: 32_768, answerClass: "block",
    hops: [
      Receipt.Hop(
        role: "assistant", node: digest(6), release: "assistant", releaseVersion: "1.0.0", releaseLeafHash: digest(1),
        platform: "sev-snp", verified: ["signature"], skipped: ["host-data"], weaknesses: [])
    ])

  static let release = ReleaseEntry(
    name: "assistant", version: "1.2.0", securityVersion: 3, role: "assistant",
    artifacts: [.init(name: "cloister-node", purpose: "binary", digest: digest(1))],
    measurements: [
      .init(
        platform: "sev-snp", measurement: [UInt8](repeating: 2, count: 48), firmware: [UInt8](repeating: 3, count: 48))
    ],
    engineManifestDigest: digest(4), modelDigests: [digest(5)], weaknesses: ["no-sandbox"], issued: 1_790_000_000)

  static let promise = PromiseEntry(
    promises: [.revocationInterval(seconds: 86_400), .missedEpochs(atMost: 2, withinSeconds: 86_400)], issued: 1,
    until: 2)

  static func artifactTree() throws -> ArtifactTree {
    try ArtifactTree(
      purpose: "binary",
      files: [
        .init(path: "bin/run", mode: 0o100755, content: [1, 2, 3]),
        .init(path: "link", mode: 0o120777, content: Array("bin/run".utf8)),
      ])
  }

  static let revocation = RevocationEntry(
    releaseLeafHashes: [digest(6)], chipIdentifiers: [[7, 7]], issued: 1_790_000_000)

  private static func logKey(_ byte: UInt8, _ type: NoteKeyType) throws -> NoteVerifierKey {
    try NoteSigningKey(name: "key-\(byte).test", type: type, seed: digest(byte)).verifierKey
  }

  static func policy() throws -> TrustPolicy {
    try TrustPolicy(
      version: 7, operatorOrigin: "example.test", operatorKey: try key(5).publicKey, publishers: try publishers(),
      epochs: try EpochSchedule(start: 1_790_000_000, epochSeconds: 3_600), epochLog: try logKey(0x11, .ed25519),
      releaseLog: try logKey(0x12, .ed25519),
      witnesses: try DeclaredWitnesses(
        keys: try (0x21...0x24).map { try logKey($0, .cosignature) }, threshold: 3, declaredFaults: 1),
      appraisal: AppraisalPolicy(sevSNP: .none),
      releases: [TrustPolicy.Release(name: "assistant", role: "assistant", minimumSecurityVersion: 3)],
      relays: [TrustPolicy.Relay(server: "https://relay.test", operatorName: "A third party")],
      issuer: TrustPolicy.Issuer(
        name: "issuer.test", server: "https://issuer.test", plan: "standard", tokensPerDay: 20))
  }
}
