import ArgumentParser
import CloisterClient

/// A period in days, for the commands that read receipts.
struct PeriodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("First day, yyyy-MM-dd in UTC. Default: the oldest.", valueName: "date"),
    transform: PeriodOptions.day)
  var from: CalendarDay?

  @Option(
    help: ArgumentHelp("Last day, yyyy-MM-dd in UTC. Default: the newest.", valueName: "date"),
    transform: PeriodOptions.day)
  var to: CalendarDay?

  var days: DayRange { DayRange(from: from, to: to) }

  func validate() throws {
    if let from, let to, to < from { throw ValidationError("--to lies before --from.") }
  }

  static func day(_ text: String) throws -> CalendarDay {
    guard let day = CalendarDay(text) else { throw ValidationError("A day is written yyyy-MM-dd.") }
    return day
  }
}
