import ArgumentParser
import CloisterClient

struct ConsentGrant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant",
    abstract: "Opt in to a task.",
    discussion: """
      --exclude-chat keeps one chat out: it is known by its title or, where the export has none, by its senders when \
      half of them or more are the same. --include-chat takes an exclusion back.
      """)

  @OptionGroup var state: StateOptions

  @Option(help: "The task.")
  var task = ConsentTask.summarize

  @Option(help: ArgumentHelp("Never read this chat.", valueName: "export"))
  var excludeChat: [String] = []

  @Option(help: ArgumentHelp("Allow this chat again.", valueName: "export"))
  var includeChat: [String] = []

  func run() async throws {
    try await CommandFailure.reporting(json: state.json) {
      let excluded = try excludeChat.map { try InputFile.chatExport($0).identity() }
      let included = try includeChat.map { try InputFile.chatExport($0).identity() }
      let store = try state.open().consent
      try store.change { consent in
        consent.grant(task.rawValue)
        for chat in excluded { consent.exclude(chat) }
        for chat in included { consent.include(chat) }
      }
      try ConsentStatus.show(store.current(), json: state.json)
    }
  }
}
