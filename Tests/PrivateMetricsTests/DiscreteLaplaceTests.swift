import Foundation
import PrivateMetrics
import TestSupport
import Testing

@Suite("Discrete Laplace noise")
struct DiscreteLaplaceTests {
  private static let sampleCount = 200_000
  private static let losses = [
    PrivacyLoss(1, over: 8), PrivacyLoss(1, over: 1), PrivacyLoss(3, over: 2), PrivacyLoss(2, over: 7),
  ]

  private static func samples(_ loss: PrivacyLoss, seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    let noise = DiscreteLaplace(loss)
    return (0..<sampleCount).map { _ in noise.sample(using: &generator) }
  }

  /// Of each number up to `reach` on both sides, and of all beyond on either side.
  private static func probabilities(_ loss: PrivacyLoss, reach: Int) -> (inside: [Double], beyond: Double) {
    let ratio = exp(-Double(loss.numerator) / Double(loss.denominator))
    let inside = (-reach...reach).map { (1 - ratio) / (1 + ratio) * pow(ratio, Double(abs($0))) }
    return (inside, pow(ratio, Double(reach + 1)) / (1 + ratio))
  }

  @Test("it has the exact probabilities (chi-square, at one in a thousand)", arguments: losses, [1, 2, 3] as [UInt64])
  func distribution(loss: PrivacyLoss, seed: UInt64) {
    // About 3 / ε: a part in twenty lies beyond.
    let reach = Int(3 * loss.denominator / loss.numerator)
    let (inside, beyond) = Self.probabilities(loss, reach: reach)
    let samples = Self.samples(loss, seed: seed)
    let counts = Dictionary(grouping: samples, by: { min(max($0, -reach - 1), reach + 1) }).mapValues(\.count)
    let expected = [beyond] + inside + [beyond]
    #expect(abs(expected.reduce(0, +) - 1) < 1e-12)
    var statistic = 0.0
    for (value, probability) in zip(-reach - 1...reach + 1, expected) {
      let mean = probability * Double(Self.sampleCount)
      statistic += pow(Double(counts[value] ?? 0) - mean, 2) / mean
    }
    // Wilson and Hilferty's approximation of the quantile at 0.999.
    let freedom = Double(expected.count - 1)
    let bound = freedom * pow(1 - 2 / (9 * freedom) + 3.0902 * (2 / (9 * freedom)).squareRoot(), 3)
    #expect(statistic < bound)
  }

  @Test("zero comes as often as it should, and the variance is that of the scale")
  func zeroAndVariance() {
    let loss = PrivacyLoss(1, over: 8)
    let samples = Self.samples(loss, seed: 9)
    let zeros = Double(samples.count { $0 == 0 }) / Double(Self.sampleCount)
    let expected = Self.probabilities(loss, reach: 0).inside[0]
    #expect(abs(zeros - expected) < expected / 20)
    let variance = samples.reduce(0.0) { $0 + Double($1 * $1) } / Double(Self.sampleCount)
    #expect(abs(variance - 127.83) < 3)
  }

  @Test("the tail beyond five times the scale has its weight on either side")
  func tail() {
    let loss = PrivacyLoss(1, over: 8)
    let samples = Self.samples(loss, seed: 4)
    let beyond = Self.probabilities(loss, reach: 40).beyond * Double(Self.sampleCount)
    for count in [samples.count { $0 > 40 }, samples.count { $0 < -40 }] {
      #expect(abs(Double(count) - beyond) < 5 * beyond.squareRoot())
    }
  }
}
