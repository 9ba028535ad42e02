/// Groups of digits with single separators between them, as people write long numbers; in the digits of any script.
struct DigitRun {
  struct Group {
    let start: Int
    let end: Int
    /// What stands in front of the group, behind the one before; empty for the first.
    let separator: [Unicode.Scalar]

    var count: Int { end - start }
  }

  /// With a plus or an opening parenthesis in front of the first group.
  let start: Int
  let hasPlus: Bool
  let hasParentheses: Bool
  let groups: [Group]
  let digits: [UInt8]

  var end: Int { groups.last?.end ?? start }

  /// More are no number that anybody dials or pays with.
  private static let groupCountLimit = 12

  /// - Parameter start: a digit, a plus or an opening parenthesis with no digit and no letter of ASCII in front of it.
  init?(_ text: [Unicode.Scalar], at start: Int) {
    var position = start
    let hasPlus = text[position] == "+"
    if hasPlus { position += 1 }
    var isOpen = position < text.count && text[position] == "("
    let hasParentheses = isOpen
    if isOpen { position += 1 }
    var groups: [Group] = []
    var digits: [UInt8] = []
    var separator: [Unicode.Scalar] = []
    while groups.count < Self.groupCountLimit {
      let first = position
      while position < text.count, let digit = Self.digit(text[position]) {
        digits.append(digit)
        position += 1
      }
      guard position > first else { break }
      groups.append(Group(start: first, end: position, separator: separator))
      (separator, position) = Self.separator(text, position, &isOpen)
      guard !separator.isEmpty else { break }
    }
    guard !groups.isEmpty else { return nil }
    self.start = start
    self.hasPlus = hasPlus
    self.hasParentheses = hasParentheses
    self.groups = groups
    self.digits = digits
  }

  /// One of the separators, or a blank with a parenthesis or dash beside it.
  private static func separator(
    _ text: [Unicode.Scalar], _ start: Int, _ isOpen: inout Bool
  ) -> ([Unicode.Scalar], Int) {
    var position = start
    var separator: [Unicode.Scalar] = []
    while position < text.count, separator.count < 3 {
      let scalar = text[position]
      switch scalar {
      case "(" where !isOpen: isOpen = true
      case ")" where isOpen: isOpen = false
      case " ", "\u{A0}", "\u{202F}", "-", "\u{2011}", "\u{2013}", ".", "/": break
      default: return (separator, position)
      }
      if separator.contains(scalar) { return (separator, position) }
      separator.append(scalar)
      position += 1
    }
    return (separator, position)
  }

  /// The value of a decimal digit, in whatever script.
  static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
    if scalar.isASCII { return (0x30...0x39).contains(scalar.value) ? UInt8(scalar.value - 0x30) : nil }
    guard scalar.properties.generalCategory == .decimalNumber else { return nil }
    return scalar.properties.numericValue.map { UInt8($0) }
  }

  /// The digits of the first `count` groups.
  func digits(ofFirst count: Int) -> ArraySlice<UInt8> {
    digits.prefix(groups.prefix(count).reduce(0) { $0 + $1.count })
  }
}
