/// Tells morning from afternoon for a whole export whose words for them are not known: by the one reading in which its
/// messages run forwards. Where none does, or several do, the times stay as they are written, and may be 12 hours off.
struct DayPeriodDecision {
  let isAmbiguous: Bool
  private let periods: [String: DayPeriod]

  init(_ headers: [HeaderLine], _ order: DateOrder) {
    let unknown = headers.filter { $0.unknownPeriod != nil }
    // A clock that shows 13 has no halves: the word is another.
    guard !unknown.isEmpty, !unknown.contains(where: { $0.clockHour > 12 }) else {
      (isAmbiguous, periods) = (false, [:])
      return
    }
    let forward = Self.readings(Set(unknown.compactMap(\.unknownPeriod)).sorted()).filter {
      Self.runsForwards(headers, order, $0)
    }
    isAmbiguous = forward.count != 1
    periods = forward.count == 1 ? forward[0] : [:]
  }

  func read(_ header: HeaderLine) -> HeaderLine { Self.read(header, periods) }

  /// What the words can mean. More than two name no halves.
  private static func readings(_ words: [String]) -> [[String: DayPeriod]] {
    switch words.count {
    case 1: [.morning, .afternoon, .unmarked].map { [words[0]: $0] }
    case 2: [[words[0]: .morning, words[1]: .afternoon], [words[0]: .afternoon, words[1]: .morning]]
    default: []
    }
  }

  private static func read(_ header: HeaderLine, _ periods: [String: DayPeriod]) -> HeaderLine {
    guard let word = header.unknownPeriod, let period = periods[word] else { return header }
    var header = header
    header.dayPeriod = period
    return header
  }

  /// A step back of an hour is the end of summer time.
  private static func runsForwards(
    _ headers: [HeaderLine], _ order: DateOrder, _ periods: [String: DayPeriod]
  ) -> Bool {
    var previous: Int?
    for header in headers {
      guard let second = read(header, periods).time(order)?.secondsSinceYearZero else { continue }
      if let previous, second < previous - 3600 { return false }
      previous = second
    }
    return true
  }
}
