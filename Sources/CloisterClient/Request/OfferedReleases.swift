public import Trust

extension CloisterClient {
  /// What may answer a chat in the epoch under way: the releases of its nodes, each verified as for a request. Nothing of
  /// the person leaves for it but the fetch of the epoch, which is everybody's.
  ///
  /// - Throws: the code of the first check that fails.
  public func offeredReleases() async throws(ClientError) -> [ReleaseEntry] {
    let epoch = try await currentEpoch()
    var releases: [ReleaseEntry] = []
    var seen: Set<UInt8> = []
    for (index, node) in epoch.bundle.nodes.enumerated() where node.role == ChatAnswer.nodeRole {
      guard seen.insert(node.releaseIndex).inserted else { continue }
      releases.append(try epoch.verifyNode(at: index).release)
    }
    return releases
  }
}
