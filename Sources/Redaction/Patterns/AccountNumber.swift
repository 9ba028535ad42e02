/// International bank account numbers (ISO 13616): a country, two check digits, up to 30 letters and digits, often in
/// groups of four.
enum AccountNumber {
  /// - Parameter start: a letter with neither letter nor digit of ASCII in front of it.
  static func end(_ text: [Unicode.Scalar], at start: Int) -> Int? {
    var symbols: [UInt8] = []
    var position = start
    var ends: [(end: Int, count: Int)] = []
    while position < text.count, symbols.count < 34 {
      let scalar = Placeholder.lower(text[position])
      if (0x30...0x39).contains(scalar.value) || (0x61...0x7A).contains(scalar.value) {
        guard isAllowed(scalar, at: symbols.count) else { break }
        symbols.append(UInt8(scalar.value))
        position += 1
        ends.append((position, symbols.count))
      } else if scalar == " " || scalar == "\u{A0}" || scalar == "-", symbols.count >= 4, position + 1 < text.count,
        FoldedWord.isPart(text[position + 1])
      {
        position += 1
      } else {
        break
      }
    }
    // The longest that checks, and that no letter or digit of ASCII goes on.
    for (end, count) in ends.reversed() where count >= 15 {
      if end < text.count, !Placeholder.isBoundary(text[end]) { continue }
      if isValid(symbols.prefix(count)) { return end }
    }
    return nil
  }

  private static func isAllowed(_ scalar: Unicode.Scalar, at index: Int) -> Bool {
    let isDigit = (0x30...0x39).contains(scalar.value)
    return index < 2 ? !isDigit : index < 4 ? isDigit : true
  }

  /// The first four symbols moved to the end, letters as 10 to 35: 1 modulo 97.
  private static func isValid(_ symbols: ArraySlice<UInt8>) -> Bool {
    var remainder = 0
    for symbol in symbols.dropFirst(4) + symbols.prefix(4) {
      let value = symbol < 0x3A ? Int(symbol - 0x30) : Int(symbol - 0x61) + 10
      remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97
    }
    return remainder == 1
  }
}
