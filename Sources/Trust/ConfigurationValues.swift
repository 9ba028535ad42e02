public import StrictJSON
public import TransparencyLog
import WireFormat

// Values that several parties' configuration files, and the trust policy, spell the same way.

extension EpochSchedule {
  /// `{"start": <seconds since 1970>, "seconds": <length>}`
  public init(reading object: JSONObject) throws {
    var object = object
    try self.init(start: try object.count("start"), epochSeconds: try object.count("seconds"))
    try object.finish()
  }

  public var json: JSONValue {
    ["start": .integer(Int64(clamping: start)), "seconds": .integer(Int64(clamping: epochSeconds))]
  }
}

/// `{"keys": [<note verifier key>…], "threshold": k, "declaredFaults": f}`
public struct DeclaredWitnesses: Sendable, Equatable {
  public let policy: WitnessPolicy
  /// f: how many witnesses may collude with the log.
  public let declaredFaults: Int

  /// - Throws: `witness-policy-unsafe` unless 2k−n > f ≥ 1.
  public init(keys: [NoteVerifierKey], threshold: Int, declaredFaults: Int) throws(TransparencyLogError) {
    policy = try WitnessPolicy(witnesses: keys, threshold: threshold, declaredFaults: declaredFaults)
    self.declaredFaults = declaredFaults
  }

  public init(reading object: JSONObject) throws {
    var object = object
    try self.init(
      keys: try object.strings("keys").map { try NoteVerifierKey(parsing: $0) },
      threshold: Int(clamping: try object.count("threshold")),
      declaredFaults: Int(clamping: try object.count("declaredFaults")))
    try object.finish()
  }

  public var json: JSONValue {
    [
      "keys": .array(policy.witnesses.map { .string($0.encoded) }), "threshold": .integer(Int64(policy.threshold)),
      "declaredFaults": .integer(Int64(declaredFaults)),
    ]
  }
}

/// `{"keys": [<hexadecimal Ed25519 key>…], "threshold": t}`
public struct Publishers: Sendable, Equatable {
  public let keys: [StatementKey]
  /// How many different publishers must sign a release or policy; two at least.
  public let threshold: Int

  /// - Throws: `policy-invalid` for a key named twice, or a threshold below two or above the number of keys.
  public init(keys: [StatementKey], threshold: Int) throws(TrustError) {
    guard Set(keys.map(\.identifier)).count == keys.count, threshold >= 2, threshold <= keys.count else {
      throw TrustError(
        TrustError.policyInvalid, "\(keys.count) publishers with threshold \(threshold), expected 2 different or more")
    }
    self.keys = keys
    self.threshold = threshold
  }

  public init(reading object: JSONObject) throws {
    var object = object
    try self.init(
      keys: try object.digests("keys").map { try StatementKey(rawRepresentation: $0) },
      threshold: Int(clamping: try object.count("threshold")))
    try object.finish()
  }

  public var json: JSONValue {
    [
      "keys": .array(keys.map { .string($0.rawRepresentation.hexadecimal) }),
      "threshold": .integer(Int64(threshold)),
    ]
  }
}
