import ArgumentParser
import CloisterClient
import Foundation

struct ReceiptsReport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Say what was asked in a period, of machines of which releases, and how those were verified.",
    discussion: """
      Made of your receipts alone: counts by day and task, releases, checks, why requests were not answered. It holds \
      nothing of what you wrote or were answered, no chat's name, no token and no time finer than a day, so it may be \
      handed on. --html writes one page that stands alone: it asks nobody for anything.

      Every check behind each receipt is repeated, offline, from what the state keeps; --no-repeat leaves that out.

      Exit codes: 0 reported; 1 refused, or a receipt could not be verified again; 64 wrong usage.
      """)

  @OptionGroup var state: StateOptions

  @OptionGroup var period: PeriodOptions

  @Option(help: ArgumentHelp("Write the report as a page.", valueName: "file"))
  var html: String?

  @Flag(inversion: .prefixedNo, help: "Repeat every check behind each receipt.")
  var `repeat` = true

  func run() async throws {
    try await CommandFailure.reporting(state) {
      let store = try state.open().receipts
      let (days, isRepeating) = (period.days, self.repeat)
      let report = try await withProgress("repeating the checks behind the receipts") {
        try store.report(days, repeatingChecks: isRepeating)
      }
      if let html {
        try OutputFile.write(Array(report.page.utf8), to: html)
        CommandOutput.note("written: \(html)")
      }
      if state.json {
        CommandOutput.data(report.json)
      } else if html == nil {
        CommandOutput.data(report.lines.map(\.printable).joined(separator: "\n"))
      }
      if report.repetition?.refusals.isEmpty == false { throw ExitCode(1) }
    }
  }
}
