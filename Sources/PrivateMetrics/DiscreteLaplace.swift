/// Two-sided geometric noise: the whole number x with probability proportional to e^-(ε·|x|).
///
/// Added to a count that one event changes by at most 1, it makes publishing the count cost ε. Sampled exactly with
/// whole numbers alone (Canonne, Kamath and Steinke, algorithm 2): noise made of floating point has gaps that tell the
/// count (Mironov, "On Significance of the Least Significant Bits for Differential Privacy").
///
/// How long a draw takes depends on what is drawn.
public struct DiscreteLaplace: Sendable {
  public let loss: PrivacyLoss

  public init(_ loss: PrivacyLoss) { self.loss = loss }

  /// - Parameter generator: must not be predictable by whoever reads what is published.
  public func sample(using generator: inout some RandomNumberGenerator) -> Int {
    while true {
      let magnitude = Int(clamping: geometric(using: &generator) / UInt64(loss.numerator))
      let isNegative = generator.bernoulli(1, over: 2)
      // Zero has one sign, or it would come twice as often.
      if isNegative, magnitude == 0 { continue }
      return isNegative ? -magnitude : magnitude
    }
  }

  /// x of 0, 1, 2, … with probability proportional to e^-(x / denominator).
  private func geometric(using generator: inout some RandomNumberGenerator) -> UInt64 {
    let denominator = UInt64(loss.denominator)
    while true {
      let remainder = generator.next(upperBound: denominator)
      guard generator.bernoulliExponential(remainder, over: denominator) else { continue }
      var quotient: UInt64 = 0
      while generator.bernoulliExponential(1, over: 1) { quotient += 1 }
      return remainder + denominator * quotient
    }
  }
}
