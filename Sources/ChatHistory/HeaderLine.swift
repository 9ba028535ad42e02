/// The start of a message line: a date of three numbers whose order is still open, a time, and where the rest begins.
///
///     [13.06.18, 21:25:15] a: m        6/13/18, 9:25 PM - a: m        2018. 6. 13. 오후 9:25 - a: m
struct HeaderLine {
  /// What all message lines of one export share; a line of another shape is part of a text.
  struct Shape: Equatable {
    enum Ending { case bracket, dash, colon, blank }
    let ending: Ending
    /// `/`, `.`, `-`, or `年` for numbers with ideographs or syllables behind them.
    let separator: Unicode.Scalar
    /// The index of the number with four digits.
    let yearIndex: Int?
    let hasSeconds: Bool
    let hasDayPeriod: Bool
    let isTimeFirst: Bool
  }

  let shape: Shape
  let numbers: [Int]
  let digitCounts: [Int]
  /// As the clock shows it: of a 12-hour clock without its half of the day.
  let clockHour: Int
  let minute: Int
  let second: Int
  /// Of an unknown word none, until the whole export is read.
  var dayPeriod: DayPeriod?
  /// The word that stands where a day period does and is not known as one.
  let unknownPeriod: String?
  /// The day period stands before the time, as in Chinese and Korean.
  let hasLeadingDayPeriod: Bool
  /// Date and period as software set to American English writes them: `8/31/26, 1:09\u{202F}PM`.
  let looksAmerican: Bool
  /// The line starts with U+200E, as iOS marks lines with media.
  let isMarked: Bool
  /// The sender and text, or the system text.
  let body: Range<Int>

  /// Nil for any line that is no message line.
  init?(_ bytes: [UInt8], _ line: Range<Int>) {
    var scanner = ScalarScanner(bytes, line)
    isMarked = scanner.take { $0 == "\u{200E}" } != nil
    scanner.skip(while: ScalarScanner.isMark)
    guard let first = scanner.first, first == "[" || ScalarScanner.digitValue(first) != nil else { return nil }
    let isBracketed = scanner.take("[")
    var reader = PrefixReader(scanner: scanner, isBracketed: isBracketed)
    guard reader.read() else { return nil }
    let prefix = reader
    scanner = reader.scanner

    let ending: Shape.Ending
    let blankCount = scanner.skip(while: ScalarScanner.isBlankOrMark)
    if isBracketed {
      guard scanner.take("]") else { return nil }
      ending = .bracket
    } else if scanner.take(where: PrefixReader.isDash) != nil {
      guard scanner.isAtEnd || scanner.first.map(ScalarScanner.isBlankOrMark) == true else { return nil }
      ending = .dash
    } else if blankCount == 0, scanner.take(":") {
      guard scanner.first.map(ScalarScanner.isBlank) == true else { return nil }
      ending = .colon
    } else {
      guard blankCount > 0, prefix.second != nil, !scanner.isAtEnd else { return nil }
      ending = .blank
    }
    scanner.skip(while: ScalarScanner.isBlank)

    guard (0...24).contains(prefix.hour), prefix.minute < 60, (prefix.second ?? 0) < 60 else { return nil }
    clockHour = prefix.hour
    dayPeriod = prefix.dayPeriod
    unknownPeriod = prefix.unknownPeriod
    minute = prefix.minute
    second = prefix.second ?? 0
    numbers = prefix.numbers
    digitCounts = prefix.digitCounts
    hasLeadingDayPeriod = prefix.hasLeadingDayPeriod
    looksAmerican = prefix.separator == "/" && prefix.isAmericanPeriod
    shape = Shape(
      ending: ending, separator: prefix.separator, yearIndex: digitCounts.firstIndex { $0 == 4 },
      hasSeconds: prefix.second != nil, hasDayPeriod: prefix.dayPeriod != nil, isTimeFirst: prefix.isTimeFirst)
    body = scanner.position..<line.upperBound
    guard DateOrder.allCases.contains(where: { time($0) != nil }) else { return nil }
  }

  /// The time when the date is read in `order`; nil when there is no such day.
  func time(_ order: DateOrder) -> LocalTime? {
    let index = order.indices
    guard digitCounts[index.month] <= 2, digitCounts[index.day] <= 2 else { return nil }
    var year = numbers[index.year]
    switch digitCounts[index.year] {
    case 1, 2: year += 2000
    case 4 where (2500...2650).contains(year): year -= 543
    case 4: break
    default: return nil
    }
    let hour = dayPeriod?.hour24(clockHour) ?? clockHour
    return LocalTime(
      year: year, month: numbers[index.month], day: numbers[index.day], hour: hour % 24, minute: minute, second: second)
  }
}

/// Reads date and time, in either order, with what locales put between and behind them.
private struct PrefixReader {
  var scanner: ScalarScanner
  let isBracketed: Bool
  var numbers: [Int] = []
  var digitCounts: [Int] = []
  var separator: Unicode.Scalar = "/"
  var hour = 0
  var minute = 0
  var second: Int?
  var dayPeriod: DayPeriod?
  var unknownPeriod: String?
  var hasLeadingDayPeriod = false
  var isAmericanPeriod = false
  var isTimeFirst = false

  init(scanner: ScalarScanner, isBracketed: Bool) {
    self.scanner = scanner
    self.isBracketed = isBracketed
  }

  mutating func read() -> Bool {
    var attempt = self
    if attempt.readDate(), attempt.readGap(), attempt.readTime() {
      attempt.readDayPeriod()
      self = attempt
      return true
    }
    attempt = self
    attempt.isTimeFirst = true
    guard attempt.readTime() else { return false }
    attempt.readDayPeriod()
    guard attempt.readGap(), attempt.readDate() else { return false }
    self = attempt
    return true
  }

  private mutating func readDate() -> Bool {
    var separators: [Unicode.Scalar] = []
    for index in 0..<3 {
      scanner.skip(while: ScalarScanner.isBlank)
      guard let number = scanner.number(), number.digitCount != 3 else { return false }
      numbers.append(number.value)
      digitCounts.append(number.digitCount)
      scanner.skip(while: ScalarScanner.isMark)
      guard index < 2 else { break }
      guard let found = scanner.take(where: { Self.separators[$0] != nil }) else { return false }
      separators.append(Self.separators[found] ?? found)
    }
    guard separators[0] == separators[1], digitCounts.count(where: { $0 == 4 }) <= 1 else { return false }
    separator = separators[0]
    _ = scanner.take { "日일.".unicodeScalars.contains($0) }
    return true
  }

  private static let separators: [Unicode.Scalar: Unicode.Scalar] = [
    "/": "/", ".": ".", "-": "-", "\u{2010}": "-", "\u{2011}": "-", "\u{2044}": "/", "年": "年", "月": "年", "년": "年",
    "월": "年",
  ]

  /// Blanks, commas, a connecting word (`klo`, `à`, `um`), a day period before the time.
  private mutating func readGap() -> Bool {
    let start = scanner.position
    for _ in 0..<3 {
      scanner.skip { ScalarScanner.isBlankOrMark($0) || ",،、，".unicodeScalars.contains($0) }
      guard let first = scanner.first, Self.isWordScalar(first) else { break }
      let word = Self.takeWord(&scanner)
      if let period = DayPeriod(normalized: word) {
        dayPeriod = period
        hasLeadingDayPeriod = true
      } else if !isBracketed, !Self.connectingWords.contains(word) {
        return false
      }
    }
    return scanner.position > start
  }

  private mutating func readTime() -> Bool {
    guard let hours = scanner.number(), hours.digitCount <= 2 else { return false }
    hour = hours.value
    guard let mark = takeTimeSeparator() else { return false }
    guard let minutes = scanner.number(), minutes.digitCount == 2 else { return false }
    minute = minutes.value
    guard !Self.hourUnits.contains(mark) else { return readUnits() }
    var attempt = scanner
    if mark == ":" || mark == ".", attempt.take(mark), let seconds = attempt.number() {
      guard seconds.digitCount == 2 else { return false }
      second = seconds.value
      scanner = attempt
    }
    return true
  }

  /// `min 05 s` behind hour and minute, in the units of the locale; each may be missing.
  private mutating func readUnits() -> Bool {
    guard takeUnit(of: Self.minuteUnits) else { return true }
    var attempt = scanner
    attempt.skip(while: ScalarScanner.isBlank)
    guard let seconds = attempt.number(), seconds.digitCount <= 2 else { return true }
    second = seconds.value
    scanner = attempt
    _ = takeUnit(of: Self.secondUnits)
    return true
  }

  private mutating func takeUnit(of units: Set<String>) -> Bool {
    var attempt = scanner
    attempt.skip(while: ScalarScanner.isBlank)
    guard units.contains(Self.takeWord(&attempt)) else { return false }
    scanner = attempt
    return true
  }

  private static let hourUnits: Set<Unicode.Scalar> = ["h", "H", "时", "時", "시"]
  private static let minuteUnits: Set<String> = ["min", "mn", "m", "分", "분"]
  private static let secondUnits: Set<String> = ["s", "sec", "秒", "초"]

  private mutating func takeTimeSeparator() -> Unicode.Scalar? {
    if let mark = scanner.take(where: { $0 == ":" || $0 == "." }) { return mark }
    var attempt = scanner
    attempt.skip(while: ScalarScanner.isBlank)
    guard let mark = attempt.take(where: Self.hourUnits.contains) else { return nil }
    attempt.skip(while: ScalarScanner.isBlank)
    scanner = attempt
    return mark
  }

  /// The longest known period of up to three words behind the time; an unknown word counts only where nothing but the
  /// ending follows.
  private mutating func readDayPeriod() {
    var attempt = scanner
    var end = scanner
    var joined = ""
    var isKnown = false
    var hasNarrowBlank = false
    for _ in 0..<3 {
      attempt.skip { scalar in
        hasNarrowBlank = hasNarrowBlank || scalar == "\u{202F}"
        return ScalarScanner.isBlankOrMark(scalar)
      }
      guard let first = attempt.first, Self.isWordScalar(first) else { break }
      joined += Self.takeWord(&attempt)
      end = attempt
      guard let period = DayPeriod(normalized: joined) else { continue }
      dayPeriod = dayPeriod ?? period
      isAmericanPeriod = hasNarrowBlank && first.properties.isUppercase && (joined == "am" || joined == "pm")
      scanner = attempt
      isKnown = true
    }
    guard !isKnown, !joined.isEmpty, joined.count <= Self.unknownPeriodLimit, Self.isAtEnding(end, isBracketed) else {
      return
    }
    scanner = end
    guard dayPeriod == nil else { return }
    dayPeriod = .unmarked
    unknownPeriod = joined
  }

  /// In characters, without blanks and full stops.
  private static let unknownPeriodLimit = 12

  private static func isAtEnding(_ scanner: ScalarScanner, _ isBracketed: Bool) -> Bool {
    var rest = scanner
    let blankCount = rest.skip(while: ScalarScanner.isBlankOrMark)
    guard !isBracketed else { return rest.take("]") }
    guard blankCount > 0, rest.take(where: isDash) != nil else { return false }
    return rest.isAtEnd || rest.first.map(ScalarScanner.isBlankOrMark) == true
  }

  static func isDash(_ scalar: Unicode.Scalar) -> Bool { "-–—".unicodeScalars.contains(scalar) }

  private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.properties.isAlphabetic }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark: return true
    default: return scalar.properties.isAlphabetic
    }
  }

  /// A word in lower case without full stops, quotation marks and the joiner that Persian puts into one.
  private static func takeWord(_ scanner: inout ScalarScanner) -> String {
    var word = ""
    while let scalar = scanner.take(where: { isWordScalar($0) || ".\u{05F4}\"\u{200C}".unicodeScalars.contains($0) }) {
      if isWordScalar(scalar) { word.unicodeScalars.append(scalar) }
    }
    return word.lowercased()
  }

  private static let connectingWords: Set<String> = Set(
    "klo kl um à at às as alle ore o ob u la в о г р plkst στις klokken om a las los les في الساعة בשעה lúc pukul pkl jam saat ku ora vid"
      .split(separator: " ").map(String.init))
}
