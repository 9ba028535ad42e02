import ArgumentParser
import CloisterClient

struct ConsentRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Opt out of a task, or of it for one chat alone.",
    discussion: """
      With --exclude-chat and without --task only that chat is kept out; the tasks stay as they are. With --app only that \
      app may no longer ask for the task.
      """)

  @OptionGroup var state: StateOptions

  @Option(help: "The task. Default: summarize, where no chat is named.")
  var task: ConsentTask?

  @Option(help: ArgumentHelp("Take the task from this app alone (cloister app list).", valueName: "name"))
  var app: String?

  @Option(help: ArgumentHelp("Never read this chat.", valueName: "export"))
  var excludeChat: [String] = []

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let excluded = try excludeChat.map { try InputFile.chatExport($0).identity() }
      let clientState = try state.open()
      let store = clientState.consent
      let app = try app.map { try clientState.apps.app(named: $0).name }
      let task = task ?? (excluded.isEmpty || app != nil ? .summarize : nil)
      try store.change { consent in
        if let task {
          if let app { consent.revoke(task.rawValue, fromApp: app) } else { consent.revoke(task.rawValue) }
        }
        for chat in excluded { consent.exclude(chat) }
      }
      try ConsentStatus.show(store.current(), json: state.json)
    }
  }
}
