/// Numbers of payment cards (ISO/IEC 7812): 13 to 19 digits whose last one checks the others.
enum CardNumber {
  /// Behind the number that begins the run; nil where none does.
  static func end(_ run: DigitRun) -> Int? {
    guard !run.hasPlus, !run.hasParentheses else { return nil }
    for count in (1...run.groups.count).reversed() {
      let digits = run.digits(ofFirst: count)
      guard (13...19).contains(digits.count), isPlainlyParted(run.groups.prefix(count)), isValid(digits) else {
        continue
      }
      return run.groups[count - 1].end
    }
    return nil
  }

  private static func isPlainlyParted(_ groups: ArraySlice<DigitRun.Group>) -> Bool {
    groups.dropFirst().allSatisfy { [[" "], ["-"], ["\u{A0}"], ["."]].contains($0.separator) && $0.count >= 2 }
  }

  /// Luhn's check; all zeros are no card.
  static func isValid(_ digits: ArraySlice<UInt8>) -> Bool {
    guard digits.contains(where: { $0 != 0 }) else { return false }
    let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
      let value = Int(digit.element) * (digit.offset.isMultiple(of: 2) ? 1 : 2)
      return sum + (value > 9 ? value - 9 : value)
    }
    return sum.isMultiple(of: 10)
  }
}
