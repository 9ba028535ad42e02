import ArgumentParser
import CloisterClient
import StrictJSON

struct ReceiptsList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List your receipts, newest epoch first.")

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(json: state.json) {
      let (receipts, otherVersionCount) = try state.open().receipts.listing()
      if otherVersionCount > 0 {
        CommandOutput.note(
          "Left out: \(otherVersionCount) receipts of another version, which cannot be read. The command "
            + "“cloister receipts purge --all” removes them, with all others.")
      }
      if state.json {
        CommandOutput.data(.array(receipts.map(\.json)))
        return
      }
      if receipts.isEmpty { CommandOutput.note("No receipts yet.") }
      for receipt in receipts {
        let label = receipt.isSimulated ? "  SIMULATED" : ""
        CommandOutput.data(
          "\(receipt.identifier)  epoch \(receipt.epoch)  \(receipt.task)  \(receipt.operatorOrigin)\(label)")
      }
    }
  }
}
