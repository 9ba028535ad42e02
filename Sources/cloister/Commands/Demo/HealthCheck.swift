import ErrorCodes
import Foundation
import HTTPMessages
import HTTPTransport
import StrictJSON

/// Asks a party how it is until it is well.
enum HealthCheck {
  private static let patience = Duration.seconds(20)
  /// A quorum that is missing for so long does not come by itself.
  private static let quorumPatience = Duration.seconds(3)

  /// - Throws: the code that the party names, such as `witness-quorum`, or `demo-party-unhealthy`.
  static func wait(for server: String) async throws {
    let exchange = SocketHTTPExchange(timeoutSeconds: 5)
    let clock = ContinuousClock()
    let start = clock.now
    var code = DemoError.partyUnhealthy
    defer { Task { await exchange.shutdown() } }
    while clock.now - start < patience {
      if let answer = try? await exchange.send(
        WholeRequest(method: "GET", path: "/health"), to: server, bodyLimit: 65_536)
      {
        if answer.status == 200 { return }
        if var object = try? JSONObject(parsing: answer.body, name: "health"), let text = try? object.string("code") {
          code = ErrorCode(rawValue: text)
        }
      }
      if code.rawValue == "witness-quorum", clock.now - start > quorumPatience { break }
      try await clock.sleep(for: .milliseconds(20))
    }
    throw DemoError(code, "the gateway has no epoch to publish: see its /health")
  }
}
