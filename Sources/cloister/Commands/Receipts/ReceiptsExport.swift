import ArgumentParser
import CloisterClient

struct ReceiptsExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write your receipts as JSON, rounded to the day, to hand on.",
    discussion: """
      Left out is whatever names the hour, the request or the machine that answered: identifiers, epochs, digests of \
      bundles and notes, and nodes' keys. Within a day the receipts stand in an order that is not theirs. An export \
      cannot be verified again: for that, hand on a receipt with its bundle (cloister verify receipt).

      JSON goes to standard output unless --output names a file.
      """)

  @OptionGroup var state: StateOptions

  @OptionGroup var period: PeriodOptions

  @Option(help: ArgumentHelp("Where to write it.", valueName: "file"))
  var output: String?

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let (receipts, undatedCount) = try state.open().receipts.rounded(period.days)
      let json = RoundedReceipt.export(receipts)
      if let output {
        try OutputFile.write(Array((json.indentedText + "\n").utf8), to: output)
        CommandOutput.note("written: \(output), \(receipts.count) receipts")
      } else {
        CommandOutput.data(json)
      }
      if undatedCount > 0 {
        CommandOutput.note(
          "Left out: \(undatedCount) receipts whose policy, which tells their day, is not in the state, or which are "
            + "damaged or of another version.")
      }
    }
  }
}
