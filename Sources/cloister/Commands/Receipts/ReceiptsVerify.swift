import ArgumentParser
import CloisterClient

struct ReceiptsVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Repeat every check behind one of your receipts, offline.",
    discussion: """
      By what the state keeps. For a receipt that somebody gave you: cloister verify receipt FILE.

      Exit codes: 0 verified, 1 refused, 64 wrong usage.
      """)

  @OptionGroup var state: StateOptions

  @Argument(help: "The receipt's identifier, or its beginning.")
  var identifier: String

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let store = try state.open().receipts
      let receipt = try store.receipt(identifier)
      try store.verify(receipt)
      VerifyReceipt.show(receipt, json: state.json)
    }
  }
}
