import Foundation
import StrictJSON
import Testing
import Trust

@Suite("Epoch schedule")
struct EpochScheduleTests {
  private static let start: UInt64 = 1_790_000_000

  private func schedule(seconds: UInt64 = 3_600) throws -> EpochSchedule {
    try EpochSchedule(start: Self.start, epochSeconds: seconds)
  }

  private func time(_ offset: Double) -> Date { Date(timeIntervalSince1970: Double(Self.start) + offset) }

  private static let instants: [(Double, UInt64)] = [
    (0, 0), (0.5, 0), (3_599.999, 0), (3_600, 1), (7_199, 1), (7_200, 2), (86_400, 24),
  ]

  @Test("an epoch begins with its first second and ends before the next one's", arguments: Self.instants)
  func boundaries(offset: Double, epoch: UInt64) throws {
    #expect(try schedule().epoch(at: time(offset)) == epoch)
  }

  @Test("a time before the first epoch, or none at all, is refused", arguments: [-0.001, -1, -1e12, .infinity, .nan])
  func beforeFirst(offset: Double) throws {
    let schedule = try schedule()
    #expect(throws: TrustError(TrustError.beforeFirstEpoch, "")) { try schedule.epoch(at: time(offset)) }
  }

  @Test("an epoch ends where the next begins", arguments: [UInt64(0), 1, 23, 24, 1 << 36])
  func ends(epoch: UInt64) throws {
    let schedule = try schedule()
    #expect(schedule.end(of: epoch) == schedule.beginning(of: epoch + 1))
    #expect(try schedule.epoch(at: schedule.beginning(of: epoch)) == epoch)
  }

  @Test(
    "an issuer day is 24 epochs", arguments: [(0, 0), (23, 0), (24, 1), (47, 1), (48, 2)] as [(UInt64, UInt64)])
  func issuerDay(epoch: UInt64, day: UInt64) throws {
    #expect(try schedule().issuerDay(of: epoch) == day)
  }

  @Test(
    "ages scale with the length of an epoch", arguments: [(3_600, 4_500), (60, 75), (10, 12.5)] as [(UInt64, Double)])
  func scaling(seconds: UInt64, quorumAge: Double) throws {
    #expect(try schedule(seconds: seconds).seconds(scaledMinutes: EpochSchedule.quorumAgeMinutes) == quorumAge)
  }

  @Test(
    "an epoch has 10 seconds to a day",
    arguments: [(9, false), (10, true), (86_400, true), (86_401, false)] as [(UInt64, Bool)])
  func length(seconds: UInt64, isAllowed: Bool) throws {
    if isAllowed {
      #expect(throws: Never.self) { try schedule(seconds: seconds) }
    } else {
      #expect(throws: TrustError(TrustError.policyInvalid, "")) { try schedule(seconds: seconds) }
    }
  }

  @Test("a start of 2^40 seconds or more is refused")
  func startLimit() throws {
    #expect(throws: Never.self) { try EpochSchedule(start: (1 << 40) - 1, epochSeconds: 60) }
    #expect(throws: TrustError(TrustError.policyInvalid, "")) { try EpochSchedule(start: 1 << 40, epochSeconds: 60) }
  }

  @Test("a schedule survives its JSON form, and unknown members are refused")
  func json() throws {
    let schedule = try schedule()
    #expect(try EpochSchedule(reading: JSONObject(schedule.json, name: "epochs")) == schedule)
    let extended = schedule.json.setting(["zone"], to: "UTC")
    #expect(throws: JSONError.self) { try EpochSchedule(reading: JSONObject(extended, name: "epochs")) }
  }
}
