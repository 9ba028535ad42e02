/// A phrase of the dictionary found in a sentence.
struct PhraseHit {
  let cue: Cue
  /// Tokens from the first to behind the last word.
  let tokens: Range<Int>
  let wordCount: Int

  /// One clear phrase counts 1; a single word, which often means something else, less.
  var strength: Double { wordCount > 1 ? 1 : 0.65 }
}

/// The phrases found in one sentence, in the order of their first words.
struct PhraseHits {
  let all: [PhraseHit]

  init(in text: MessageText, tokens: Range<Int>, vocabulary: Vocabulary) {
    var hits: [PhraseHit] = []
    for start in tokens where text.isWord(start) {
      for phrase in vocabulary.words[text.words[start]].phrases {
        if let end = Self.end(of: phrase, in: text, from: start + 1, limit: tokens.upperBound, vocabulary) {
          hits.append(PhraseHit(cue: phrase.cue, tokens: start..<end, wordCount: phrase.rest.count + 1))
        }
      }
    }
    all = hits
  }

  /// Those whose first word stands in the range.
  func starting(in tokens: Range<Int>) -> ArraySlice<PhraseHit> {
    all[offset(of: tokens.lowerBound)..<offset(of: tokens.upperBound)]
  }

  func starting(at token: Int) -> ArraySlice<PhraseHit> { starting(in: token..<token + 1) }

  /// Offset of the first hit that starts at the token or behind it.
  private func offset(of token: Int) -> Int {
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle].tokens.lowerBound < token { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func end(
    of phrase: Lexicon.Phrase, in text: MessageText, from start: Int, limit: Int, _ vocabulary: Vocabulary
  ) -> Int? {
    var position = start
    for pattern in phrase.rest {
      if case .end = pattern {
        guard position >= limit || !text.isWord(position) else { return nil }
        continue
      }
      while position < limit, !text.isWord(position) { position += 1 }
      guard position < limit, pattern.matches(vocabulary.words[text.words[position]].text) else { return nil }
      position += 1
    }
    return position
  }
}
