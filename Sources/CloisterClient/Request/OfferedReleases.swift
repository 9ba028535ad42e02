public import Trust

extension CloisterClient {
  /// What may answer a chat in the epoch under way: the releases of its nodes, each verified as for a request. Nothing of
  /// the person leaves for it but the fetch of the epoch, which is everybody's.
  ///
  /// - Throws: the code of the first check that fails.
  public func offeredReleases() async throws(ClientError) -> [ReleaseEntry] {
    let epoch = try await currentEpoch()
    var notes = epoch.releaseNotes
    var releases: [ReleaseEntry] = []
    let offered = Set(epoch.bundle.nodes.lazy.filter { $0.role == ChatAnswer.nodeRole }.map { Int($0.releaseIndex) })
    for index in offered.sorted() {
      releases.append(try VerifiedRelease(epoch.bundle.releases[index], in: epoch, notes: &notes).entry)
    }
    return releases
  }
}
