import Foundation
import HTTPMessages
import StrictJSON
import Trust

/// An epoch on its way to the nodes that call others: each verifies it as a client does, and where the others are is all
/// that it is told beside. Offered until every one of them has taken it, or a newer epoch takes its place.
struct PeerHandover: Sendable {
  let epoch: UInt64
  /// Servers of the nodes that have not taken it.
  private(set) var waiting: Set<String>
  private let message: [UInt8]

  /// - Parameters:
  ///   - file: the epoch's, as clients get it.
  ///   - nodes: hexadecimal node identifier to the node's server.
  /// - Throws: `trust-malformed` and kin where the file is not well formed.
  init(_ file: [UInt8], nodes: [String: String]) throws {
    let bundle = try EpochBundle(decoding: try EpochFile(decoding: file).bundle)
    let callers = try bundle.nodes.filter { node in
      let release = try Statement(parsing: bundle.releases[Int(node.releaseIndex)].statement)
      return try !ReleaseEntry(parsingPayload: release.payload).calls.isEmpty
    }
    epoch = bundle.epoch
    waiting = Set(callers.compactMap { nodes[$0.identifier.hexadecimal] })
    let servers: [JSONValue] = nodes.sorted { $0.key < $1.key }.map {
      ["node": .string($0.key), "server": .string($0.value)]
    }
    // Nobody else asks for it, and the file may be large.
    guard !waiting.isEmpty else {
      message = []
      return
    }
    let members: JSONValue = ["file": .string(Data(file).base64EncodedString()), "nodes": .array(servers)]
    message = members.canonicalBytes
  }

  /// Offers it once to each that waits, all at a time, so that one that hangs holds up no other.
  /// - Returns: servers of those that took it.
  func offer(by exchange: any HTTPExchange) async -> Set<String> {
    await withTaskGroup(of: String?.self) { group in
      for server in waiting {
        group.addTask {
          let answer = try? await exchange.send(
            WholeRequest(method: "POST", path: "/peers", body: message), to: server,
            bodyLimit: GatewayConfiguration.answerLimit)
          return answer?.status == 200 ? server : nil
        }
      }
      return await group.reduce(into: []) { taken, server in if let server { taken.insert(server) } }
    }
  }

  mutating func settle(_ servers: Set<String>) { waiting.subtract(servers) }
}
