import Attestation
import Synchronization

/// The nodes of one verified epoch that were appraised in this process. An appraisal follows from the bundle, the policy
/// and the epoch's time alone, so that a node of the same epoch need not be appraised for each request.
package final class AppraisedNodes: Sendable {
  private let nodes = Mutex<[Int: VerifiedNode]>([:])
  /// What the policy leaves weaker than the strict rules, by platform: the same for every node of it.
  private let relaxations = Mutex<[Platform: [String]]>([:])

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

  /// - Parameter policy: that of the epoch.
  func relaxations(for platform: Platform, _ policy: AppraisalPolicy) -> [String] {
    relaxations.withLock { known in
      if let known = known[platform] { return known }
      let relaxations = policy.relaxations(for: platform).map { "\($0.check): \($0.what)" }
      known[platform] = relaxations
      return relaxations
    }
  }
}
