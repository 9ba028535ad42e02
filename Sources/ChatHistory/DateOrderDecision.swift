/// Chooses the order of day, month and year for a whole export: first by which dates exist, then by which run forwards,
/// as messages do; where both leave a choice, by hints, and then the choice is ambiguous.
struct DateOrderDecision {
  let order: DateOrder
  let isAmbiguous: Bool

  init(_ headers: [HeaderLine]) {
    let yearIndex = headers.first?.shape.yearIndex
    let pair: [DateOrder]
    switch yearIndex {
    case 0: pair = [.yearMonthDay, .yearDayMonth]
    case 1: pair = [.monthYearDay, .dayYearMonth]
    default: pair = [.dayMonthYear, .monthDayYear]
    }
    let scores = pair.map { Score(headers, $0) }
    var chosen = scores[0] < scores[1] ? 1 : 0
    var isOpen = scores[0] == scores[1]
    if isOpen {
      let hint = Self.hint(headers, yearIndex)
      chosen = hint.index
      isOpen = !hint.isDecisive
    }
    // With two digits for the year it may also come first: only where that fits better.
    if yearIndex == nil {
      let yearFirst = Score(headers, .yearMonthDay)
      let isCalledFor = headers.contains { $0.hasLeadingDayPeriod || $0.shape.separator == "年" }
      if scores[chosen] < yearFirst || (scores[chosen] == yearFirst && isCalledFor) {
        (order, isAmbiguous) = (.yearMonthDay, false)
        return
      }
      if scores[chosen] == yearFirst, Self.change(headers, at: 0) == 0, Self.change(headers, at: 2) > 0 {
        (order, isAmbiguous) = (.yearMonthDay, true)
        return
      }
    }
    (order, isAmbiguous) = (pair[chosen], isOpen)
  }

  /// More plausible dates are better, then fewer steps back in time.
  private struct Score: Comparable {
    var plausibleCount = 0
    var backwardCount = 0

    init(_ headers: [HeaderLine], _ order: DateOrder) {
      var previous: Int?
      for header in headers {
        guard let time = header.time(order), (2009...2099).contains(time.year) else { continue }
        plausibleCount += 1
        let day = time.secondsSinceYearZero / 86_400
        if let previous, day < previous { backwardCount += 1 }
        previous = day
      }
    }

    static func < (left: Score, right: Score) -> Bool {
      (left.plausibleCount, -left.backwardCount) < (right.plausibleCount, -right.backwardCount)
    }
  }

  /// Index into the pair, where dates alone do not tell.
  private static func hint(_ headers: [HeaderLine], _ yearIndex: Int?) -> (index: Int, isDecisive: Bool) {
    switch yearIndex {
    case 0:
      // Year first is followed by the month everywhere.
      return (0, true)
    case 1:
      return (0, false)
    default:
      // Full stops separate dates only where the day comes first.
      if headers.first?.shape.separator == "." { return (0, true) }
      // One line alone is no evidence of the phone's locale.
      if headers.count > 1, headers.allSatisfy(\.looksAmerican) { return (1, false) }
      // The number that changes more is the day.
      return (change(headers, at: 1) > change(headers, at: 0) ? 1 : 0, false)
    }
  }

  /// How much one of the three numbers changes from message to message, summed up.
  private static func change(_ headers: [HeaderLine], at index: Int) -> Int {
    zip(headers, headers.dropFirst()).reduce(0) { $0 + abs($1.0.numbers[index] - $1.1.numbers[index]) }
  }
}
