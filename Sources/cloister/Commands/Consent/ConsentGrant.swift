import ArgumentParser
import CloisterClient

struct ConsentGrant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant",
    abstract: "Opt in to a task.",
    discussion: """
      --exclude-chat keeps one chat out, --include-chat takes that back; with one of them and without --task, no task is \
      granted. A chat is known by its title or, where the export has none, by its senders when half of them or more are \
      the same. The number of a download behind a title (1) makes no other chat, nor does another title where exactly \
      the same three people or more wrote. --include-chat takes an export of the chat that was excluded.

      --app opts in to the task for one app alone, which needs the task to be granted to you as well.
      """)

  @OptionGroup var state: StateOptions

  @Option(help: "The task. Default: summarize, where no chat is named.")
  var task: ConsentTask?

  @Option(help: ArgumentHelp("Allow the task to this app (cloister app list).", valueName: "name"))
  var app: String?

  @Option(help: ArgumentHelp("Never read this chat.", valueName: "export"))
  var excludeChat: [String] = []

  @Option(help: ArgumentHelp("Allow this chat again.", valueName: "export"))
  var includeChat: [String] = []

  func validate() throws {
    guard app == nil || task != nil || excludeChat.isEmpty && includeChat.isEmpty else {
      throw ValidationError("--app needs --task where a chat is named: a chat alone opts in to nothing")
    }
  }

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let excluded = try excludeChat.map { try InputFile.chatExport($0).identity() }
      let included = try includeChat.map { try InputFile.chatExport($0).identity() }
      let clientState = try state.open()
      let store = clientState.consent
      let app = try app.map { try clientState.apps.app(named: $0).name }
      // Whoever speaks of a chat alone opts in to nothing.
      let task = task ?? (excludeChat.isEmpty && includeChat.isEmpty ? .summarize : nil)
      try store.change { consent in
        if let task {
          if let app { consent.grant(task.rawValue, toApp: app) } else { consent.grant(task.rawValue) }
        }
        for chat in excluded { consent.exclude(chat) }
        for chat in included { consent.include(chat) }
      }
      let consent = try store.current()
      try ConsentStatus.show(consent, json: state.json)
      if included.contains(where: { (try? consent.requireNotExcluded($0)) == nil }) {
        CommandOutput.note(
          "Still excluded: another chat with the same people is. Give --include-chat an export of that one.")
      }
    }
  }
}
