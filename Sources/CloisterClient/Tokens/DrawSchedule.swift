public import Foundation
public import Trust

/// At which minute of each issuer day tokens are drawn: uniformly random, chosen before the day begins.
///
/// It is a function of the clock and of random numbers alone, on days that begin while any task is on; other days have
/// none. It knows no wallet and no request, so that the issuer, who sees the minute, learns nothing about requests from
/// it. A day that began without a chosen minute, or whose
/// minute passed while the device was off, is not drawn: to draw late would tell when the device came on.
///
/// A minute is a 1,440th of an issuer day, whatever the length of an epoch.
public struct DrawSchedule: Sendable, Equatable {
  public static let minutesPerDay = 1_440

  public let epochs: EpochSchedule
  /// The chosen minute of an issuer day, from 0; of the day under way and the next, at most.
  public private(set) var minutes: [UInt64: Int]

  /// What is to be done now.
  public enum Step: Sendable, Equatable {
    /// Nothing before this time.
    case wait(until: Date)
    /// Nothing on the day under way, and nothing on the next unless its minute is chosen before it begins, at this time.
    case idle(until: Date)
    /// This is the minute of the issuer day.
    case draw(issuerDay: UInt64)
    /// The minute of the day under way passed unused, or there was none.
    case missed(issuerDay: UInt64)
  }

  /// - Parameter minutes: what an earlier process chose.
  public init(epochs: EpochSchedule, minutes: [UInt64: Int] = [:]) {
    self.epochs = epochs
    self.minutes = minutes.filter { (0..<Self.minutesPerDay).contains($0.value) }
  }

  /// Chooses the minute of the next issuer day where it is not chosen yet, and forgets past days. While no task is on the
  /// next day's is forgotten too; that of the day under way stays, so that it does not tell when a task went on or off.
  ///
  /// - Parameter isOn: whether any task is.
  /// - Returns: whether anything changed, so that it has to be kept.
  /// - Throws: `epoch-before-first`.
  public mutating func choose(
    at now: Date, isOn: Bool = true, using generator: inout some RandomNumberGenerator
  ) throws(TrustError) -> Bool {
    let today = try issuerDay(at: now)
    let before = minutes
    minutes = minutes.filter { $0.key == today || $0.key == today + 1 }
    if !isOn {
      minutes[today + 1] = nil
    } else if minutes[today + 1] == nil {
      minutes[today + 1] = Int.random(in: 0..<Self.minutesPerDay, using: &generator)
    }
    return minutes != before
  }

  /// - Parameter handledDays: issuer days that were drawn, or told to be missed, already. They may lie ahead, where the
  ///   clock was ahead for a while.
  /// - Throws: `epoch-before-first`.
  public func step(at now: Date, handledDays: Set<UInt64>) throws(TrustError) -> Step {
    let today = try issuerDay(at: now)
    if handledDays.contains(today) {
      guard let minute = minutes[today + 1] else { return .idle(until: epochs.beginning(ofIssuerDay: today + 1)) }
      return .wait(until: beginning(ofMinute: minute, day: today + 1))
    }
    guard let minute = minutes[today] else { return .missed(issuerDay: today) }
    let beginning = beginning(ofMinute: minute, day: today)
    if now < beginning { return .wait(until: beginning) }
    let isOver = now >= self.beginning(ofMinute: minute + 1, day: today)
    return isOver ? .missed(issuerDay: today) : .draw(issuerDay: today)
  }

  private func issuerDay(at now: Date) throws(TrustError) -> UInt64 {
    epochs.issuerDay(of: try epochs.epoch(at: now))
  }

  private func beginning(ofMinute minute: Int, day: UInt64) -> Date {
    epochs.beginning(ofIssuerDay: day).addingTimeInterval(epochs.seconds(scaledMinutes: Double(minute)))
  }
}

extension EpochSchedule {
  func beginning(ofIssuerDay day: UInt64) -> Date { beginning(of: day * Self.epochsPerIssuerDay) }

  /// When tokens can be drawn again after those of a day, as messages say it.
  func nextDraw(after day: UInt64) -> String {
    "the next issuer day begins at \(beginning(ofIssuerDay: day + 1).formatted(.iso8601))"
  }
}
