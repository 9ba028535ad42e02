import ArgumentParser

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check receipts, epochs and hardware evidence yourself, offline.",
    subcommands: [VerifyReceipt.self, VerifyEpoch.self, VerifyEvidence.self])
}
