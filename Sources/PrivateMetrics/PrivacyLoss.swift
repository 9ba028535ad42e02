/// ε of differential privacy: whatever is published is at most e^ε times as likely with one event as without it.
///
/// A ratio of whole numbers, so that nothing that rests on it is rounded.
public struct PrivacyLoss: Sendable, Equatable {
  public let numerator: UInt32
  public let denominator: UInt32

  /// Neither is zero: a loss of nothing would need endless noise.
  public init(_ numerator: UInt32, over denominator: UInt32) {
    precondition(numerator > 0 && denominator > 0, "a privacy loss is a ratio of positive numbers")
    self.numerator = numerator
    self.denominator = denominator
  }

  /// How often `loss` can be lost before this much is.
  func count(of loss: PrivacyLoss) -> Int {
    let whole = UInt64(numerator) * UInt64(loss.denominator)
    let part = UInt64(denominator) * UInt64(loss.numerator)
    return Int(clamping: whole / part)
  }
}
