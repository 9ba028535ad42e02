/// Which witnesses count, and how many of them must have cosigned.
public struct WitnessPolicy: Sendable, Equatable {
  /// One less than the signatures of a note, of which the log's own is one.
  public static let witnessLimit = SignedNote.signatureLimit - 1

  /// Cosignature keys, no two alike.
  public let witnesses: [NoteVerifierKey]
  /// k: the fewest witnesses whose cosignatures make a checkpoint valid.
  public let threshold: Int

  /// - Parameter declaredFaults: f, how many witnesses may collude with the log. Two histories need 2k−n common
  ///   signers, so that must be more.
  /// - Throws: `witness-policy-unsafe` unless 2k−n > f ≥ 1, every key is for cosignatures, and no two share a key.
  public init(
    witnesses: [NoteVerifierKey], threshold: Int, declaredFaults: Int
  ) throws(TransparencyLogError) {
    try self.init(withoutFaultMargin: witnesses, threshold: threshold)
    // Of n witnesses, at most `witnessLimit`, k are at most n: nothing can overflow.
    guard declaredFaults >= 1, 2 * threshold - witnesses.count > declaredFaults else {
      throw Self.unsafe("\(threshold) of \(witnesses.count) witnesses, at least 1 declared fault below 2k-n")
    }
  }

  /// A quorum that colluding witnesses may be able to meet twice; for tests and for looking at others' logs.
  package init(withoutFaultMargin witnesses: [NoteVerifierKey], threshold: Int) throws(TransparencyLogError) {
    guard witnesses.count <= Self.witnessLimit, (1...Self.witnessLimit).contains(threshold),
      threshold <= witnesses.count
    else { throw Self.unsafe("\(threshold) of \(witnesses.count) witnesses, at most \(Self.witnessLimit)") }
    guard witnesses.allSatisfy({ $0.type == .cosignature }) else { throw Self.unsafe("a key not for cosignatures") }
    guard Set(witnesses.map(\.publicKey)).count == witnesses.count else { throw Self.unsafe("one key twice") }
    self.witnesses = witnesses
    self.threshold = threshold
  }

  private static func unsafe(_ what: String) -> TransparencyLogError {
    TransparencyLogError(TransparencyLogError.witnessPolicyUnsafe, what)
  }
}
