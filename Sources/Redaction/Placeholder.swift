/// A word that stands for something redacted, as it is written and as an answer may repeat it.
///
///     placeholder = stem [SP / NBSP / "-" / "_"] 1*6DIGIT ["v" 1*6DIGIT]     ; stem in any case
///
/// Written without a separator. The number after `v` tells another form of the same name's word. Behind a placeholder any
/// letters may follow, such as the ending of a case; in front of it stands no letter and no digit of ASCII.
struct Placeholder: Sendable, Hashable {
  var kind: RedactedKind
  /// From 1.
  var number: Int
  /// 1 is the form that the name itself has.
  var form = 1

  var text: String { "\(kind.stem)\(number)" + (form > 1 ? "v\(form)" : "") }

  static let digitCountLimit = 6

  /// What begins at one place of a text.
  enum Match {
    case none
    /// The text ends where more may follow.
    case open
    case found(Placeholder, Case, end: Int)
  }

  /// How the stem is written.
  enum Case { case asWritten, lower, upper }

  /// - Parameters:
  ///   - start: a place with no letter or digit of ASCII in front of it.
  ///   - isWhole: nothing follows the text.
  static func match(_ text: ArraySlice<Unicode.Scalar>, at start: Int, isWhole: Bool) -> Match {
    for kind in RedactedKind.allCases {
      var position = start
      let stem = Array(kind.stem.unicodeScalars)
      var upperCount = 0
      for expected in stem {
        guard position < text.endIndex else { return isWhole ? .none : .open }
        let scalar = text[position]
        guard scalar == expected || lower(scalar) == lower(expected) else { break }
        if (0x41...0x5A).contains(scalar.value) { upperCount += 1 }
        position += 1
      }
      guard position - start == stem.count else { continue }
      let stemCase: Case = upperCount == 0 ? .lower : upperCount == stem.count ? .upper : .asWritten
      return number(text, kind, stemCase, from: position, isWhole: isWhole)
    }
    return .none
  }

  private static func number(
    _ text: ArraySlice<Unicode.Scalar>, _ kind: RedactedKind, _ stemCase: Case, from start: Int, isWhole: Bool
  ) -> Match {
    var position = start
    if position < text.endIndex, [" ", "\u{A0}", "-", "_"].contains(text[position]) { position += 1 }
    guard let (value, end) = digits(text, from: position) else {
      return position == text.endIndex && !isWhole ? .open : .none
    }
    guard end < text.endIndex || isWhole else { return .open }
    guard value > 0 else { return .none }
    let base = Placeholder(kind: kind, number: value)
    guard end < text.endIndex, text[end] == "v" || text[end] == "V" else { return .found(base, stemCase, end: end) }
    guard let (form, formEnd) = digits(text, from: end + 1) else {
      // A letter that follows, unless more is to come.
      return end + 1 == text.endIndex && !isWhole ? .open : .found(base, stemCase, end: end)
    }
    guard formEnd < text.endIndex || isWhole else { return .open }
    return .found(Placeholder(kind: kind, number: value, form: form), stemCase, end: formEnd)
  }

  /// Up to six digits with no other behind them; nil also where the text ends within them after six.
  private static func digits(_ text: ArraySlice<Unicode.Scalar>, from start: Int) -> (value: Int, end: Int)? {
    var position = start
    var value = 0
    while position < text.endIndex, (0x30...0x39).contains(text[position].value) {
      guard position - start < digitCountLimit else { return nil }
      value = value * 10 + Int(text[position].value - 0x30)
      position += 1
    }
    return position > start ? (value, position) : nil
  }

  static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar
  }

  /// Whether a placeholder may begin behind this scalar.
  static func isBoundary(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return true }
    return !(0x30...0x39).contains(scalar.value) && !(0x61...0x7A).contains(lower(scalar).value)
  }
}
