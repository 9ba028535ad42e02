public import ServiceLifecycle

/// Has the gateway look after its nodes, again and again: it asks whether they are well, and offers the newest epoch to
/// those that call others and did not take it when it was published.
public struct NodeWatch: Service {
  /// A node that comes back is asked for again, and can call others, after so long at most.
  static let interval: Duration = .seconds(5)

  private let gateway: GatewayService

  public init(_ gateway: GatewayService) { self.gateway = gateway }

  public func run() async throws {
    // Each at its own pace: a node that hangs in one holds up no other.
    async let health: Void = again { await gateway.checkNodes() }
    async let peers: Void = again { await gateway.handOverPeers() }
    _ = await (health, peers)
  }

  private func again(_ work: @escaping @Sendable () async -> Void) async {
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await work()
        try await ContinuousClock().sleep(for: Self.interval)
      }
    }
  }
}
