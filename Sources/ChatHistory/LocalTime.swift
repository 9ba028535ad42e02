/// A wall-clock time without a zone, as an export holds it.
public struct LocalTime: Sendable, Hashable, Comparable {
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to the length of the month.
  public let day: Int
  public let hour: Int
  public let minute: Int
  public let second: Int

  /// Nil when there is no such time in the Gregorian calendar, or the year is not in 1 to 9999.
  public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...Self.dayCount(year, month)).contains(day),
      (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// From `yyyy-MM-dd`, optionally with ` HH:mm` or ` HH:mm:ss` behind it (`T` for the blank is taken too).
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard [10, 16, 19].contains(bytes.count) else { return nil }
    func number(_ start: Int, _ count: Int) -> Int? {
      var value = 0
      for byte in bytes[start..<start + count] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    func has(_ index: Int, _ characters: String) -> Bool {
      bytes.count <= index || characters.utf8.contains(bytes[index])
    }
    guard has(4, "-"), has(7, "-"), has(10, " T"), has(13, ":"), has(16, ":"), let year = number(0, 4),
      let month = number(5, 2), let day = number(8, 2), let hour = bytes.count > 10 ? number(11, 2) : 0,
      let minute = bytes.count > 10 ? number(14, 2) : 0, let second = bytes.count > 16 ? number(17, 2) : 0
    else { return nil }
    self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
  }

  public static func < (left: LocalTime, right: LocalTime) -> Bool {
    left.secondsSinceYearZero < right.secondsSinceYearZero
  }

  /// A count that differs by 86,400 between the same time on neighbouring days.
  public var secondsSinceYearZero: Int {
    let shiftedYear = month > 2 ? year : year - 1
    let shiftedMonth = month > 2 ? month - 3 : month + 9
    let days =
      shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + (153 * shiftedMonth + 2) / 5 + day
    return ((days * 24 + hour) * 60 + minute) * 60 + second
  }

  /// `yyyy-MM-dd HH:mm`.
  public var minuteText: String {
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2)) \(padded(hour, 2)):\(padded(minute, 2))"
  }

  static func dayCount(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
    default: 31
    }
  }
}
