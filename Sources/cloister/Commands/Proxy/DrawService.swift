import CloisterClient
import ServiceLifecycle

/// Draws each issuer day's tokens at its random minute while a command runs, as `cloister tokens timer` does. No request
/// moves that minute. Without a policy or with a damaged state every request is refused by that code, and the server goes
/// on to say so.
struct DrawService: Service {
  let client: CloisterClient

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      var timer = DrawTimer(
        client: client, clock: .system, generator: SystemRandomNumberGenerator(), sleep: TokensTimer.sleep)
      try await timer.keepRunning { event in
        CommandOutput.note("tokens: \(TokensTimer.sentence(event))")
      } refused: { error in
        CommandOutput.note("tokens are not drawn: \(error.code): \(error.message)")
      }
    }
    try? await gracefulShutdown()
  }
}
