public import Foundation

/// Which issuer day it is: 24 epochs make one, counted from t0.
public struct IssuerCalendar: Sendable, Equatable {
  static let epochsPerDay: UInt64 = 24
  /// How long before and after its day a key issues, in parts of an epoch: clocks differ, and a draw under way ends. Who
  /// draws in the first minute of a day by a clock that is a little fast draws for no other minute.
  static let graceDivisor: UInt64 = 12

  /// t0, seconds since 1970.
  public let epochStart: UInt64
  /// Δ, seconds.
  public let epochSeconds: UInt64

  /// - Throws: `issuer-configuration-invalid` unless Δ is from 10 seconds to a day.
  public init(epochStart: UInt64, epochSeconds: UInt64) throws(IssuerError) {
    guard (10...86_400).contains(epochSeconds), epochStart < 1 << 40 else {
      throw IssuerError(
        IssuerError.configurationInvalid, "epoch length is \(epochSeconds) seconds, expected 10 to 86400")
    }
    self.epochStart = epochStart
    self.epochSeconds = epochSeconds
  }

  /// Nil before t0.
  public func issuerDay(at time: Date) -> UInt64? {
    secondsSinceStart(time).map { $0 / secondsPerDay }
  }

  /// Days whose keys issue at a time: its own, for a twelfth of an epoch the one before, and as long ahead the next.
  func issuingDays(at time: Date) -> [UInt64] {
    guard let seconds = secondsSinceStart(time) else { return [] }
    let (day, offset) = seconds.quotientAndRemainder(dividingBy: secondsPerDay)
    let grace = epochSeconds / Self.graceDivisor
    if offset >= secondsPerDay - grace { return [day, day + 1] }
    return day > 0 && offset < grace ? [day, day - 1] : [day]
  }

  /// Seconds since 1970 at which a day begins; nil where that is beyond 64 bits.
  func beginning(ofIssuerDay day: UInt64) -> UInt64? {
    let (offset, overflow) = day.multipliedReportingOverflow(by: secondsPerDay)
    let (beginning, secondOverflow) = epochStart.addingReportingOverflow(offset)
    return overflow || secondOverflow ? nil : beginning
  }

  private var secondsPerDay: UInt64 { epochSeconds * Self.epochsPerDay }

  private func secondsSinceStart(_ time: Date) -> UInt64? {
    let seconds = time.timeIntervalSince1970 - Double(epochStart)
    return seconds >= 0 && seconds < 1e15 ? UInt64(seconds) : nil
  }
}
