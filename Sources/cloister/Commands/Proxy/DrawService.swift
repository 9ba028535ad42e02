import CloisterClient
import Foundation
import ServiceLifecycle

/// Draws each issuer day's tokens at its random minute while a command runs, as `cloister tokens timer` does. No request
/// moves that minute.
struct DrawService: Service {
  let client: CloisterClient

  func run() async throws {
    // Without a policy or with a damaged state every request is refused by that code; the server goes on to say so.
    try? await cancelWhenGracefulShutdown {
      var timer = DrawTimer(
        client: client, clock: .system, generator: SystemRandomNumberGenerator(), sleep: TokensTimer.sleep)
      do {
        try await timer.run { event in CommandOutput.note("tokens: \(TokensTimer.sentence(event))") }
      } catch let error as ClientError {
        CommandOutput.note("tokens are not drawn: \(error.code): \(error.message)")
      }
    }
    try? await gracefulShutdown()
  }
}
