/// A minute on the wall clock of the chat's exporter, without a time zone.
public struct LocalMinute: Sendable, Hashable, Comparable {
  public let year: Int
  public let month: Int
  public let day: Int
  public let hour: Int
  public let minute: Int

  /// Nil where a part is out of its range: years 1 to 9999, days as the month has them.
  public init?(year: Int, month: Int, day: Int, hour: Int, minute: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute),
      (1...Self.dayCount(ofMonth: month, year: year)).contains(day)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
  }

  /// Parses exactly `yyyy-MM-dd HH:mm`.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8.prefix(17))
    guard bytes.count == 16 else { return nil }
    let separators: [(Int, UInt8)] = [
      (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")), (10, UInt8(ascii: " ")), (13, UInt8(ascii: ":")),
    ]
    for (offset, separator) in separators where bytes[offset] != separator { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16)
    else { return nil }
    self.init(year: year, month: month, day: day, hour: hour, minute: minute)
  }

  private static func dayCount(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar.
  public var dayNumber: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Minutes since 1970-01-01 00:00 on the same clock.
  public var minuteNumber: Int { dayNumber * 1440 + hour * 60 + minute }

  /// 0 is Monday.
  public var weekday: Int { ((dayNumber + 3) % 7 + 7) % 7 }

  public static func < (left: LocalMinute, right: LocalMinute) -> Bool { left.minuteNumber < right.minuteNumber }
}
