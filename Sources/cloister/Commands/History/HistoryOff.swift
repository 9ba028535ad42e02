import ArgumentParser
import CloisterClient

struct HistoryOff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "off",
    abstract: "Keep no further answer. Needs no passphrase.",
    discussion: "What was kept stays, and can be read, until it is purged (cloister history purge --all).")

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let history = try state.open().history
      try history.turnOff()
      try HistoryStatus.show(history, json: state.json)
    }
  }
}
