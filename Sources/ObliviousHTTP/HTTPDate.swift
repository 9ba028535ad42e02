public import struct Foundation.Date

/// The value of a `Date` field (RFC 9110, section 5.6.7), in whole seconds of Greenwich time.
public enum HTTPDate {
  /// `Sun, 06 Nov 1994 08:49:37 GMT`: the one form that is sent. Years are 1970 to 9999; others become the nearer end.
  public static func text(_ date: Date) -> String {
    let second = Int64(min(max(date.timeIntervalSince1970, 0), Self.end - 1))
    let (day, rest) = second.quotientAndRemainder(dividingBy: 86_400)
    let civil = CivilDay(daysSince1970: day)
    return
      "\(weekdays[Int((day + 4) % 7)]), \(padded(civil.day, 2)) \(months[civil.month - 1]) \(padded(civil.year, 4)) "
      + "\(padded(Int(rest / 3_600), 2)):\(padded(Int(rest / 60 % 60), 2)):\(padded(Int(rest % 60), 2)) GMT"
  }

  /// The time that a received value names, in any of the three forms that a recipient must take; nil for anything else.
  /// The name of the weekday must be one, but need not fit the date.
  ///
  /// - Parameter now: tells the century of a year of two digits, which lies at most 50 years ahead.
  public static func parse(_ text: String, now: Date) -> Date? {
    guard text.utf8.count <= 40 else { return nil }
    let words = text.split(separator: " ").map(String.init)
    switch words.count {
    // Sun, 06 Nov 1994 08:49:37 GMT
    case 6:
      guard words[5] == "GMT", isWeekday(words[0], in: weekdays, comma: true) else { return nil }
      return date(day: words[1], month: words[2], year: words[3], time: words[4])
    // Sunday, 06-Nov-94 08:49:37 GMT
    case 4:
      let parts = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
      guard words[3] == "GMT", isWeekday(words[0], in: longWeekdays, comma: true), parts.count == 3,
        let year = fullYear(parts[2], now: now)
      else { return nil }
      return date(day: parts[0], month: parts[1], year: padded(year, 4), time: words[2])
    // Sun Nov  6 08:49:37 1994
    case 5:
      guard isWeekday(words[0], in: weekdays, comma: false), let day = number(words[2]), day < 32 else { return nil }
      return date(day: padded(day, 2), month: words[1], year: words[4], time: words[3])
    default: return nil
    }
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let longWeekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  /// The first second of the year 10000.
  private static let end: Double = 253_402_300_800

  private static func isWeekday(_ word: String, in names: [String], comma: Bool) -> Bool {
    names.contains { $0 + (comma ? "," : "") == word }
  }

  private static func date(day: String, month: String, year: String, time: String) -> Date? {
    guard day.utf8.count == 2, let day = number(day), let month = months.firstIndex(of: month),
      year.utf8.count == 4, let year = number(year), let second = secondOfDay(time),
      let days = CivilDay(year: year, month: month + 1, day: day)?.daysSince1970
    else { return nil }
    return Date(timeIntervalSince1970: Double(days * 86_400 + Int64(second)))
  }

  private static func secondOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = number(String(parts[0])), hour < 24,
      let minute = number(String(parts[1])), minute < 60,
      // A leap second counts as the one after it.
      let second = number(String(parts[2])), second <= 60
    else { return nil }
    return hour * 3_600 + minute * 60 + second
  }

  private static func fullYear(_ text: String, now: Date) -> Int? {
    guard text.utf8.count == 2, let twoDigits = number(text) else { return nil }
    let day = Int64(min(max(now.timeIntervalSince1970, 0), Self.end - 1)) / 86_400
    let thisYear = CivilDay(daysSince1970: day).year
    let year = thisYear - thisYear % 100 + twoDigits
    return year > thisYear + 50 ? year - 100 : year
  }

  /// Digits alone, at most four.
  private static func number(_ text: String) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  private static func padded(_ number: Int, _ digitCount: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(digitCount - digits.count, 0)) + digits
  }
}

/// A day of the Gregorian calendar.
private struct CivilDay {
  let year: Int
  let month: Int
  let day: Int

  /// Nil for a day that the month does not have.
  init?(year: Int, month: Int, day: Int) {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[month - 1]).contains(day) else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// - Parameter daysSince1970: not negative.
  init(daysSince1970: Int64) {
    // Years are counted from March 1, so that a leap day is the last of its year, in cycles of 400 years.
    let shifted = daysSince1970 + 719_468
    let (cycle, dayOfCycle) = shifted.quotientAndRemainder(dividingBy: 146_097)
    let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    year = Int(yearOfCycle + cycle * 400) + (month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int64 {
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let cycle = shiftedYear / 400
    let yearOfCycle = shiftedYear - cycle * 400
    let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
    return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear - 719_468
  }
}
