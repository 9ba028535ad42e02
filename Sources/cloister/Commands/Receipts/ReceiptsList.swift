import ArgumentParser
import CloisterClient
import StrictJSON

struct ReceiptsList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List your receipts, newest epoch first.",
    discussion: """
      With the day (UTC) and the epoch. A receipt is written before its request leaves, so one that was sent and then \
      refused has one too: its line ends with who refused it and the code, or with the code of what failed.

      A receipt that is damaged hides no other one: it stands last, with the code of what is wrong with it.
      """)

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let store = try state.open().receipts
      let listing = try store.listing()
      if listing.otherVersionCount > 0 {
        CommandOutput.note(
          state.hint.spelled(
            "Left out: \(listing.otherVersionCount) receipts of another version, which cannot be read. The command "
              + "`cloister receipts purge --all` removes them, with all others."))
      }
      if !listing.unreadable.isEmpty {
        CommandOutput.note(
          state.hint.spelled(
            "Damaged: \(listing.unreadable.count) receipts. Restore their files in the state's folder receipts from a "
              + "copy, or remove those. The command `cloister receipts purge --all` removes them, with all others."))
      }
      if state.json {
        CommandOutput.data([
          "receipts": .array(listing.receipts.map(\.json)), "unreadable": .array(listing.unreadable.map(\.json)),
          "otherVersions": .integer(Int64(listing.otherVersionCount)),
        ])
        return
      }
      if listing.receipts.isEmpty, listing.unreadable.isEmpty { CommandOutput.note("No receipts yet.") }
      for receipt in listing.receipts {
        let label = receipt.isSimulated ? "  SIMULATED" : ""
        let ending = label + (receipt.failureWords.map { "  " + $0 } ?? "")
        let day = try store.day(of: receipt)?.text ?? "-"
        CommandOutput.data(
          "\(receipt.identifier)  \(day)  epoch \(receipt.epoch)  \(receipt.task)  \(receipt.operatorOrigin)\(ending)"
            .printable)
      }
      for damaged in listing.unreadable {
        CommandOutput.data("\(damaged.identifier)  cannot be read (\(damaged.code))".printable)
      }
    }
  }
}
