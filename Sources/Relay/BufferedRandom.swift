#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The system's random numbers, taken 32 at a time: a system call for each would cost more than the choice.
struct BufferedRandom: RandomNumberGenerator {
  private var words: [UInt64] = []

  mutating func next() -> UInt64 {
    if let word = words.popLast() { return word }
    words = Array(repeating: 0, count: 32)
    let outcome = words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
    guard outcome == 0, let word = words.popLast() else {
      preconditionFailure("the system gives no random numbers")
    }
    return word
  }
}

extension Array {
  /// One of the elements that fit at random, without an array of them.
  func randomElement(using random: inout BufferedRandom, where isFit: (Element) -> Bool) -> Element? {
    let count = count(where: isFit)
    guard count > 0 else { return nil }
    var index = count == 1 ? 0 : Int.random(in: 0..<count, using: &random)
    return first { element in
      guard isFit(element) else { return false }
      defer { index -= 1 }
      return index == 0
    }
  }
}
