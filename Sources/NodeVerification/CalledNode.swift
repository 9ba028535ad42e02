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
    let node = try verify(index)
    guard node.release.calls.isEmpty else {
      throw VerificationError(VerificationError.hopCalls, "a called node calls others itself")
    }
    return node
  }
}
