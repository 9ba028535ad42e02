public import ErrorCodes
public import StrictJSON
import WireFormat

/// What a request leaves with the person: which machines answered and what was verified of them
/// (docs/formats/receipt.md).
///
/// It refers to the stored bundle by digest, so every check can be repeated offline. It holds no token, key, content,
/// chat name or exact time.
public struct Receipt: Sendable, Equatable {
  public static let version: UInt64 = 5

  /// One node that worked on the request.
  public struct Hop: Sendable, Equatable {
    public var role: String
    /// SHA-256 of the node's key configuration.
    public var node: [UInt8]
    public var release: String
    public var releaseVersion: String
    /// RFC 6962 leaf hash of the release entry.
    public var releaseLeafHash: [UInt8]
    public var platform: String
    /// Names of the checks that passed.
    public var verified: [String]
    /// Names of the checks that the policy leaves out.
    public var skipped: [String]
    /// Rules of the policy that are weaker than the strict default, each by its check and in words.
    public var relaxations: [String]
    /// Protections that the image does without.
    public var weaknesses: [String]
    /// The accelerators whose evidence the node's binds.
    public var accelerators: [Accelerator]
    /// The roles that the node's release may call: it may have passed its part on to nodes of these, named below or not.
    public var calls: [String]
    /// The nodes that this one said it put the request to; they call no others.
    public var called: [Hop]
    /// Nodes that it named too, by SHA-256 of their key configurations, and that did not pass the checks.
    public var calledRefused: [[UInt8]]
    /// Why this attempt brought no whole answer, once that is known; nil where it brought one, or nothing tells.
    public var failure: ErrorCode?

    public init(
      role: String, node: [UInt8], release: String, releaseVersion: String, releaseLeafHash: [UInt8],
      platform: String, verified: [String], skipped: [String], relaxations: [String] = [], weaknesses: [String],
      accelerators: [Accelerator] = [], calls: [String] = [], called: [Hop] = [], calledRefused: [[UInt8]] = [],
      failure: ErrorCode? = nil
    ) {
      self.role = role
      self.node = node
      self.release = release
      self.releaseVersion = releaseVersion
      self.releaseLeafHash = releaseLeafHash
      self.platform = platform
      self.verified = verified
      self.skipped = skipped
      self.relaxations = relaxations
      self.weaknesses = weaknesses
      self.accelerators = accelerators
      self.calls = calls
      self.called = called
      self.calledRefused = calledRefused
      self.failure = failure
    }
  }

  /// One GPU or switch of a node.
  public struct Accelerator: Sendable, Equatable {
    public var platform: String
    /// Names of the checks that passed.
    public var verified: [String]
    /// Names of the checks that the policy leaves out.
    public var skipped: [String]
    /// As of a hop.
    public var relaxations: [String]

    public init(platform: String, verified: [String], skipped: [String], relaxations: [String] = []) {
      self.platform = platform
      self.verified = verified
      self.skipped = skipped
      self.relaxations = relaxations
    }
  }

  public var identifier: String
  public var task: String
  public var operatorOrigin: String
  public var epoch: UInt64
  /// SHA-256 of the bundle.
  public var bundleDigest: [UInt8]
  /// SHA-256 of the cosigned note under the bundle.
  public var noteDigest: [UInt8]
  public var policyVersion: UInt64
  public var policyDigest: String
  /// `published`, or `custom` for a policy edited by hand.
  public var policyProvenance: String
  public var isSimulated: Bool
  public var relay: String
  /// In bytes.
  public var requestClass: UInt64
  /// By its name on the wire.
  public var answerClass: String
  public var hops: [Hop]

  /// Why the request was not answered, as far as that is known: the failure of its last attempt.
  public var failure: ErrorCode? { hops.last?.failure }

  public init(
    identifier: String, task: String, operatorOrigin: String, epoch: UInt64, bundleDigest: [UInt8],
    noteDigest: [UInt8], policyVersion: UInt64, policyDigest: String, policyProvenance: String, isSimulated: Bool,
    relay: String, requestClass: UInt64, answerClass: String, hops: [Hop]
  ) {
    self.identifier = identifier
    self.task = task
    self.operatorOrigin = operatorOrigin
    self.epoch = epoch
    self.bundleDigest = bundleDigest
    self.noteDigest = noteDigest
    self.policyVersion = policyVersion
    self.policyDigest = policyDigest
    self.policyProvenance = policyProvenance
    self.isSimulated = isSimulated
    self.relay = relay
    self.requestClass = requestClass
    self.answerClass = answerClass
    self.hops = hops
  }

  public var json: JSONValue {
    [
      "type": "cloister-receipt", "version": .integer(Int64(Self.version)), "id": .string(identifier),
      "task": .string(task), "operator": .string(operatorOrigin), "epoch": .integer(Int64(clamping: epoch)),
      "bundle": .string(bundleDigest.hexadecimal), "note": .string(noteDigest.hexadecimal),
      "policy": [
        "version": .integer(Int64(clamping: policyVersion)), "digest": .string(policyDigest),
        "provenance": .string(policyProvenance),
      ],
      "simulated": .boolean(isSimulated), "relay": .string(relay),
      "requestClass": .integer(Int64(clamping: requestClass)), "answerClass": .string(answerClass),
      "hops": .array(hops.map(\.json)),
    ]
  }

  /// - Throws: `trust-malformed`, `receipt-version`.
  public init(parsing bytes: [UInt8]) throws(TrustError) {
    do {
      var object = try JSONObject(parsing: bytes, name: "receipt")
      guard try object.string("type") == "cloister-receipt" else {
        throw TrustError(TrustError.malformed, "receipt is of an unknown type")
      }
      let version = try object.count("version")
      guard version == Self.version else {
        throw TrustError(TrustError.receiptVersion, "receipt is of version \(version), expected \(Self.version)")
      }
      identifier = try object.string("id")
      task = try object.string("task")
      operatorOrigin = try object.string("operator")
      epoch = try object.count("epoch")
      bundleDigest = try object.digest("bundle", byteCount: 32)
      noteDigest = try object.digest("note", byteCount: 32)
      var policy = try object.object("policy")
      policyVersion = try policy.count("version")
      policyDigest = try policy.string("digest")
      policyProvenance = try policy.string("provenance")
      try policy.finish()
      isSimulated = try object.boolean("simulated")
      relay = try object.string("relay")
      requestClass = try object.count("requestClass")
      answerClass = try object.string("answerClass")
      hops = []
      for element in try object.array("hops") { hops.append(try Hop(element, mayCall: true)) }
      try object.finish()
    } catch let error as TrustError {
      throw error
    } catch {
      throw TrustError(TrustError.malformed, "receipt is not of its schema")
    }
  }
}

private func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

extension Receipt.Hop {
  fileprivate var json: JSONValue {
    [
      "role": .string(role), "node": .string(node.hexadecimal), "release": .string(release),
      "releaseVersion": .string(releaseVersion), "releaseLeaf": .string(releaseLeafHash.hexadecimal),
      "platform": .string(platform), "verified": texts(verified), "skipped": texts(skipped),
      "relaxations": texts(relaxations), "weaknesses": texts(weaknesses),
      "accelerators": .array(accelerators.map(\.json)), "calls": texts(calls), "called": .array(called.map(\.json)),
      "calledRefused": texts(calledRefused.map(\.hexadecimal)),
      "failure": failure.map { .string($0.rawValue) } ?? .null,
    ]
  }

  fileprivate init(_ value: JSONValue, mayCall: Bool) throws {
    var object = try JSONObject(value, name: "hop")
    role = try object.string("role")
    node = try object.digest("node", byteCount: 32)
    release = try object.string("release")
    releaseVersion = try object.string("releaseVersion")
    releaseLeafHash = try object.digest("releaseLeaf", byteCount: 32)
    platform = try object.string("platform")
    verified = try object.strings("verified")
    skipped = try object.strings("skipped")
    relaxations = try object.strings("relaxations")
    weaknesses = try object.strings("weaknesses")
    accelerators = []
    for element in try object.array("accelerators") { accelerators.append(try Receipt.Accelerator(element)) }
    calls = try object.strings("calls")
    calledRefused = try object.digests("calledRefused")
    failure = try Self.failure(try object.value("failure"))
    // What became of an attempt is known of the node that was asked, not of those behind it.
    guard mayCall || calls.isEmpty && calledRefused.isEmpty && failure == nil else {
      throw TrustError(TrustError.malformed, "a called hop of a receipt may call others, or failed by itself")
    }
    called = []
    for element in try object.array("called") {
      guard mayCall else { throw TrustError(TrustError.malformed, "a called hop of a receipt calls others") }
      called.append(try Receipt.Hop(element, mayCall: false))
    }
    try object.finish()
  }

  /// Null, or text of the letters that codes have, so that it may be shown as it is.
  private static func failure(_ value: JSONValue) throws(TrustError) -> ErrorCode? {
    func isOfCodes(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
      default: false
      }
    }
    switch value {
    case .null: return nil
    case .string(let text) where (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(isOfCodes):
      return ErrorCode(rawValue: text)
    default: throw TrustError(TrustError.malformed, "failure of a receipt's hop is no code")
    }
  }
}

extension Receipt.Accelerator {
  fileprivate var json: JSONValue {
    [
      "platform": .string(platform), "verified": texts(verified), "skipped": texts(skipped),
      "relaxations": texts(relaxations),
    ]
  }

  fileprivate init(_ value: JSONValue) throws {
    var object = try JSONObject(value, name: "accelerator")
    platform = try object.string("platform")
    verified = try object.strings("verified")
    skipped = try object.strings("skipped")
    relaxations = try object.strings("relaxations")
    try object.finish()
  }
}
