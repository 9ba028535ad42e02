import Synchronization

/// The nodes of one verified epoch that were appraised in this process. An appraisal follows from the bundle, the policy
/// and the epoch's time alone, so that a node of the same epoch need not be appraised for each request.
package final class AppraisedNodes: Sendable {
  private let nodes = Mutex<[Int: VerifiedNode]>([:])

  package init() {}

  /// - Parameters:
  ///   - index: of the node in the bundle.
  ///   - appraise: called where the node was not appraised yet; a node that it refuses is asked for again.
  package func node(
    _ index: Int, appraise: () throws(VerificationError) -> VerifiedNode
  ) throws(VerificationError) -> VerifiedNode {
    if let known = nodes.withLock({ $0[index] }) { return known }
    let node = try appraise()
    nodes.withLock { $0[index] = node }
    return node
  }
}
