import ArgumentParser
import CloisterClient

struct HistoryStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say whether answers are kept, and how many there are. Needs no passphrase.")

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      try Self.show(try state.open().history, json: state.json)
    }
  }

  static func show(_ history: HistoryStore, json: Bool) throws {
    let (isOn, count) = (try history.isOn, try history.entryCount)
    if json {
      CommandOutput.data(["on": .boolean(isOn), "entries": .integer(Int64(count))])
    } else {
      CommandOutput.data("history: \(isOn ? "on" : "off"), \(count) entries")
    }
  }
}
