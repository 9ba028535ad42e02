public import ServiceLifecycle

/// Has the gateway ask its nodes whether they are well, again and again.
public struct NodeWatch: Service {
  /// A node that comes back is asked for again after so long at most.
  static let interval: Duration = .seconds(5)

  private let gateway: GatewayService

  public init(_ gateway: GatewayService) { self.gateway = gateway }

  public func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await gateway.checkNodes()
        try await ContinuousClock().sleep(for: Self.interval)
      }
    }
  }
}
