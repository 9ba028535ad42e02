import ArgumentParser
import CloisterClient

struct ConsentRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Opt out of a task, or of it for one chat alone.",
    discussion: "With --exclude-chat only that chat is kept out; the task stays as it is.")

  @OptionGroup var state: StateOptions

  @Option(help: "The task.")
  var task = ConsentTask.summarize

  @Option(help: ArgumentHelp("Never read this chat.", valueName: "export"))
  var excludeChat: [String] = []

  func run() async throws {
    try await CommandFailure.reporting(json: state.json) {
      let excluded = try excludeChat.map { try InputFile.chatExport($0).identity() }
      let store = try state.open().consent
      try store.change { consent in
        if excluded.isEmpty { consent.revoke(task.rawValue) }
        for chat in excluded { consent.exclude(chat) }
      }
      try ConsentStatus.show(store.current(), json: state.json)
    }
  }
}
