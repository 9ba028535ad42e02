import ArgumentParser
import CloisterClient
import Inference
import StrictJSON

struct ConsentStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the tasks you opted in to and the chats you excluded.")

  @OptionGroup var state: StateOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      try Self.show(try state.open().consent.current(), json: state.json)
    }
  }

  static func show(_ consent: Consent, json: Bool) throws {
    let excluded = consent.excludedChats.map { chat in
      chat.title ?? "chat with \(chat.senders.count) senders and no title"
    }
    if json {
      let tasks = ConsentTask.allCases.map {
        ($0.rawValue, JSONValue.boolean(consent.grantedTasks.contains($0.rawValue)))
      }
      CommandOutput.data([
        "tasks": .object(Dictionary(uniqueKeysWithValues: tasks)),
        "apps": .object(consent.appTasks.mapValues { .array($0.sorted().map { .string($0) }) }),
        "excludedChats": .array(excluded.map { .string($0) }),
      ])
      return
    }
    for task in ConsentTask.allCases {
      CommandOutput.data("\(task.rawValue): \(consent.grantedTasks.contains(task.rawValue) ? "granted" : "off")")
    }
    for (app, tasks) in consent.appTasks.sorted(by: { $0.key < $1.key }) {
      CommandOutput.data("app \(app): \(tasks.sorted().joined(separator: ", "))")
    }
    for chat in excluded { CommandOutput.data("excluded: \(AnswerSanitizer.sanitized(chat))") }
  }
}
