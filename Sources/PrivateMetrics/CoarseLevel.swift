/// How many of something there are right now, roughly.
///
/// The lowest level spans several, so that one request on an idle machine changes nothing.
public enum CoarseLevel: String, Sendable, CaseIterable {
  case upTo4 = "0-4"
  case upTo16 = "5-16"
  case upTo64 = "17-64"
  case more = "65+"

  public init(_ count: Int) {
    switch count {
    case ...4: self = .upTo4
    case ...16: self = .upTo16
    case ...64: self = .upTo64
    default: self = .more
    }
  }
}

/// A level that is read at most once in a while and stays between: who asks often learns no moment.
public struct CoarseReading: Sendable {
  private let lifetime: Duration
  private var reading: (level: CoarseLevel, time: ContinuousClock.Instant)?

  public init(lifetime: Duration) { self.lifetime = lifetime }

  public mutating func level(now: ContinuousClock.Instant, of count: () -> Int) -> CoarseLevel {
    if let reading, now - reading.time < lifetime { return reading.level }
    let level = CoarseLevel(count())
    reading = (level, now)
    return level
  }
}
