public import ErrorCodes
public import StrictJSON
import Trust

/// A receipt as it may be handed on: rounded to its day, without anything that names its hour, its request or the
/// machine that answered: no identifier, epoch, digest of bundle, note or release entry, and no node's key.
public struct RoundedReceipt: Sendable, Equatable {
  /// One node that worked on the request.
  public struct Hop: Sendable, Hashable {
    public let role: String
    public let release: String
    public let releaseVersion: String
    public let platform: String
    public let verified: [String]
    public let skipped: [String]
    public let relaxations: [String]
    public let weaknesses: [String]
    public let accelerators: [Accelerator]
    /// The roles that its release may call.
    public let calls: [String]
    /// The nodes that it called.
    public let called: [Hop]
    /// How many nodes it named too that did not pass the checks.
    public let calledRefusedCount: Int

    init(_ hop: Receipt.Hop) {
      role = hop.role
      release = hop.release
      releaseVersion = hop.releaseVersion
      platform = hop.platform
      verified = hop.verified
      skipped = hop.skipped
      relaxations = hop.relaxations
      weaknesses = hop.weaknesses
      accelerators = hop.accelerators.map { accelerator in
        Accelerator(
          platform: accelerator.platform, verified: accelerator.verified, skipped: accelerator.skipped,
          relaxations: accelerator.relaxations)
      }
      calls = hop.calls
      called = hop.called.map { Hop($0) }
      calledRefusedCount = hop.calledRefused.count
    }
  }

  /// One GPU or switch of a node.
  public struct Accelerator: Sendable, Hashable {
    public let platform: String
    public let verified: [String]
    public let skipped: [String]
    public let relaxations: [String]
  }

  /// The policy that decided.
  public struct Policy: Sendable, Hashable {
    public let version: UInt64
    public let digest: String
    /// `published` or `custom`.
    public let provenance: String
  }

  public let day: CalendarDay
  public let task: String
  public let operatorOrigin: String
  public let relay: String
  public let policy: Policy
  public let isSimulated: Bool
  /// In bytes.
  public let requestClass: UInt64
  public let answerClass: String
  public let hops: [Hop]
  /// Why it was not answered; nil where it was, or nothing tells.
  public let failure: ErrorCode?

  init(_ receipt: Receipt, day: CalendarDay) {
    self.day = day
    task = receipt.task
    operatorOrigin = receipt.operatorOrigin
    relay = receipt.relay
    policy = Policy(
      version: receipt.policyVersion, digest: receipt.policyDigest, provenance: receipt.policyProvenance)
    isSimulated = receipt.isSimulated
    requestClass = receipt.requestClass
    answerClass = receipt.answerClass
    hops = receipt.hops.map { Hop($0) }
    failure = receipt.failure
  }

  public var json: JSONValue {
    [
      "day": .string(day.text), "task": .string(task), "operator": .string(operatorOrigin), "relay": .string(relay),
      "policy": policy.json, "simulated": .boolean(isSimulated),
      "requestClass": .integer(Int64(clamping: requestClass)), "answerClass": .string(answerClass),
      "hops": .array(hops.map(\.json)), "failure": failure.map { .string($0.rawValue) } ?? .null,
    ]
  }

  /// The file that `cloister receipts export` writes. Within a day receipts stand in an order that is not theirs.
  public static func export(_ receipts: [RoundedReceipt]) -> JSONValue {
    let sorted = receipts.map { ($0.day, $0.json) }
      .sorted { ($0.0, $0.1.canonicalText) < ($1.0, $1.1.canonicalText) }
    return [
      "type": "cloister-receipts-export", "version": 2, "receipts": .array(sorted.map(\.1)),
    ]
  }
}

extension RoundedReceipt.Policy {
  var json: JSONValue {
    [
      "version": .integer(Int64(clamping: version)), "digest": .string(digest), "provenance": .string(provenance),
    ]
  }
}

extension RoundedReceipt.Hop {
  var json: JSONValue {
    [
      "role": .string(role), "release": .string(release), "releaseVersion": .string(releaseVersion),
      "platform": .string(platform), "verified": .strings(verified), "skipped": .strings(skipped),
      "relaxations": .strings(relaxations), "weaknesses": .strings(weaknesses),
      "accelerators": .array(
        accelerators.map {
          [
            "platform": .string($0.platform), "verified": .strings($0.verified), "skipped": .strings($0.skipped),
            "relaxations": .strings($0.relaxations),
          ]
        }),
      "calls": .strings(calls), "called": .array(called.map(\.json)),
      "calledRefused": .integer(Int64(calledRefusedCount)),
    ]
  }
}

extension JSONValue {
  fileprivate static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
