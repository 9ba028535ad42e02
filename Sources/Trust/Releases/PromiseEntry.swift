import StrictJSON
import WireFormat

/// What publishers and operator bind themselves to, in a form that an auditor's program can hold them to
/// (docs/formats/release-log.md). Signed by the publishers' threshold.
public struct PromiseEntry: Sendable, Equatable {
  public static let payloadType = "application/vnd.cloister.promise+json"

  public enum Promise: Sendable, Equatable {
    /// Each publisher enters its revocation list at least once in so many seconds.
    case revocationInterval(seconds: UInt64)
    /// At most so many epochs are missed within any so many seconds.
    case missedEpochs(atMost: UInt64, withinSeconds: UInt64)
    /// Every epoch's file can be fetched for at least so many seconds after its epoch.
    case epochFileRetention(seconds: UInt64)
    /// Every artifact of a release can be fetched for at least so many seconds after the release was entered.
    case artifactRetention(seconds: UInt64)
  }

  /// One or more.
  public var promises: [Promise]
  /// From when they bind, seconds since 1970.
  public var issued: UInt64
  /// Until when they bind, seconds since 1970. A later entry takes none of them back.
  public var until: UInt64

  public init(promises: [Promise], issued: UInt64, until: UInt64) {
    self.promises = promises
    self.issued = issued
    self.until = until
  }

  public var statement: Statement {
    let json: JSONValue = [
      "type": "promise", "promises": .array(promises.map(\.json)), "issued": .integer(Int64(clamping: issued)),
      "until": .integer(Int64(clamping: until)),
    ]
    return Statement(payloadType: Self.payloadType, payload: json.canonicalBytes)
  }

  /// - Throws: the codes of `Statement`, `release-entry-type`, `trust-malformed`, also for a promise of a kind that is not
  ///   known: a new kind gets a new payload type.
  public init(verifying statement: Statement, publishers: Publishers) throws(TrustError) {
    try self.init(parsingPayload: try statement.verifiedPayload(type: Self.payloadType, publishers: publishers))
  }

  /// Reads a payload, whoever signed it or not: for tools that show or change what is not published yet.
  /// - Throws: `release-entry-type`, `trust-malformed`.
  public init(parsingPayload payload: [UInt8]) throws(TrustError) {
    do {
      var object = try JSONObject(parsing: payload, name: "promise")
      guard try object.string("type") == "promise" else {
        throw TrustError(TrustError.entryType, "entry is not a promise")
      }
      promises = try object.array("promises").map(Promise.init)
      issued = try object.count("issued")
      until = try object.count("until")
      try object.finish()
    } catch let error as TrustError {
      throw error
    } catch {
      throw TrustError(TrustError.malformed, "promise entry is not of its schema")
    }
    guard !promises.isEmpty, issued < until else {
      throw TrustError(TrustError.malformed, "promise entry promises nothing, or for no time")
    }
  }
}

extension PromiseEntry.Promise {
  /// As entries spell it.
  public var kind: String {
    switch self {
    case .revocationInterval: "revocation-interval"
    case .missedEpochs: "missed-epochs"
    case .epochFileRetention: "epoch-file-retention"
    case .artifactRetention: "artifact-retention"
    }
  }

  public var seconds: UInt64 {
    switch self {
    case .revocationInterval(let seconds), .missedEpochs(_, let seconds), .epochFileRetention(let seconds),
      .artifactRetention(let seconds):
      seconds
    }
  }

  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = ["kind": .string(kind), "seconds": .integer(Int64(clamping: seconds))]
    if case .missedEpochs(let count, _) = self { members["count"] = .integer(Int64(clamping: count)) }
    return .object(members)
  }

  fileprivate init(_ value: JSONValue) throws {
    var object = try JSONObject(value, name: "promise")
    let seconds = try object.count("seconds")
    guard (1...(1 << 40)).contains(seconds) else {
      throw TrustError(TrustError.malformed, "a promise is of no time, or of one without end")
    }
    switch try object.string("kind") {
    case "revocation-interval": self = .revocationInterval(seconds: seconds)
    case "missed-epochs": self = .missedEpochs(atMost: try object.count("count"), withinSeconds: seconds)
    case "epoch-file-retention": self = .epochFileRetention(seconds: seconds)
    case "artifact-retention": self = .artifactRetention(seconds: seconds)
    default: throw TrustError(TrustError.malformed, "a promise is of a kind that is not known")
    }
    try object.finish()
  }
}
