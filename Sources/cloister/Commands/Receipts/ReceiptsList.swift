import ArgumentParser
import CloisterClient
import StrictJSON

struct ReceiptsList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List your receipts, newest epoch first.")

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let receipts = try state.open().receipts.all()
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
