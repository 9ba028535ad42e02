import ArgumentParser
import CloisterClient
import StrictJSON

struct ReceiptsList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List your receipts, newest epoch first.",
    discussion: """
      With the day (UTC) and the epoch. A receipt is written before its request leaves, so one that was sent and then \
      refused has one too: its line ends with who refused it and the code, or with the code of what failed.
      """)

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let store = try state.open().receipts
      let (receipts, otherVersionCount) = try store.listing()
      if otherVersionCount > 0 {
        CommandOutput.note(
          state.hint.spelled(
            "Left out: \(otherVersionCount) receipts of another version, which cannot be read. The command "
              + "`cloister receipts purge --all` removes them, with all others."))
      }
      if state.json {
        CommandOutput.data(.array(receipts.map(\.json)))
        return
      }
      if receipts.isEmpty { CommandOutput.note("No receipts yet.") }
      for receipt in receipts {
        let label = receipt.isSimulated ? "  SIMULATED" : ""
        let ending = label + (receipt.failureWords.map { "  " + $0 } ?? "")
        let day = try store.day(of: receipt)?.text ?? "-"
        CommandOutput.data(
          "\(receipt.identifier)  \(day)  epoch \(receipt.epoch)  \(receipt.task)  \(receipt.operatorOrigin)\(ending)"
            .printable)
      }
    }
  }
}
