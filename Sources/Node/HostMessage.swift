import Foundation
import StrictJSON

/// What the host may say to a node: the newest cosigned epoch note, and the release entry that names this node. All
/// of it is hostile until verified.
struct HostMessage {
  static let byteLimit = 512 << 10

  let note: [UInt8]
  let releaseStatement: [UInt8]
  let releaseProof: [UInt8]

  /// - Throws: `node-host-message-malformed`.
  init(parsing bytes: [UInt8]) throws(NodeError) {
    do {
      var object = try JSONObject(parsing: bytes, name: "host message", byteLimit: Self.byteLimit)
      note = try object.base64("note")
      releaseStatement = try object.base64("release")
      releaseProof = try object.base64("releaseProof")
      try object.finish()
    } catch {
      throw NodeError(NodeError.hostMessageMalformed, "host message is not of its schema")
    }
  }
}

extension JSONObject {
  fileprivate mutating func base64(_ member: StaticString) throws -> [UInt8] {
    guard let data = Data(base64Encoded: try string(member)) else {
      throw NodeError(NodeError.hostMessageMalformed, "member \(member) is not base64")
    }
    return Array(data)
  }
}
