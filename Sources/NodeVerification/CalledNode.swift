package import Trust

extension NodeVerifier {
  /// Appraises a node that another one calls: for whoever calls it, and for whoever is told of it.
  ///
  /// - Parameters:
  ///   - identifier: SHA-256 of its key configuration.
  ///   - roles: those that the caller's release may call.
  /// - Throws: `node-not-in-bundle`, `hop-role`, `hop-calls-others`, and the codes of `verify`.
  package mutating func verify(
    called identifier: [UInt8], roles: [String]
  ) throws(VerificationError) -> VerifiedNode {
    guard let index = epoch.bundle.nodes.firstIndex(where: { $0.identifier == identifier }) else {
      throw VerificationError(VerificationError.nodeNotInBundle, "a called node is not in the epoch's bundle")
    }
    guard roles.contains(epoch.bundle.nodes[index].role) else {
      throw VerificationError(VerificationError.hopRole, "a called node is of a role that its caller may not call")
    }
    let node = try epoch.appraisedNodes.node(index) { () throws(VerificationError) in try verify(index) }
    guard node.release.calls.isEmpty else {
      throw VerificationError(VerificationError.hopCalls, "a called node calls others itself")
    }
    return node
  }

  /// Appraises every node of the epoch that `node` may call: which of them it is, `node` draws later, and it does so only
  /// where all of them pass its own checks too.
  /// - Returns: their releases.
  /// - Throws: as `verify(called:roles:)`.
  package mutating func verifyAll(calledBy node: VerifiedNode) throws(VerificationError) -> [ReleaseEntry] {
    let roles = node.release.calls
    var releases: [ReleaseEntry] = []
    for other in epoch.bundle.nodes where roles.contains(other.role) {
      releases.append(try verify(called: other.identifier, roles: roles).release)
    }
    return releases
  }
}
