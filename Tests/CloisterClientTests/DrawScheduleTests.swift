import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import TestSupport
import Testing
import Trust

@Suite("The minute of the draw")
struct DrawScheduleTests {
  private static let dayLength = 86_400.0

  private static func epochs() throws -> EpochSchedule { try EpochSchedule(start: 1_790_000_000, epochSeconds: 3_600) }

  private static func time(day: Double) -> Date {
    Date(timeIntervalSince1970: 1_790_000_000 + day * dayLength)
  }

  @Test("the minute is uniform: chi-square over 144,000 days stays within four deviations")
  func uniform() throws {
    var generator = SeededGenerator(seed: 6)
    var schedule = DrawSchedule(epochs: try Self.epochs())
    var counts = [Double](repeating: 0, count: DrawSchedule.minutesPerDay)
    let expected = 100.0
    for day in 0..<Int(expected) * counts.count {
      _ = try schedule.choose(at: Self.time(day: Double(day)), using: &generator)
      counts[try #require(schedule.minutes[UInt64(day) + 1])] += 1
    }
    let chiSquare = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    let freedom = Double(counts.count - 1)
    #expect(abs(chiSquare - freedom) < 4 * (2 * freedom).squareRoot())
  }

  @Test("a minute is chosen before its day begins, once, and no later question changes it")
  func chosenBefore() throws {
    var generator = SeededGenerator(seed: 1)
    var schedule = DrawSchedule(epochs: try Self.epochs())
    #expect(try schedule.choose(at: Self.time(day: 3.2), using: &generator))
    let chosen = try #require(schedule.minutes[4])
    #expect(schedule.minutes[3] == nil)
    for part in [3.3, 3.99, 4, 4.5, 4.999] {
      _ = try schedule.choose(at: Self.time(day: part), using: &generator)
      #expect(schedule.minutes[4] == chosen)
    }
    #expect(schedule.minutes.count == 2)
    _ = try schedule.choose(at: Self.time(day: 5), using: &generator)
    #expect(schedule.minutes[4] == nil)
  }

  @Test("nothing is drawn before the minute or after it")
  func steps() throws {
    let schedule = DrawSchedule(epochs: try Self.epochs(), minutes: [4: 600, 5: 0])
    let minute = Self.time(day: 4).addingTimeInterval(600 * 60)
    #expect(try schedule.step(at: Self.time(day: 4), handledDays: []) == .wait(until: minute))
    #expect(try schedule.step(at: minute.addingTimeInterval(-1), handledDays: [3]) == .wait(until: minute))
    #expect(try schedule.step(at: minute, handledDays: [3]) == .draw(issuerDay: 4))
    #expect(try schedule.step(at: minute.addingTimeInterval(59), handledDays: []) == .draw(issuerDay: 4))
    #expect(try schedule.step(at: minute.addingTimeInterval(60), handledDays: []) == .missed(issuerDay: 4))
    #expect(try schedule.step(at: minute, handledDays: [4]) == .wait(until: Self.time(day: 5)))
    #expect(try schedule.step(at: minute, handledDays: [9]) == .draw(issuerDay: 4))
  }

  @Test("a day that began without a chosen minute is not drawn")
  func newcomer() throws {
    var generator = SeededGenerator(seed: 2)
    var schedule = DrawSchedule(epochs: try Self.epochs())
    _ = try schedule.choose(at: Self.time(day: 4.1), using: &generator)
    #expect(try schedule.step(at: Self.time(day: 4.1), handledDays: []) == .missed(issuerDay: 4))
  }

  @Test("while no task is on no minute is chosen; the day under way keeps its own, whatever is switched during it")
  func off() throws {
    var generator = SeededGenerator(seed: 5)
    var schedule = DrawSchedule(epochs: try Self.epochs(), minutes: [4: 600])
    #expect(try !schedule.choose(at: Self.time(day: 4.1), isOn: false, using: &generator))
    #expect(schedule.minutes == [4: 600])
    #expect(try schedule.step(at: Self.time(day: 4.1), handledDays: [4]) == .idle(until: Self.time(day: 5)))
    #expect(try schedule.choose(at: Self.time(day: 4.2), using: &generator))
    #expect(schedule.minutes[4] == 600 && schedule.minutes[5] != nil)
    #expect(try schedule.choose(at: Self.time(day: 4.3), isOn: false, using: &generator))
    #expect(schedule.minutes == [4: 600])
    _ = try schedule.choose(at: Self.time(day: 4.4), using: &generator)
    let chosen = try #require(schedule.minutes[5])
    _ = try schedule.choose(at: Self.time(day: 5), isOn: false, using: &generator)
    #expect(schedule.minutes == [5: chosen], "switched off after its day began")
  }

  @Test("minutes that no schedule chooses are forgotten, and before the first epoch there is none")
  func foreign() throws {
    var schedule = DrawSchedule(epochs: try Self.epochs(), minutes: [4: -1, 5: 1_440])
    #expect(schedule.minutes.isEmpty)
    var generator = SeededGenerator(seed: 3)
    #expect(
      code { _ = try schedule.choose(at: Date(timeIntervalSince1970: 0), using: &generator) }
        == TrustError.beforeFirstEpoch)
  }

  @Test("a minute of short epochs is a 1,440th of their day")
  func scaled() throws {
    let epochs = try EpochSchedule(start: 1_790_000_000, epochSeconds: 60)
    let schedule = DrawSchedule(epochs: epochs, minutes: [0: 720])
    let noon = Date(timeIntervalSince1970: 1_790_000_000 + 720)
    #expect(try schedule.step(at: noon, handledDays: []) == .draw(issuerDay: 0))
    #expect(try schedule.step(at: noon.addingTimeInterval(1), handledDays: []) == .missed(issuerDay: 0))
  }
}
