import ArgumentParser
import CloisterClient

struct HistoryPurge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Remove kept answers for good.",
    discussion: """
      --all removes everything, the key with it, and turns the history off; it needs no passphrase. --before removes the \
      entries of the days before one, which only the passphrase tells; damaged ones stay.
      """)

  @OptionGroup var state: StateOptions

  @OptionGroup var secret: PassphraseOptions

  @Flag(help: "Remove every entry and the key.")
  var all = false

  @Option(
    help: ArgumentHelp("Remove the entries of the days before this one, yyyy-MM-dd in UTC.", valueName: "date"),
    transform: PeriodOptions.day)
  var before: CalendarDay?

  func validate() throws {
    guard all == (before == nil) else { throw ValidationError("Use either --all or --before.") }
  }

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let history = try state.open().history
      let count: Int
      if let day = before {
        let passphrase = try secret.passphrase()
        count = try await withProgress("opening the history") { try history.purge(before: day, passphrase) }
      } else {
        count = try history.purge()
      }
      if state.json {
        CommandOutput.data(["removed": .integer(Int64(count))])
      } else {
        CommandOutput.data("removed: \(count) entries")
      }
    }
  }
}
