public import ServiceLifecycle

/// Has the gateway offer the newest epoch again to nodes that call others and did not take it when it was published.
public struct PeerWatch: Service {
  /// A node that calls others and comes back can do so after so long at most.
  static let interval: Duration = .seconds(5)

  private let gateway: GatewayService

  public init(_ gateway: GatewayService) { self.gateway = gateway }

  public func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await gateway.handOverPeers()
        try await ContinuousClock().sleep(for: Self.interval)
      }
    }
  }
}
