import Foundation
public import ServiceLifecycle

/// Wakes the gateway when an epoch is due.
public struct EpochPublisher: Service {
  private let gateway: GatewayService

  public init(_ gateway: GatewayService) { self.gateway = gateway }

  public func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await gateway.publishDueEpochs()
        let wait = await gateway.nextDueTime().timeIntervalSinceNow
        try await ContinuousClock().sleep(for: .seconds(max(0.2, wait)))
      }
    }
  }
}
