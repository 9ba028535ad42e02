import Node

extension FuzzTarget {
  static let node = [
    FuzzTarget("host-message", seeds: { [Array(#"{"note":"AA==","release":"AQ==","releaseProof":"Ag=="}"#.utf8)] }) {
      bytes in
      _ = try? HostMessage(parsing: bytes)
    },
    FuzzTarget("host-peers", seeds: { [Array(hostPeers.utf8)] }) { bytes in
      guard let peers = try? HostPeers(parsing: bytes) else { return }
      claim(
        peers.servers.values.allSatisfy { $0.hasPrefix("http") && $0.utf8.count <= 300 }, "an address is one of HTTP")
    },
  ]

  private static let hostPeers =
    #"{"file":"AA==","nodes":[{"node":"\#(String(repeating: "0", count: 64))","server":"http://127.0.0.1:80"}]}"#
}
