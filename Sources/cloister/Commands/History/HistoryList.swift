import ArgumentParser
import CloisterClient
import Foundation
import StrictJSON

struct HistoryList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the answers that you kept, newest first.",
    discussion: """
      Entries that cannot be opened are named on standard error, and make the exit status 1: their files were changed, or \
      sealed to another key than yours, which somebody had put in its place.
      """)

  @OptionGroup var state: StateOptions

  @OptionGroup var secret: PassphraseOptions

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let history = try state.open().history
      let passphrase = try secret.passphrase()
      let (readable, damaged) = try await withProgress("opening the history") { try history.entries(passphrase) }
      if state.json {
        CommandOutput.data([
          "entries": .array(readable.map(\.json)), "damaged": .array(damaged.map { .string($0) }),
        ])
      } else {
        if readable.isEmpty { CommandOutput.note("No answers kept.") }
        for entry in readable { CommandOutput.data(entry.line) }
        for identifier in damaged { CommandOutput.note("damaged: \(identifier) (\(ClientError.historyDamaged))") }
      }
      if !damaged.isEmpty { throw ExitCode(1) }
    }
  }
}

extension HistoryEntry {
  private var instant: String { Date(timeIntervalSince1970: Double(time)).formatted(.iso8601) }

  fileprivate var line: String {
    let firstLine = answer.split(whereSeparator: \.isNewline).first.map { String($0.prefix(60)) } ?? ""
    return [String(receiptIdentifier.prefix(8)), instant, task, subject ?? "-", firstLine]
      .map(\.printable).joined(separator: "  ")
  }

  var text: String {
    let head = [("about", subject), ("asked", question)].compactMap { name, value in
      value.map { "\(name): \($0.printable)" }
    }
    let label = isSimulated ? [Notices.simulated] : []
    return (label + ["\(task.printable), \(instant), receipt \(receiptIdentifier)"] + head + ["", answer])
      .joined(separator: "\n")
  }

  var json: JSONValue {
    [
      "receipt": .string(receiptIdentifier), "time": .integer(Int64(clamping: time)), "task": .string(task),
      "subject": subject.map { .string($0) } ?? .null, "question": question.map { .string($0) } ?? .null,
      "answer": .string(answer), "simulated": .boolean(isSimulated),
    ]
  }
}
