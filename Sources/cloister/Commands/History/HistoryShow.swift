import ArgumentParser
import CloisterClient

struct HistoryShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show an answer that you kept.",
    discussion: "How it came about: cloister receipts show, with the same identifier.")

  @OptionGroup var state: StateOptions

  @OptionGroup var secret: PassphraseOptions

  @Argument(help: "The receipt's identifier, or its beginning.")
  var identifier: String

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let history = try state.open().history
      let passphrase = try secret.passphrase()
      let name = identifier
      let entry = try await withProgress("opening the history") { try history.entry(name, passphrase) }
      if state.json { CommandOutput.data(entry.json) } else { CommandOutput.data(entry.text) }
    }
  }
}
