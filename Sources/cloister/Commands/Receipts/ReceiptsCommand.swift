import ArgumentParser

struct ReceiptsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipts",
    abstract: "What was verified for each of your requests.",
    subcommands: [
      ReceiptsList.self, ReceiptsShow.self, ReceiptsVerify.self, ReceiptsReport.self, ReceiptsExport.self,
      ReceiptsPurge.self,
    ])
}
