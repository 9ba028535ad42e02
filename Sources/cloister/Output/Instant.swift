import Foundation

/// Instants of RFC 3339 on a command line.
enum Instant {
  /// With or without a fraction of a second; nil for anything else, days that a month has not among them.
  static func parse(_ text: String) -> Date? {
    let upper = text.uppercased()
    // The parser takes a day that its month has not for one of the next month.
    let day = upper.prefix(10)
    guard let start = try? Date.ISO8601FormatStyle().parse("\(day)T00:00:00Z"),
      start.formatted(Date.ISO8601FormatStyle()).hasPrefix(day)
    else { return nil }
    return (try? Date.ISO8601FormatStyle().parse(upper))
      ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(upper))
  }
}
