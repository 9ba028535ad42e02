import ArgumentParser
import CloisterClient
import StrictJSON

struct AppRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Take an app's key away, at once, and all that it was allowed.")

  @OptionGroup var state: StateOptions

  @Argument(help: "The app's name.")
  var name: String

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let clientState = try state.open()
      try clientState.apps.revoke(name)
      try clientState.consent.change { $0.forgetApp(name) }
      if state.json { CommandOutput.data(["revoked": .string(name)]) } else { CommandOutput.data("revoked: \(name)") }
    }
  }
}
