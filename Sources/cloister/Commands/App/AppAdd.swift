import ArgumentParser
import CloisterClient
import StrictJSON

struct AppAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Give an app a key.",
    discussion: """
      Prints the key, once: only its digest is kept. Give it to the app as the API key of an OpenAI-compatible server.

      --allow opts in to a task for this app; without any, the app can ask for nothing. Later: cloister consent grant \
      --app NAME --task TASK. The task must be granted to you as well (cloister consent grant --task TASK).
      """)

  @OptionGroup var state: StateOptions

  @Argument(help: "A name for the app: letters, digits, dots, dashes and underscores, at most 64.")
  var name: String

  @Option(help: ArgumentHelp("A task that the app may ask for; may be repeated.", valueName: "task"))
  var allow: [ConsentTask] = []

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let clientState = try state.open()
      let key = try clientState.apps.add(name)
      try clientState.consent.change { consent in
        // What an app of this name was once allowed is not this one's.
        consent.forgetApp(name)
        for task in allow { consent.grant(task.rawValue, toApp: name) }
      }
      let tasks = allow.map(\.rawValue)
      guard !state.json else {
        return CommandOutput.data([
          "app": .string(name), "key": .string(key), "tasks": .array(tasks.map { .string($0) }),
        ])
      }
      CommandOutput.data(key)
      CommandOutput.note(
        "This key is shown once. \(name) may: \(tasks.isEmpty ? "nothing" : tasks.joined(separator: ", ")).")
      let granted = try clientState.consent.current().grantedTasks
      for task in tasks where !granted.contains(task) {
        CommandOutput.note(
          state.hint.spelled("You have not granted \(task) yourself yet: `cloister consent grant --task \(task)`"))
      }
    }
  }
}
