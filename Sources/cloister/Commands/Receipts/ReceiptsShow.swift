import ArgumentParser
import CloisterClient
import StrictJSON

struct ReceiptsShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one receipt in plain words.",
    discussion:
      "To repeat its checks: cloister receipts verify, with the same identifier. Its file is printed below it.")

  @OptionGroup var state: StateOptions

  @Argument(help: "The receipt's identifier, or its beginning.")
  var identifier: String

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let store = try state.open().receipts
      let receipt = try store.receipt(identifier)
      if state.json {
        CommandOutput.data(receipt.json)
      } else {
        CommandOutput.data(ReceiptNarrative(receipt).sentences.map(\.printable).joined(separator: "\n"))
        CommandOutput.note(store.path(receipt.identifier))
      }
    }
  }
}
