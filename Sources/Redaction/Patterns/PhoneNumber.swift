/// Telephone numbers as people write them. There is no grammar: a plus or a zero in front, or groups as countries have
/// them; dates, amounts and times are left alone.
enum PhoneNumber {
  /// Where the number that begins the run ends; nil where none does.
  ///
  /// - Parameter isMention: an at sign stands in front: WhatsApp names a member who is no contact like that.
  static func end(_ run: DigitRun, isMention: Bool = false) -> Int? {
    if isMention, run.groups[0].count >= 7 { return run.groups[0].end }
    guard dateEnd(run) == nil else { return nil }
    if run.hasPlus || run.digits.starts(with: [0, 0]) { return longest(run, 7...15) }
    // One zero alone begins a decimal.
    if run.digits[0] == 0 { return run.groups[0].count > 1 ? longest(run, 6...13) : nil }
    if isDomestic(run) { return run.end }
    return (9...15).contains(run.groups[0].count) ? run.groups[0].end : nil
  }

  /// The most whole groups whose digits are of that number.
  private static func longest(_ run: DigitRun, _ limits: ClosedRange<Int>) -> Int? {
    for count in (1...run.groups.count).reversed() where limits.contains(run.digits(ofFirst: count).count) {
      return run.groups[count - 1].end
    }
    return nil
  }

  /// Without a zero in front: groups as in North America, Spain, France, Poland and their neighbours, and China. Besides
  /// them a number is 9 to 15 digits in one piece.
  private static func isDomestic(_ run: DigitRun) -> Bool {
    let counts = run.groups.map(\.count)
    let digitCount = run.digits.count
    guard (7...11).contains(digitCount) else { return false }
    let isDotted = run.groups.dropFirst().allSatisfy { $0.separator == ["."] }
    switch counts {
    case [3, 4]: return run.groups[1].separator == ["-"]
    case [3, 3, 4], [1, 3, 3, 4]: return true
    // Thousands are dotted like that.
    case [3, 3, 3]: return !isDotted
    case [3, 2, 2, 2], [2, 3, 2, 2], [3, 2, 2], [3, 3, 2, 2], [2, 2, 2, 2, 2], [1, 3, 3, 2, 2], [5, 5], [5, 6], [4, 6],
      [4, 3, 3], [3, 6], [3, 4, 4]:
      return !isDotted
    default: return false
    }
  }

  /// Behind the date that the run begins with: 13.06.2026, 6/13/26, 2026-06-13, 01.2026.
  static func dateEnd(_ run: DigitRun) -> Int? {
    guard !run.hasPlus, !run.hasParentheses, run.groups.count >= 2 else { return nil }
    let counts = run.groups.map(\.count)
    let marks: [[Unicode.Scalar]] = [["."], ["/"], ["-"], [".", " "]]
    let first = run.groups[1].separator
    guard marks.contains(first) else { return nil }
    if counts.count >= 3, marks.contains(run.groups[2].separator) {
      let isDayFirst = counts[0] <= 2 && counts[1] <= 2 && (counts[2] == 4 || counts[2] == 2)
      let isYearFirst = counts[0] == 4 && counts[1] <= 2 && counts[2] <= 2
      // Pairs with dots are also how France writes numbers, but those go on.
      let goesOn = counts.count > 3 && run.groups[3].separator == first
      if (isDayFirst && (counts[2] == 4 || !goesOn)) || isYearFirst { return run.groups[2].end }
    }
    let isMonthAndYear = counts[0] <= 2 && counts[1] == 4 && first != ["-"] && counts.count == 2
    return isMonthAndYear ? run.groups[1].end : nil
  }
}
