public import ChatHistory

/// What a wall clock showed at an instant: exports that hold instants are read as the person's own clock showed them.
public struct WallClock: Sendable {
  /// Seconds east of Greenwich at an instant, which is in seconds since 1970.
  private let offset: @Sendable (Int64) -> Int

  public init(offset: @escaping @Sendable (Int64) -> Int) { self.offset = offset }

  public static let utc = WallClock { _ in 0 }

  /// Nil outside of the years 1 to 9999.
  public func time(atUnixSeconds seconds: Int64) -> LocalTime? {
    guard (-400_000_000_000...400_000_000_000).contains(seconds) else { return nil }
    let local = seconds + Int64(max(-86_400, min(86_400, offset(seconds))))
    let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    let second = Int(local - day * 86_400)
    let date = Self.date(ofDay: Int(day))
    return LocalTime(
      year: date.year, month: date.month, day: date.day, hour: second / 3600, minute: second / 60 % 60,
      second: second % 60)
  }

  /// The Gregorian date of a day that is counted from 1970-01-01. Years begin in March here, so that a leap day is the
  /// last of its year, and repeat after 400 years, which have 146,097 days.
  private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
    let fromMarch = day + 719_468
    let cycle = fromMarch >= 0 ? fromMarch / 146_097 : (fromMarch - 146_096) / 146_097
    let dayOfCycle = fromMarch - cycle * 146_097
    let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}
