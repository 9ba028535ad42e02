public import Foundation

/// A day in UTC: the finest time that the person's reports and exports know.
public struct CalendarDay: Sendable, Hashable, Comparable {
  /// Since 1970-01-01.
  let number: Int

  private static let seconds = 86_400.0

  /// The day that a time falls on.
  public init(of time: Date) { number = Int((time.timeIntervalSince1970 / Self.seconds).rounded(.down)) }

  /// - Parameter text: `yyyy-MM-dd`; nil for anything else, days that a month has not among them.
  public init?(_ text: String) {
    guard let beginning = try? Date.ISO8601FormatStyle().parse("\(text)T00:00:00Z") else { return nil }
    self.init(of: beginning)
    // The parser takes a day that its month has not for one of the next month.
    guard self.text == text else { return nil }
  }

  /// `yyyy-MM-dd`
  public var text: String { beginning.formatted(.iso8601.year().month().day()) }

  public var beginning: Date { Date(timeIntervalSince1970: Double(number) * Self.seconds) }

  public static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.number < right.number }
}

/// Days from one to another, both included; open where there is none.
public struct DayRange: Sendable, Equatable {
  public let first: CalendarDay?
  public let last: CalendarDay?

  /// Every day.
  public static let all = DayRange(from: nil, to: nil)

  public init(from first: CalendarDay?, to last: CalendarDay?) {
    self.first = first
    self.last = last
  }

  public func contains(_ day: CalendarDay) -> Bool { first.map { $0 <= day } ?? true && last.map { day <= $0 } ?? true }

  public var sentence: String {
    switch (first?.text, last?.text) {
    case (let first?, let last?): first == last ? "on \(first)" : "from \(first) to \(last)"
    case (let first?, nil): "from \(first) on"
    case (nil, let last?): "up to \(last)"
    case (nil, nil): "of all days"
    }
  }
}
