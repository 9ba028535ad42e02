package import NodeVerification
package import TransparencyLog
import Trust

/// The nodes that this one may call in one epoch: each verified as a client verifies it, under the policy of the very
/// bundle that clients verify, with the newest cosigned note that this node holds in place of a clock.
package struct PeerEpoch: Sendable {
  package struct Peer: Sendable {
    package let node: VerifiedNode
    /// Where the host says that it is.
    package let server: String
  }

  package let number: UInt64
  package let peers: [Peer]

  /// All of them pass, or none is called.
  ///
  /// - Throws: `node-peer-policy-refused`, `node-peer-address-missing`, `node-no-peer`, and the codes of `EpochVerifier`
  ///   and `NodeVerifier`.
  package init(_ message: HostPeers, role: String, _ configuration: NodeConfiguration, held: VerifiedCheckpoint) throws
  {
    let trusted = try Self.policy(ofFile: message.file, configuration)
    let epoch = try EpochVerifier(trusted).verify(message.file, at: .held(held))
    number = epoch.number
    var verifier = NodeVerifier(epoch)
    peers = try epoch.bundle.nodes.filter { $0.role == role }.map { node in
      let verified = try verifier.verify(called: node.identifier, roles: [role])
      guard let server = message.servers[verified.identifier] else {
        throw NodeError(NodeError.peerAddressMissing, "the host names no address of a node to call")
      }
      return Peer(node: verified, server: server)
    }
    guard !peers.isEmpty else {
      throw NodeError(NodeError.noPeer, "epoch \(number) has no node of the role that this one calls")
    }
  }

  /// The epoch's own policy: the one that its clients go by. The publishers that this node was measured with signed it,
  /// and that the release log holds it is for `EpochVerifier`.
  private static func policy(
    ofFile file: [UInt8], _ configuration: NodeConfiguration
  ) throws -> TrustedPolicy {
    let bundle = try EpochBundle(decoding: try EpochFile(decoding: file).bundle)
    let statement = try Statement(parsing: bundle.policy.statement)
    _ = try TrustPolicy(verifying: statement, publishers: configuration.publishers)
    let trusted = try TrustedPolicy(published: statement)
    let policy = trusted.policy
    guard policy.operatorOrigin == configuration.operatorOrigin, policy.epochs == configuration.epochs,
      policy.epochLog == configuration.epochLog, policy.releaseLog == configuration.releaseLog,
      policy.witnesses.policy == configuration.witnesses, policy.publishers == configuration.publishers
    else {
      throw NodeError(NodeError.peerPolicyRefused, "the epoch's policy is of others than this node was measured with")
    }
    return trusted
  }
}
