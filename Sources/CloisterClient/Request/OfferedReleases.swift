public import Trust

extension CloisterClient {
  /// What may answer a chat in the epoch under way: the releases of its nodes, each verified as for a request, but for
  /// those that say that they cannot chat. Nothing of the person leaves for it but the fetch of the epoch, which is
  /// everybody's.
  ///
  /// - Throws: the code of the first check that fails.
  public func offeredReleases() async throws(ClientError) -> [ReleaseEntry] {
    try await currentEpoch().releases(ofRole: ChatAnswer.nodeRole).map(\.release)
      .filter { [$0].offer(oneOf: [.chat]) != false }
  }

  /// What the nodes of the epoch under way can be asked for. No more leaves for it than for `offeredReleases`.
  ///
  /// - Throws: the code of the first check that fails.
  public func offer() async throws(ClientError) -> Offer { try Offer(of: try await currentEpoch()) }
}

/// What the nodes of an epoch can be asked for, by their verified releases: true where all of them can, false where some
/// cannot, nil where one does not say. Dictionaries are not told: whether spelling is mended, an answer says.
public struct Offer: Sendable, Equatable {
  /// Summaries, and drafts by rules.
  public let summaries: Bool?
  /// Replies, and drafts in every tone.
  public let writing: Bool?
  public let chats: Bool?
  public let embeddings: Bool?

  /// - Throws: the code of the first check that fails.
  init(of epoch: VerifiedEpoch) throws(ClientError) {
    let assistants = try epoch.releases(ofRole: PrivateTask.assistantRole).flatMap { [$0.release] + $0.called }
    let embedders = try epoch.releases(ofRole: EmbeddingsAnswer.nodeRole).flatMap { [$0.release] + $0.called }
    summaries = assistants.offer(oneOf: .modelOrRules)
    writing = assistants.offer(oneOf: .model)
    chats = assistants.offer(oneOf: [.chat])
    embeddings = embedders.offer(oneOf: [.embeddings])
  }
}

extension Set<ReleaseEntry.Capability> {
  /// For what only a model says.
  static let model: Self = [.chat, .tasks]
  /// For what fixed rules can do as well.
  static let modelOrRules: Self = [.chat, .rules, .tasks]
}

extension [ReleaseEntry] {
  /// Whether each of these releases has one of the capabilities; false where there is none, nil where one does not say and
  /// no other says that it has not.
  func offer(oneOf capabilities: Set<ReleaseEntry.Capability>) -> Bool? {
    let stated = map(\.capabilities)
    if isEmpty || stated.contains(where: { $0?.isDisjoint(with: capabilities) == true }) { return false }
    return stated.contains(nil) ? nil : true
  }
}

extension VerifiedEpoch {
  /// The releases of a role's nodes, each with those of the nodes that its own may call. Of each release one node is
  /// verified, as for a request.
  fileprivate func releases(
    ofRole role: String
  ) throws(ClientError) -> [(release: ReleaseEntry, called: [ReleaseEntry])] {
    var verifier = NodeVerifier(self)
    var releases: [(release: ReleaseEntry, called: [ReleaseEntry])] = []
    var seen: Set<UInt8> = []
    for (index, node) in bundle.nodes.enumerated() where node.role == role {
      guard seen.insert(node.releaseIndex).inserted else { continue }
      let verified = try appraisedNodes.node(index) { () throws(ClientError) in try verifier.verify(index) }
      releases.append((verified.release, try verifier.verifyAll(calledBy: verified)))
    }
    return releases
  }
}
