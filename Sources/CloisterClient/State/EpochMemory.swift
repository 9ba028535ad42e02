import NodeVerification
import StrictJSON
import TransparencyLog
import Trust
import WireFormat

/// What the client remembers of the newest epoch it accepted, so that nobody can lead it back or aside.
package struct EpochMemory: Sendable, Equatable {
  static let version: UInt64 = 1

  typealias Head = VerifiedEpoch.Head

  var epoch: UInt64
  /// Seconds since 1970.
  var quorumTime: UInt64
  var bundleDigest: [UInt8]
  var newestHead: Head
  /// The newest head whose size is divisible by 24.
  var dayHead: Head?
  var issuerDay: UInt64
  /// SHA-256 of the plan's token key of that day.
  var issuerKeyDigest: [UInt8]

  package var encoded: [UInt8] {
    var members: [String: JSONValue] = [
      "version": .integer(Int64(Self.version)), "epoch": .integer(Int64(clamping: epoch)),
      "quorumTime": .integer(Int64(clamping: quorumTime)), "bundle": .string(bundleDigest.hexadecimal),
      "newestHead": newestHead.json, "issuerDay": .integer(Int64(clamping: issuerDay)),
      "issuerKey": .string(issuerKeyDigest.hexadecimal),
    ]
    if let dayHead { members["dayHead"] = dayHead.json }
    return Array(JSONValue.object(members).indentedText.utf8)
  }

  /// - Throws: `state-damaged`.
  package init(parsing bytes: [UInt8]) throws(ClientError) {
    do {
      var object = try JSONObject(parsing: bytes, name: "memory")
      guard try object.count("version") == Self.version else { throw Self.damaged }
      epoch = try object.count("epoch")
      quorumTime = try object.count("quorumTime")
      bundleDigest = try object.digest("bundle")
      newestHead = try Head(try object.value("newestHead"))
      dayHead = try object.optional("dayHead").map { try Head($0) }
      issuerDay = try object.count("issuerDay")
      issuerKeyDigest = try object.digest("issuerKey")
      try object.finish()
    } catch {
      throw Self.damaged
    }
  }

  private static let damaged = ClientError(ClientError.stateDamaged, "memory of epochs is not of its schema")
}

extension EpochMemory.Head {
  fileprivate var json: JSONValue {
    [
      "size": .integer(Int64(clamping: treeSize)), "root": .string(rootHash.hexadecimal),
      "bundle": .string(bundleDigest.hexadecimal),
    ]
  }

  fileprivate init(_ value: JSONValue) throws {
    var object = try JSONObject(value, name: "head")
    self.init(
      treeSize: try object.count("size"), rootHash: try object.digest("root"),
      bundleDigest: try object.digest("bundle"))
    try object.finish()
  }
}

extension JSONObject {
  /// 32 bytes in hexadecimal.
  fileprivate mutating func digest(_ member: StaticString) throws -> [UInt8] {
    guard let bytes = [UInt8](hexadecimal: try string(member)), bytes.count == 32 else {
      throw ClientError(ClientError.stateDamaged, "member \(member) has not 32 bytes")
    }
    return bytes
  }
}
