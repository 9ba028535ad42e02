import ArgumentParser
import CloisterClient
import StrictJSON

struct TokensStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how many tokens are left, by issuer day.")

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(json: state.json) {
      let counts = try state.open().wallet.tokenCounts().sorted { $0.key < $1.key }
      if state.json {
        CommandOutput.data(
          .array(
            counts.map { day, count in
              ["issuerDay": .integer(Int64(clamping: day)), "tokens": .integer(Int64(count))]
            }))
        return
      }
      if counts.isEmpty { CommandOutput.data("no tokens") }
      for (day, count) in counts { CommandOutput.data("issuer day \(day): \(count) tokens") }
    }
  }
}
