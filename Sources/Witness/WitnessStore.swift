import Synchronization

/// Keeps the last note that a witness cosigned for each log, by the hexadecimal SHA-256 of its origin.
///
/// An attacker who can put an older note back can make the witness cosign a fork: the store must not forget.
public protocol WitnessStore: Sendable {
  /// The note's bytes; nil for a log that was never cosigned.
  func note(of originDigest: String) throws(WitnessError) -> [UInt8]?

  /// Returns once the note survives a crash.
  func keep(_ note: [UInt8], of originDigest: String) throws(WitnessError)
}

/// Forgets when the process ends: for tests.
public final class MemoryWitnessStore: WitnessStore {
  private let notes = Mutex<[String: [UInt8]]>([:])
  /// Called before each write; what it throws, the write throws.
  private let beforeKeeping: @Sendable () throws(WitnessError) -> Void

  public init(beforeKeeping: @escaping @Sendable () throws(WitnessError) -> Void = { () throws(WitnessError) in }) {
    self.beforeKeeping = beforeKeeping
  }

  public func note(of originDigest: String) throws(WitnessError) -> [UInt8]? { notes.withLock { $0[originDigest] } }

  public func keep(_ note: [UInt8], of originDigest: String) throws(WitnessError) {
    try beforeKeeping()
    notes.withLock { $0[originDigest] = note }
  }
}
