/// Cuts the sentences of a message into clauses and notes what each tells.
struct ClauseReader {
  let vocabulary: Vocabulary
  let weighting: FeatureWeighting
  private let dates: DateReading

  /// Words at each side of a comma or a conjunction where a sentence may be cut.
  private static let smallestPart = 3
  /// A clause without any mark is cut here.
  private static let largestPart = 22

  init(vocabulary: Vocabulary, messageCount: Int) {
    self.vocabulary = vocabulary
    dates = DateReading(vocabulary: vocabulary)
    weighting = FeatureWeighting(vocabulary: vocabulary, messageCount: messageCount)
  }

  /// The phrases of each sentence.
  func hits(in text: MessageText) -> [PhraseHits] {
    text.sentences.map { PhraseHits(in: text, tokens: $0.tokens, vocabulary: vocabulary) }
  }

  func clauses(of text: MessageText, hits: [PhraseHits], message: Int, written: LocalMinute) -> [Clause] {
    var clauses: [Clause] = []
    for (index, sentence) in text.sentences.enumerated() {
      let hits = hits[index]
      let isMedia = hits.all.contains { $0.cue == .media } && wordCount(text, sentence.tokens) <= 8
      let isQuestion = sentence.hasQuestionMark || isUnmarkedQuestion(text, sentence.tokens, hits)
      let asksFor = asksFor(text, sentence.tokens, hits)
      let parts = parts(of: text, sentence.tokens, hits)
      for (offset, part) in parts.enumerated() {
        let trimmed = trimmed(part, in: text, hits)
        guard let range = scalarRange(trimmed, in: text) else { continue }
        clauses.append(
          Clause(
            message: message, range: range, wordCount: spaceParted(text, range), sentence: index,
            opensSentence: offset == 0, closesSentence: offset == parts.count - 1,
            isFluff: isMedia || isFluff(text, trimmed, hits), isIntroduction: endsWithColon(text, part),
            isDependent: offset > 0 && leans(text, trimmed),
            isQuestion: isQuestion, asksFor: asksFor,
            latestDay: dates.latestDay(in: text, tokens: trimmed, written: written),
            features: weighting.features(of: text, tokens: trimmed),
            cues: scores(text, part, hits)))
      }
    }
    return clauses
  }

  // MARK: Cutting

  private func parts(of text: MessageText, _ tokens: Range<Int>, _ hits: PhraseHits) -> [Range<Int>] {
    // Words of the sentence up to each token: a sentence may hold any number of marks, and is still read once.
    var counts = [0]
    for token in tokens { counts.append(counts[counts.count - 1] + (text.isWord(token) ? 1 : 0)) }
    var parts: [Range<Int>] = []
    var start = tokens.lowerBound
    for position in tokens.dropFirst() {
      let left = start..<position
      let right = position..<tokens.upperBound
      let leftCount = counts[position - tokens.lowerBound] - counts[start - tokens.lowerBound]
      let rightCount = counts[tokens.count] - counts[position - tokens.lowerBound]
      let isCut: Bool
      switch text.tokens[position - 1].kind {
      case .symbol(let mark):
        let isMark = Self.isInnerMark(mark) && text.tokens[position].followsSpace
        isCut =
          isMark
          && ((leftCount >= Self.smallestPart && rightCount >= Self.smallestPart)
            || isFluff(text, left, hits) || isFluff(text, right, hits))
          && (leftCount <= 2 || !isInsideList(text, position))
      default:
        isCut =
          leftCount >= Self.smallestPart + 1 && text.isWord(position) && text.tokens[position - 1].kind != .number
          && vocabulary.words[text.words[position]].cues.contains(.conjunction)
          && rightCount >= Self.smallestPart + 1
      }
      if isCut || leftCount >= Self.largestPart {
        parts.append(left)
        start = position
      }
    }
    parts.append(start..<tokens.upperBound)
    return parts
  }

  /// True at a comma between two names, as in a list of people.
  private func isInsideList(_ text: MessageText, _ position: Int) -> Bool {
    guard position >= 2, text.tokens[position - 1].kind == .symbol(","), text.isWord(position - 2) else { return false }
    return [position - 2, position].allSatisfy { token in
      guard text.isWord(token) else { return false }
      let word = vocabulary.words[text.words[token]]
      return word.isParticipant
        || (text.tokens[token].isCapitalized && !word.cues.contains(.stop) && !word.cues.contains(.weekday)
          && !word.cues.contains(.month))
    }
  }

  private static func isInnerMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ",", ";", ":", "-", "\u{2013}", "\u{2014}", "(", ")", "\u{2022}": true
    default: false
    }
  }

  /// Leaves out fillers at the start, and list numbers.
  private func trimmed(_ tokens: Range<Int>, in text: MessageText, _ hits: PhraseHits) -> Range<Int> {
    var start = tokens.lowerBound
    while start < tokens.upperBound {
      if !text.isWord(start) {
        guard case .symbol(let mark) = text.tokens[start].kind, !Self.isOpeningMark(mark) else {
          return start..<tokens.upperBound
        }
        start += 1
        continue
      }
      var end = start
      for hit in hits.starting(at: start) where hit.cue == .filler || hit.cue == .courtesy {
        let isParted =
          hit.tokens.upperBound < tokens.upperBound && !text.isWord(hit.tokens.upperBound)
          && !isClosing(text, hit.tokens.upperBound)
        if isParted { end = max(end, hit.tokens.upperBound) }
      }
      let word = vocabulary.words[text.words[start]]
      let isLead = word.cues.contains(.lead) || word.cues.contains(.laughter)
      if end == start, isLead, start + 1 < tokens.upperBound { end = start + 1 }
      guard end > start else { break }
      start = end
    }
    return start < tokens.upperBound ? start..<tokens.upperBound : tokens
  }

  private static func isOpeningMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{BF}", "\u{A1}", "\"", "'", "\u{201C}", "\u{201E}", "\u{AB}", "#", "@", "+", "$", "\u{A3}", "\u{20AC}": true
    default: false
    }
  }

  private func isClosing(_ text: MessageText, _ token: Int) -> Bool {
    guard case .symbol(let mark) = text.tokens[token].kind else { return false }
    return mark == "?" || mark == "'" || mark == "\u{2019}" || mark == "/"
  }

  /// From the first token to the last one that is no comma, dash or opening bracket.
  private func scalarRange(_ tokens: Range<Int>, in text: MessageText) -> Range<Int>? {
    var end = tokens.upperBound
    while end > tokens.lowerBound, case .symbol(let mark) = text.tokens[end - 1].kind,
      Self.isInnerMark(mark), mark != ")"
    { end -= 1 }
    guard end > tokens.lowerBound, (tokens.lowerBound..<end).contains(where: text.isWord) else { return nil }
    return text.tokens[tokens.lowerBound].range.lowerBound..<text.tokens[end - 1].range.upperBound
  }

  // MARK: Telling

  private func wordCount(_ text: MessageText, _ tokens: Range<Int>) -> Int { tokens.count(where: text.isWord) }

  /// Words as anyone counts them: what white space parts.
  private func spaceParted(_ text: MessageText, _ range: Range<Int>) -> Int {
    var count = 0
    var isInside = false
    for scalar in text.scalars[range] {
      let isSpace = Tokenizer.isSpace(scalar)
      if !isSpace, !isInside { count += 1 }
      isInside = !isSpace
    }
    return count
  }

  /// True where no word is left beside fillers, courtesy and laughter.
  private func isFluff(_ text: MessageText, _ tokens: Range<Int>, _ hits: PhraseHits) -> Bool {
    guard tokens.count <= 12 else { return false }
    if isPoliteness(text, tokens, hits) { return true }
    var position = tokens.lowerBound
    while position < tokens.upperBound {
      guard text.isWord(position) else {
        position += 1
        continue
      }
      var end = position
      for hit in hits.starting(at: position)
      where hit.tokens.upperBound <= tokens.upperBound
        && (hit.cue == .filler || hit.cue == .courtesy || hit.cue == .agreement || hit.cue == .topicChange)
      {
        end = max(end, hit.tokens.upperBound)
      }
      let word = vocabulary.words[text.words[position]]
      if end == position, word.cues.contains(.laughter) || word.cues.contains(.lead) || word.isParticipant {
        end = position + 1
      }
      guard end > position else { return false }
      position = end
    }
    return true
  }

  /// A short clause that begins with a courtesy and holds no number: thanks for something, good wishes.
  private func isPoliteness(_ text: MessageText, _ tokens: Range<Int>, _ hits: PhraseHits) -> Bool {
    guard let first = tokens.first(where: text.isWord) else { return false }
    return hits.starting(at: first).contains { $0.cue == .courtesy && $0.wordCount > 1 }
      && !tokens.contains { text.tokens[$0].kind == .number }
  }

  private func endsWithColon(_ text: MessageText, _ tokens: Range<Int>) -> Bool {
    tokens.last.map { text.tokens[$0].kind == .symbol(":") } ?? false
  }

  private func leans(_ text: MessageText, _ tokens: Range<Int>) -> Bool {
    guard let first = tokens.first(where: text.isWord) else { return true }
    return vocabulary.words[text.words[first]].cues.contains(.dependent)
  }

  private func isUnmarkedQuestion(_ text: MessageText, _ tokens: Range<Int>, _ hits: PhraseHits) -> Bool {
    guard let last = tokens.last, text.isWord(last) || wordCount(text, tokens) >= 3,
      var first = tokens.first(where: text.isWord)
    else { return false }
    if case .symbol(let mark) = text.tokens[last].kind, mark == "!" || mark == "." { return false }
    while first < last, vocabulary.words[text.words[first]].cues.contains(.lead), text.isWord(first + 1) { first += 1 }
    guard wordCount(text, first..<tokens.upperBound) >= 3 else { return false }
    if vocabulary.words[text.words[first]].cues.contains(.questionWord) { return true }
    return hits.starting(in: first..<first + 2).contains { hit in
      hit.cue == .anybody && hit.tokens.upperBound < tokens.upperBound
    }
  }

  private func asksFor(_ text: MessageText, _ tokens: Range<Int>, _ hits: PhraseHits) -> AnswerKind {
    if hits.all.contains(where: { $0.cue == .asksAmount }) { return .amount }
    if hits.all.contains(where: { $0.cue == .asksWhen }) { return .time }
    for token in tokens.prefix(4) where text.isWord(token) {
      let cues = vocabulary.words[text.words[token]].cues
      if cues.contains(.asksPerson) { return .person }
      if cues.contains(.asksTime) { return .time }
      if cues.contains(.asksPlace) { return .place }
    }
    return .anything
  }

  private func namesDay(_ text: MessageText, _ tokens: Range<Int>) -> Bool {
    tokens.contains { token in
      guard text.isWord(token) else { return false }
      let cues = vocabulary.words[text.words[token]].cues
      return cues.contains(.weekday) || cues.contains(.month)
        || (text.tokens[token].kind == .number && weighting.isDay(text, token))
    }
  }

  private func scores(_ text: MessageText, _ tokens: Range<Int>, _ hits: PhraseHits) -> CueScores {
    var scores = CueScores()
    for hit in hits.starting(in: tokens) { scores.add(hit.cue, hit.strength) }
    for token in tokens where text.isWord(token) {
      let cues = vocabulary.words[text.words[token]].cues
      if cues.contains(.leisure) { scores.add(.leisure, 1) }
      if cues.contains(.laughter) { scores.add(.laughter, 1) }
      if cues.contains(.collective) { scores.add(.collective, 1) }
      if cues.contains(.dueWord), namesDay(text, token + 1..<max(token + 1, min(token + 4, tokens.upperBound))) {
        scores.add(.request, 0.65)
      }
    }
    return scores
  }
}
