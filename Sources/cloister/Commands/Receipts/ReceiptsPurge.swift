import ArgumentParser
import CloisterClient

struct ReceiptsPurge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Remove receipts for good, with the stored bundles that nothing refers to any more.",
    discussion: """
      --before keeps the receipts of that day and later ones, and those whose day nobody can tell; --all removes every \
      one. What is removed cannot be verified again. What the client remembers of the log stays.
      """)

  @OptionGroup var state: StateOptions

  @Flag(help: "Remove every receipt.")
  var all = false

  @Option(
    help: ArgumentHelp("Remove the receipts of the days before this one, yyyy-MM-dd in UTC.", valueName: "date"),
    transform: PeriodOptions.day)
  var before: CalendarDay?

  func validate() throws {
    guard all == (before == nil) else { throw ValidationError("Use either --all or --before.") }
  }

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let store = try state.open().receipts
      let day = before
      let purge = try await withProgress("removing receipts") { try store.purge(before: day) }
      if state.json {
        CommandOutput.data([
          "receipts": .integer(Int64(purge.receiptCount)), "bundles": .integer(Int64(purge.bundleCount)),
          "undated": .integer(Int64(purge.undatedCount)),
        ])
        return
      }
      CommandOutput.data("removed: \(purge.receiptCount) receipts, \(purge.bundleCount) bundles")
      if purge.undatedCount > 0 {
        CommandOutput.note("\(purge.undatedCount) receipts stay because nobody can tell their day: --all removes them.")
      }
    }
  }
}
