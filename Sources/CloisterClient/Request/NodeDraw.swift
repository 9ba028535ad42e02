import Attestation
import Trust

/// The two nodes of one request, in the order in which they may be asked; on different chips.
package struct NodeDraw: Sendable {
  package let first: VerifiedNode
  package let second: VerifiedNode
  /// Theirs, and those of the nodes that they may call.
  private let releases: [ReleaseEntry]

  /// Draws at random and appraises what was drawn. A node that fails is no reason to draw again: the epoch's operator
  /// offered it, so the request is refused. So it is where a node fails that a drawn one may pass the content on to.
  ///
  /// - Throws: `too-few-chips`, `hop-calls-others`, and the codes of `NodeVerifier`.
  init(
    from epoch: VerifiedEpoch, role: String, using generator: inout some RandomNumberGenerator
  ) throws(ClientError) {
    let nodes = epoch.bundle.nodes
    let candidates = nodes.indices.filter { nodes[$0].role == role }
    guard let first = candidates.randomElement(using: &generator) else { throw Self.tooFew }
    let chip = Self.claimedChip(nodes[first])
    let second = candidates.shuffled(using: &generator).first { index in
      guard index != first else { return false }
      let other = Self.claimedChip(nodes[index])
      return other == nil || other != chip
    }
    guard let second else { throw Self.tooFew }
    var verifier = NodeVerifier(epoch)
    self.first = try epoch.appraisedNodes.node(first) { () throws(ClientError) in try verifier.verify(first) }
    self.second = try epoch.appraisedNodes.node(second) { () throws(ClientError) in try verifier.verify(second) }
    guard self.first.chipIdentifier != self.second.chipIdentifier else { throw Self.tooFew }
    var releases = [self.first.release, self.second.release]
    for node in [self.first, self.second] { releases += try verifier.verifyAll(calledBy: node) }
    self.releases = releases
  }

  /// - Parameter capabilities: one of these is needed.
  /// - Throws: `engine-cannot` where a release says that its nodes have none of them: to ask would waste a token.
  func require(oneOf capabilities: Set<ReleaseEntry.Capability>) throws(ClientError) {
    guard releases.offer(oneOf: capabilities) != false else {
      throw ClientError(
        ClientError.engineCannot, "by their release the operator's nodes run no model that can do this")
    }
  }

  private static let tooFew = ClientError(ClientError.tooFewChips, "fewer than two nodes on different chips")

  /// What the evidence claims, for the draw alone: the appraisal decides, and says what is wrong with evidence that
  /// claims nothing.
  private static func claimedChip(_ node: EpochBundle.Node) -> [UInt8]? {
    guard let platform = Platform(rawValue: node.platform) else { return nil }
    return Evidence(platform: platform, report: node.evidence, endorsements: []).claimedChip
  }
}
