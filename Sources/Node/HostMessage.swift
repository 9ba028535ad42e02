import Foundation
import HTTPMessages
import StrictJSON
import Trust
import WireFormat

/// What the host may say to a node: the newest cosigned epoch note, and the release entry that names this node. All
/// of it is hostile until verified.
package struct HostMessage {
  static let byteLimit = 512 << 10

  let note: [UInt8]
  let releaseStatement: [UInt8]
  let releaseProof: [UInt8]

  /// - Throws: `node-host-message-malformed`.
  package init(parsing bytes: [UInt8]) throws(NodeError) {
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

/// Where the host says that the nodes of an epoch can be reached, for a node that calls others. A wrong address is as good
/// as none: what is sent there is sealed to a verified key.
package struct HostPeers: Sendable {
  static let byteLimit = EpochFile.byteLimit / 3 * 4 + (64 << 10)

  /// An `EpochFile`, to be verified.
  package let file: [UInt8]
  /// Scheme and authority by the node's identifier.
  package let servers: [[UInt8]: String]

  /// - Throws: `node-host-message-malformed`.
  package init(parsing bytes: [UInt8]) throws(NodeError) {
    do {
      var object = try JSONObject(parsing: bytes, name: "host message", byteLimit: Self.byteLimit)
      file = try object.base64("file")
      var servers: [[UInt8]: String] = [:]
      for element in try object.array("nodes") {
        var node = try JSONObject(element, name: "node")
        let server = try node.string("server")
        guard let identifier = [UInt8](hexadecimal: try node.string("node")), identifier.count == 32,
          server.utf8.count <= 300, WebAddress(server).map({ $0.server == server && $0.path.isEmpty }) == true,
          servers[identifier] == nil
        else { throw Self.malformed }
        try node.finish()
        servers[identifier] = server
      }
      try object.finish()
      guard servers.count <= EpochBundle.nodeLimit else { throw Self.malformed }
      self.servers = servers
    } catch {
      throw Self.malformed
    }
  }

  private static let malformed = NodeError(NodeError.hostMessageMalformed, "host message is not of its schema")
}

extension JSONObject {
  fileprivate mutating func base64(_ member: StaticString) throws -> [UInt8] {
    guard let data = Data(base64Encoded: try string(member)) else {
      throw NodeError(NodeError.hostMessageMalformed, "member \(member) is not base64")
    }
    return Array(data)
  }
}
