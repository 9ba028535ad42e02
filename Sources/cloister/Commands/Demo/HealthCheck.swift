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
    let code = await problem(of: server, exchange)
    await exchange.shutdown()
    if let code { throw DemoError(code, "the gateway has no epoch to publish: see its /health") }
  }

  /// What is still wrong when patience ends; nil once all is well.
  private static func problem(of server: String, _ exchange: SocketHTTPExchange) async -> ErrorCode? {
    let start = ContinuousClock.now
    var code = DemoError.partyUnhealthy
    while ContinuousClock.now - start < patience {
      let request = WholeRequest(method: "GET", path: "/health")
      if let answer = try? await exchange.send(request, to: server, bodyLimit: 65_536) {
        if answer.status == 200 { return nil }
        if var object = try? JSONObject(parsing: answer.body, name: "health"), let text = try? object.string("code") {
          code = ErrorCode(rawValue: text)
        }
      }
      if code.rawValue == "witness-quorum", ContinuousClock.now - start > quorumPatience { break }
      try? await ContinuousClock().sleep(for: .milliseconds(20))
    }
    return code
  }
}
