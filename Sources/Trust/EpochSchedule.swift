public import Foundation

/// When epochs begin: epoch n is [t0 + n·Δ, t0 + (n+1)·Δ). One issuer day is 24 epochs.
///
/// Every age that the design states for an epoch of one hour scales with Δ, so a simulated policy with short epochs
/// shows a rollover.
public struct EpochSchedule: Sendable, Equatable {
  public static let epochsPerIssuerDay: UInt64 = 24

  /// t0, seconds since 1970.
  public let start: UInt64
  /// Δ, seconds.
  public let epochSeconds: UInt64

  /// - Throws: `policy-invalid` unless Δ is from 10 seconds to a day.
  public init(start: UInt64, epochSeconds: UInt64) throws(TrustError) {
    guard (10...86_400).contains(epochSeconds), start < 1 << 40 else {
      throw TrustError(TrustError.policyInvalid, "epoch length is \(epochSeconds) seconds, expected 10 to 86400")
    }
    self.start = start
    self.epochSeconds = epochSeconds
  }

  /// - Throws: `epoch-before-first`.
  public func epoch(at time: Date) throws(TrustError) -> UInt64 {
    let elapsed = time.timeIntervalSince1970 - Double(start)
    guard elapsed >= 0, elapsed < 1e15 else {
      throw TrustError(TrustError.beforeFirstEpoch, "the time lies before the first epoch")
    }
    return UInt64(elapsed) / epochSeconds
  }

  public func beginning(of epoch: UInt64) -> Date {
    Date(timeIntervalSince1970: Double(start) + Double(epoch) * Double(epochSeconds))
  }

  public func end(of epoch: UInt64) -> Date { beginning(of: epoch).addingTimeInterval(Double(epochSeconds)) }

  public func issuerDay(of epoch: UInt64) -> UInt64 { epoch / Self.epochsPerIssuerDay }

  /// An age stated in minutes for epochs of one hour, as seconds of this schedule.
  public func seconds(scaledMinutes: Double) -> TimeInterval { scaledMinutes / 60 * Double(epochSeconds) }

  public static let publicationLeadMinutes = 10.0
  /// How long the bundle of the epoch before may still be used.
  public static let overlapMinutes = 5.0
  /// The largest age of the quorum time of a bundle's note.
  public static let quorumAgeMinutes = 75.0
  /// How far the quorum time may lie ahead of the client's clock.
  public static let quorumFutureMinutes = 5.0
  /// The largest distance between the note in the evidence and the note on the bundle.
  public static let evidenceNoteAgeMinutes = 180.0
  public static let revocationAgeMinutes = 24 * 60.0
  public static let releaseAgeMinutes = 14 * 24 * 60.0
}
