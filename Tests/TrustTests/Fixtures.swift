import ErrorCodes
import StrictJSON
import TransparencyLog
import Trust

/// Keys and values that every suite here starts from. Nothing in them is secret: each seed is one byte repeated.
enum Fixture {
  static func digest(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

  static func signingKey(_ byte: UInt8) throws -> StatementSigningKey { try StatementSigningKey(seed: digest(byte)) }

  static func logKey(_ name: String, _ byte: UInt8) throws -> NoteVerifierKey {
    try NoteSigningKey(name: name, type: .ed25519, seed: digest(byte)).verifierKey
  }

  static func witnessKey(_ byte: UInt8) throws -> NoteVerifierKey {
    try NoteSigningKey(name: "witness-\(byte).test", type: .cosignature, seed: digest(byte)).verifierKey
  }

  static func publishers() throws -> Publishers {
    try Publishers(keys: [try signingKey(1).publicKey, try signingKey(2).publicKey], threshold: 2)
  }

  /// A statement over `payload` signed by the keys of these seeds.
  static func signed(_ type: String, _ payload: JSONValue, by seeds: [UInt8]) throws -> Statement {
    var statement = Statement(payloadType: type, payload: payload.canonicalBytes)
    for seed in seeds { statement.sign(with: try signingKey(seed)) }
    return statement
  }

  static func binding() -> NodeBinding {
    NodeBinding(
      operatorOrigin: "example.test", role: "assistant", epoch: 41, keyConfiguration: [1, 2, 3],
      releaseLeafHash: digest(0xA1), noteDigest: digest(0xA2), engineManifestDigest: digest(0xA3),
      hasAccelerator: false, acceleratorDigest: NodeBinding.noAccelerator)
  }

  static func node() -> EpochBundle.Node {
    EpochBundle.Node(
      role: "assistant", keyConfiguration: [1, 2, 3], releaseIndex: 0, noteIndex: 0,
      engineManifestDigest: digest(0xA3),
      platform: "sev-snp", evidence: [9, 9, 9], endorsementIndices: [0, 1])
  }

  static func bundle() -> EpochBundle {
    EpochBundle(
      operatorOrigin: "example.test", epoch: 41, gatewayKeyConfiguration: [4, 5, 6], issuerDay: 1,
      issuerKeys: [EpochBundle.IssuerKey(plan: "standard", publicKey: [7, 7])], nodes: [node()],
      endorsements: [[0x30, 0x01], [0x30, 0x02]],
      releases: [EpochBundle.LoggedStatement(statement: [0xB1], proof: [0xB2])],
      revocations: [EpochBundle.LoggedStatement(statement: [0xC1], proof: [0xC2])],
      notes: [[0xD1]], policy: EpochBundle.LoggedStatement(statement: [0xE1], proof: [0xE2]),
      releaseLogNote: [0xF1])
  }

  static func receipt() -> Receipt {
    Receipt(
      identifier: "20261121-1", task: "summarize", operatorOrigin: "example.test", epoch: 41,
      bundleDigest: digest(0xA4), noteDigest: digest(0xA5), policyVersion: 1,
      policyDigest: String(repeating: "ab", count: 32), policyProvenance: "published", isSimulated: true,
      relay: "http://127.0.0.2:8080", requestClass: 32_768, answerClass: "block",
      hops: [
        Receipt.Hop(
          role: "assistant", node: digest(0xA6), release: "assistant", releaseVersion: "1.0.0",
          releaseLeafHash: digest(0xA1), platform: "sev-snp", verified: ["signature"], skipped: ["host-data"],
          relaxations: ["product-floor: milan"], weaknesses: ["answers-in-one-block"],
          accelerators: [
            Receipt.Accelerator(platform: "nvidia-gpu", verified: ["nonce"], skipped: ["chip"], relaxations: ["x: y"])
          ],
          calls: ["model"],
          called: [
            Receipt.Hop(
              role: "model", node: digest(0xA7), release: "model", releaseVersion: "2.0.0",
              releaseLeafHash: digest(0xA8), platform: "sev-snp", verified: ["signature"], skipped: [], weaknesses: [])
          ], calledRefused: [digest(0xA9)], failure: ErrorCode("node-busy"))
      ])
  }
}

extension JSONValue {
  /// A copy with the value at `path` replaced, added or, for nil, removed. Array elements go by their index.
  func setting(_ path: [String], to value: JSONValue?) -> JSONValue {
    guard let first = path.first else { return value ?? .null }
    let rest = Array(path.dropFirst())
    switch self {
    case .object(var members):
      members[first] = rest.isEmpty ? value : members[first, default: [:]].setting(rest, to: value)
      return .object(members)
    case .array(var elements):
      guard let index = Int(first), elements.indices.contains(index) else { return self }
      elements[index] = elements[index].setting(rest, to: value)
      return .array(elements)
    default: return self
    }
  }
}
