/// Addresses of e-mail: letters, digits and `._%+-`, an at sign, a host with a dot.
enum MailAddress {
  /// - Parameter start: a letter or digit with none in front of it.
  static func end(_ text: [Unicode.Scalar], at start: Int) -> Int? {
    var position = start
    while position < text.count, position - start <= 64, FoldedWord.isPart(text[position]) || isInner(text[position]) {
      position += 1
    }
    guard position < text.count, text[position] == "@", position > start else { return nil }
    position += 1
    var end: Int?
    var labelCount = 0
    while labelCount < 8 {
      let first = position
      while position < text.count, position - first <= HostLabel.lengthLimit,
        FoldedWord.isPart(text[position]) || (text[position] == "-" && position > first)
      {
        position += 1
      }
      guard position > first, position - first <= HostLabel.lengthLimit else { break }
      labelCount += 1
      if labelCount > 1, position - first >= 2 { end = position }
      guard position < text.count, text[position] == "." else { break }
      position += 1
    }
    return end
  }

  private static func isInner(_ scalar: Unicode.Scalar) -> Bool { "._%+-".unicodeScalars.contains(scalar) }
}
