/// Who is addressed with an at sign: members of a chat who never wrote are named only there.
enum Mentions {
  /// Of one name, in scalars; a longer one is cut.
  private static let lengthLimit = 128

  /// The names behind at signs; between isolates, as WhatsApp writes them, or up to the end of the word.
  static func names(in text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var names: [String] = []
    for index in scalars.indices where scalars[index] == "@" {
      if index > 0, FoldedWord.isPart(scalars[index - 1]) { continue }
      var position = index + 1
      var name = String.UnicodeScalarView()
      if position < scalars.count, scalars[position] == "\u{2068}" {
        position += 1
        while position < scalars.count, position - index < lengthLimit, scalars[position] != "\u{2069}",
          scalars[position] != "\n"
        {
          name.append(scalars[position])
          position += 1
        }
      } else {
        while position < scalars.count, position - index < lengthLimit,
          FoldedWord.isPart(scalars[position]) || scalars[position] == "_"
        {
          name.append(scalars[position])
          position += 1
        }
      }
      if !name.isEmpty { names.append(String(name)) }
    }
    return names
  }
}
