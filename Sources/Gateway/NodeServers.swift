package import HTTPMessages
import Synchronization

/// What the gateway knows of the nodes it may be asked for: which of them answer, and how busy each is.
package final class NodeServers: Sendable {
  private struct Node {
    let slots = NodeSlots()
    var isReachable = true
  }

  private let nodes = Mutex<[String: Node]>([:])

  package init() {}

  /// True until a connection failed, and again once the node says that it is well.
  func isReachable(_ server: String) -> Bool { nodes.withLock { $0[server]?.isReachable ?? true } }

  package func mark(_ server: String, isReachable: Bool) {
    nodes.withLock { $0[server, default: Node()].isReachable = isReachable }
  }

  package func slots(of server: String) -> NodeSlots {
    nodes.withLock { nodes in
      let node = nodes[server] ?? Node()
      nodes[server] = node
      return node.slots
    }
  }

  /// Forgets those that no bundle names any more; their exchanges go on.
  func keep(_ servers: Set<String>) { nodes.withLock { $0 = $0.filter { servers.contains($0.key) } } }

  /// Asks every node whether it is well.
  package func check(_ servers: Set<String>, by exchange: any HTTPExchange) async {
    await withTaskGroup { group in
      for server in servers {
        group.addTask {
          let answer = try? await exchange.send(
            WholeRequest(method: "GET", path: "/health"), to: server, bodyLimit: GatewayConfiguration.answerLimit)
          self.mark(server, isReachable: answer?.status == 200)
        }
      }
    }
  }
}
