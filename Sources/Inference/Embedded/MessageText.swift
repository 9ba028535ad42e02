/// One message cut into tokens and sentences, its words numbered.
struct MessageText {
  /// A run of tokens that ends with a full stop, a mark, an emoji or the line.
  struct Sentence {
    let tokens: Range<Int>
    let hasQuestionMark: Bool
  }

  let scalars: [Unicode.Scalar]
  let tokens: [Token]
  /// The vocabulary's number of each word and number token; -1 for the others.
  let words: [Int]
  private(set) var sentences: [Sentence] = []

  /// Scalars of one message that are read; the rest of a longer one is left out.
  static let scalarLimit = 1 << 17

  init(_ text: String, vocabulary: inout Vocabulary) {
    scalars = Array(text.unicodeScalars.prefix(Self.scalarLimit))
    tokens = Tokenizer.tokens(of: scalars)
    var words: [Int] = []
    words.reserveCapacity(tokens.count)
    for token in tokens {
      switch token.kind {
      case .word, .number, .link: words.append(vocabulary.number(of: Folding.folded(scalars[token.range])))
      default: words.append(-1)
      }
    }
    self.words = words
    split(vocabulary)
  }

  func isWord(_ token: Int) -> Bool { words[token] >= 0 }

  private mutating func split(_ vocabulary: Vocabulary) {
    var start = 0
    var position = 0
    func sentence(_ end: Int, _ hasQuestionMark: Bool) -> Sentence? {
      start < end ? Sentence(tokens: start..<end, hasQuestionMark: hasQuestionMark) : nil
    }
    while position < tokens.count {
      switch tokens[position].kind {
      case .lineBreak, .emoji:
        if let sentence = sentence(position, false) { sentences.append(sentence) }
        position += 1
        start = position
      case .symbol(let mark) where Self.isEndMark(mark):
        let first = position
        var isQuestion = false
        while position < tokens.count, case .symbol(let next) = tokens[position].kind, Self.isEndMark(next),
          position == first || !tokens[position].followsSpace
        {
          isQuestion = isQuestion || next == "?" || next == "\u{FF1F}"
          position += 1
        }
        let isLoneStop = mark == "." && position == first + 1
        if isLoneStop, !endsSentence(stop: first, vocabulary) { continue }
        if let sentence = sentence(position, isQuestion) { sentences.append(sentence) }
        start = position
      default: position += 1
      }
    }
    if let sentence = sentence(tokens.count, false) { sentences.append(sentence) }
  }

  private static func isEndMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == "!" || scalar == "?" || scalar == "\u{2026}" || scalar == "\u{FF1F}"
      || scalar == "\u{3002}" || scalar == "\u{FF01}"
  }

  /// False for the stop of an abbreviation, an ordinal number or a name with dots.
  private func endsSentence(stop: Int, _ vocabulary: Vocabulary) -> Bool {
    guard stop + 1 < tokens.count else { return true }
    let next = tokens[stop + 1]
    guard next.followsSpace || next.kind == .lineBreak || next.kind == .emoji else { return false }
    guard stop > 0, words[stop - 1] >= 0, !tokens[stop].followsSpace else { return true }
    let previous = tokens[stop - 1]
    let previousWord = vocabulary.words[words[stop - 1]]
    if previous.kind == .number {
      let isList = stop == 1 || tokens[stop - 2].kind == .lineBreak
      guard next.kind == .word || next.kind == .number, words[stop + 1] >= 0 else { return true }
      let isMonth = vocabulary.words[words[stop + 1]].cues.contains(.month)
      return !isList && !isMonth && next.isCapitalized
    }
    let isAbbreviation = previousWord.cues.contains(.abbreviation) && !previousWord.cues.contains(.stop)
    return !(isAbbreviation || previous.range.count == 1)
  }
}
