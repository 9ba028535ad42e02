extension RandomNumberGenerator {
  /// True with probability `numerator / denominator`, exactly; always where that is 1 or more.
  mutating func bernoulli(_ numerator: UInt64, over denominator: UInt64) -> Bool {
    // The standard library draws below a bound by rejection, so no number is likelier than another.
    next(upperBound: denominator) < numerator
  }

  /// True with probability e^-(`numerator / denominator`), exactly, for a ratio of at most 1 (Canonne, Kamath and
  /// Steinke, "The Discrete Gaussian for Differential Privacy", algorithm 1).
  mutating func bernoulliExponential(_ numerator: UInt64, over denominator: UInt64) -> Bool {
    // Round k is reached with probability below 1 / k!: the product stays far below its type's bound.
    var round: UInt64 = 1
    while bernoulli(numerator, over: denominator * round) { round += 1 }
    return !round.isMultiple(of: 2)
  }
}
