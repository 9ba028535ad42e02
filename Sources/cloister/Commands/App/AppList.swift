import ArgumentParser
import CloisterClient
import StrictJSON

struct AppList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the apps that have a key, and what each may ask for.")

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let clientState = try state.open()
      let consent = try clientState.consent.current()
      let apps = try clientState.apps.all().map { ($0.name, (consent.appTasks[$0.name] ?? []).sorted()) }
      guard !state.json else {
        return CommandOutput.data(
          .array(apps.map { ["app": .string($0.0), "tasks": .array($0.1.map { .string($0) })] }))
      }
      if apps.isEmpty { CommandOutput.note("No app has a key: \(state.hint.command("app add NAME"))") }
      for (name, tasks) in apps {
        CommandOutput.data("\(name): \(tasks.isEmpty ? "nothing" : tasks.joined(separator: ", "))")
      }
    }
  }
}
