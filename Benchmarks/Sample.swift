/// Times of one operation, in the order they were taken.
struct Sample {
  private(set) var durations: [Duration] = []

  mutating func add(_ duration: Duration) { durations.append(duration) }

  var median: Duration {
    let sorted = durations.sorted()
    return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
  }

  var range: (least: Duration, most: Duration) { (durations.min() ?? .zero, durations.max() ?? .zero) }

  /// Median times of one call of each body, over `rounds` rounds in which each makes `calls` calls, so that whatever else
  /// the machine does meets all of them alike.
  static func interleaved(rounds: Int, calls: Int, _ bodies: [() throws -> Void]) throws -> [Duration] {
    var samples = bodies.map { _ in Sample() }
    let clock = ContinuousClock()
    for _ in 0..<rounds {
      for (index, body) in bodies.enumerated() {
        let start = clock.now
        for _ in 0..<calls { try body() }
        samples[index].add((clock.now - start) / calls)
      }
    }
    return samples.map(\.median)
  }

  /// Median time of one call, over `rounds` rounds of `calls` calls each.
  static func perCall(rounds: Int, calls: Int, _ body: () throws -> Void) rethrows -> Duration {
    var sample = Sample()
    let clock = ContinuousClock()
    for _ in 0..<rounds {
      let start = clock.now
      for _ in 0..<calls { try body() }
      sample.add((clock.now - start) / calls)
    }
    return sample.median
  }
}

extension Duration {
  var microseconds: Double {
    Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
  }

  /// Microseconds with one decimal.
  var microsecondText: String { "\((microseconds * 10).rounded() / 10) µs" }

  /// Milliseconds with two decimals.
  var millisecondText: String { "\((microseconds / 10).rounded() / 100) ms" }

  static func ratio(_ left: Duration, _ right: Duration) -> String {
    "\((left.microseconds / right.microseconds * 100).rounded() / 100)"
  }
}

/// Keeps a result alive, so that no work is optimised away.
@inline(never)
func use<Value>(_ value: Value) {}
