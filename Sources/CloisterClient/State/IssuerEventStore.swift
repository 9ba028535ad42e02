public import ErrorCodes
import StrictJSON

/// How often the issuer failed this client on an issuer day, and by which code: no content, no time.
public struct IssuerEvent: Sendable, Equatable {
  public let issuerDay: UInt64
  public let code: ErrorCode
  public internal(set) var count: UInt64
}

/// What the issuer did wrong, kept so that the person can see and report it: an issuer that signs with another key, or
/// serves some and not others, does it in order to tell them apart.
public struct IssuerEventStore: Sendable {
  let folder: StateFolder

  private static let name = "issuer-events.json"
  private static let version: UInt64 = 1
  /// The newest entries that are kept.
  package static let countLimit = 100

  /// Oldest issuer day first.
  /// - Throws: `state-damaged`, `state-unusable`.
  public func all() throws(ClientError) -> [IssuerEvent] {
    guard let bytes = try folder.read(Self.name, byteLimit: 64 << 10) else { return [] }
    let damaged = ClientError(ClientError.stateDamaged, "record of the issuer's failures is not of its schema")
    do {
      var object = try JSONObject(parsing: bytes, name: "issuer events")
      guard try object.count("version") == Self.version else { throw damaged }
      var events: [IssuerEvent] = []
      for element in try object.array("events") {
        var event = try JSONObject(element, name: "issuer event")
        events.append(
          IssuerEvent(
            issuerDay: try event.count("day"), code: ErrorCode(rawValue: try event.string("code")),
            count: try event.count("count")))
        try event.finish()
      }
      try object.finish()
      return events
    } catch {
      throw damaged
    }
  }

  package func record(_ code: ErrorCode, issuerDay: UInt64) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      var events = try all()
      if let index = events.firstIndex(where: { $0.issuerDay == issuerDay && $0.code == code }) {
        events[index].count += 1
      } else {
        events.append(IssuerEvent(issuerDay: issuerDay, code: code, count: 1))
      }
      let json: JSONValue = [
        "version": .integer(Int64(Self.version)),
        "events": .array(
          events.suffix(Self.countLimit).map { event in
            [
              "day": .integer(Int64(clamping: event.issuerDay)), "code": .string(event.code.rawValue),
              "count": .integer(Int64(clamping: event.count)),
            ]
          }),
      ]
      try folder.write(Self.name, json.canonicalBytes)
    }
  }
}
