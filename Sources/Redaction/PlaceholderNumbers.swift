/// Numbers for placeholders of one kind, without those that a text already looks like.
struct PlaceholderNumbers: Sendable {
  private var used: Set<Int> = []
  private var last = 0

  mutating func next() -> Int {
    repeat { last += 1 } while used.contains(last)
    return last
  }

  /// What stands in `texts` and would be taken for a placeholder in an answer is never given out.
  static func free(in texts: [String]) -> [RedactedKind: PlaceholderNumbers] {
    var numbers: [RedactedKind: PlaceholderNumbers] = [:]
    for text in texts {
      let scalars = Array(text.unicodeScalars)
      var before: Unicode.Scalar?
      for index in scalars.indices {
        if Placeholder.isBoundary(before),
          case .found(let placeholder, _, _) = Placeholder.match(scalars[...], at: index, isWhole: true)
        {
          numbers[placeholder.kind, default: PlaceholderNumbers()].used.insert(placeholder.number)
        }
        before = scalars[index]
      }
    }
    return numbers
  }
}
