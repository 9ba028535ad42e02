import CloisterClient
import ErrorCodes
import Foundation
import ServiceLifecycle

/// Draws each issuer day's tokens at its random minute while a command runs, as `cloister tokens timer` does. No request
/// moves that minute.
struct DrawService: Service {
  let client: CloisterClient

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      var told: ErrorCode?
      while true {
        var timer = DrawTimer(
          client: client, clock: .system, generator: SystemRandomNumberGenerator(), sleep: TokensTimer.sleep)
        do {
          try await timer.run { event in CommandOutput.note("tokens: \(TokensTimer.sentence(event))") }
        } catch let error as ClientError {
          if told != error.code { CommandOutput.note("tokens are not drawn: \(error.code): \(error.message)") }
          told = error.code
        }
        // Without a policy or with a damaged state every request is refused by that code, and the server goes on to say so.
        // A policy may still come, and a clock that was not set when the device started is set later.
        try await Task.sleep(for: .seconds(20))
      }
    }
    try? await gracefulShutdown()
  }
}
