/// Which words of a clause carry information, and how much.
struct FeatureWeighting {
  let vocabulary: Vocabulary
  private let contentWeights: [Double]

  enum Weight {
    static let clock = 2.17
    static let looseClock = 0.53
    static let day = 1.44
    static let relativeDay = 0.46
    static let money = 1.03
    static let amount = 1.15
    static let number = 0.61
    static let contact = 3.01
    static let place = 0.52
    static let name = 0.6
    static let participant = 0.87
    static let rareWord = 0.42
    static let sharedWord = 0.36
  }

  init(vocabulary: Vocabulary, messageCount: Int) {
    self.vocabulary = vocabulary
    contentWeights = vocabulary.words.map { word in
      Self.contentWeight(word, count: vocabulary.words[word.topic].messageCount, messageCount: messageCount)
    }
  }

  /// Words that come up again tell the topic; words in every message tell nothing.
  private static func contentWeight(_ word: Vocabulary.Word, count: Int, messageCount: Int) -> Double {
    guard !word.cues.contains(.stop), !word.cues.contains(.laughter), word.text.unicodeScalars.count >= 3 else {
      return 0
    }
    guard !word.isParticipant else { return Weight.participant }
    let share = Double(count) / Double(max(messageCount, 1))
    guard share < 0.12 || count < 4 else { return Weight.rareWord / 2 }
    return count > 1 ? Weight.sharedWord : Weight.rareWord
  }

  func features(of text: MessageText, tokens: Range<Int>) -> [Feature] {
    var features: [Feature] = []
    for token in tokens where text.isWord(token) {
      guard let (kind, weight) = feature(text, token, in: tokens), weight > 0 else { continue }
      let word = vocabulary.words[text.words[token]].topic
      if let index = features.firstIndex(where: { $0.word == word }) {
        features[index].weight = max(features[index].weight, weight)
      } else {
        features.append(Feature(word: word, weight: weight, kind: kind))
      }
    }
    return features
  }

  private func feature(_ text: MessageText, _ token: Int, in tokens: Range<Int>) -> (Feature.Kind, Double)? {
    let word = vocabulary.words[text.words[token]]
    switch text.tokens[token].kind {
    case .link: return (.place, Weight.contact)
    case .number: return number(text, token, word.text)
    default: break
    }
    let isShortForm = word.text.unicodeScalars.count <= 3
    if word.cues.contains(.weekday), !isShortForm || text.tokens[token].isCapitalized { return (.day, Weight.day) }
    if word.cues.contains(.month), !word.cues.contains(.stop),
      nearNumber(text, token) || text.tokens[token].isCapitalized
    {
      return (.day, Weight.day)
    }
    if word.cues.contains(.relativeDay) { return (.day, Weight.relativeDay) }
    if word.cues.contains(.stop) || word.cues.contains(.clockUnit) || word.cues.contains(.currency) { return nil }
    if word.cues.contains(.streetWord) || isStreet(word.text) { return (.place, Weight.place) }
    let isInner = token > tokens.lowerBound
    if isInner, text.tokens[token].isCapitalized, !word.isParticipant {
      if follows(text, token, .placePreposition) { return (.place, Weight.place) }
      if vocabulary.language != .german { return (.name, Weight.name) }
      return (.content, contentWeights[text.words[token]] + 0.1)
    }
    return (.content, contentWeights[text.words[token]])
  }

  /// True for a number that names a day.
  func isDay(_ text: MessageText, _ token: Int) -> Bool {
    number(text, token, vocabulary.words[text.words[token]].text).0 == .day
  }

  private func isStreet(_ word: String) -> Bool {
    vocabulary.language == .german
      && ["strasse", "platz", "allee", "gasse", "bahnhof", "halle", "haus"].contains { suffix in
        word.hasSuffix(suffix) && word.utf8.count > suffix.utf8.count + 2
      }
  }

  /// True where the preposition stands one or two words before.
  private func follows(_ text: MessageText, _ token: Int, _ cue: Cue) -> Bool {
    for offset in 1...2 where token - offset >= 0 && text.isWord(token - offset) {
      if vocabulary.words[text.words[token - offset]].cues.contains(cue) { return true }
    }
    return false
  }

  private func cues(_ text: MessageText, _ token: Int) -> CueSet {
    guard text.tokens.indices.contains(token), text.isWord(token) else { return CueSet() }
    return vocabulary.words[text.words[token]].cues
  }

  private func isNumber(_ text: MessageText, _ token: Int) -> Bool {
    text.tokens.indices.contains(token) && text.tokens[token].kind == .number
  }

  private func nearNumber(_ text: MessageText, _ token: Int) -> Bool {
    (1...3).contains { isNumber(text, token - $0) } || isNumber(text, token + 1)
  }

  private func symbol(_ text: MessageText, _ token: Int) -> Unicode.Scalar? {
    guard text.tokens.indices.contains(token), case .symbol(let scalar) = text.tokens[token].kind else { return nil }
    return scalar
  }

  private func number(_ text: MessageText, _ token: Int, _ word: String) -> (Feature.Kind, Double) {
    let after = cues(text, token + 1)
    if Self.isCurrency(symbol(text, token - 1)) || Self.isCurrency(symbol(text, token + 1)) || after.contains(.currency)
    {
      return (.amount, Weight.money)
    }
    let shape = NumberShape(word)
    if shape.digitCount >= 7 { return (.amount, Weight.contact) }
    if shape.isClock || after.contains(.clockUnit) || shape.suffix == "am" || shape.suffix == "pm"
      || shape.suffix == "h"
      || shape.suffix == "uhr"
    {
      return (.clock, Weight.clock)
    }
    let isOrdinal = ["st", "nd", "rd", "th"].contains(shape.suffix)
    let isStopped = symbol(text, token + 1) == "." && vocabulary.language == .german && shape.digitCount <= 2
    if isOrdinal, let day = shape.leading, !(1...31).contains(day) { return (.amount, Weight.number) }
    if isOrdinal || shape.isDate || isStopped || (-2...3).contains(where: { cues(text, token + $0).contains(.month) })
      || cues(text, token - 1).contains(.weekday)
    {
      return (.day, Weight.day)
    }
    if let value = shape.value, value <= 24, cues(text, token - 1).contains(.clockPreposition) {
      return (.clock, Weight.looseClock)
    }
    if after.contains(.unit) || symbol(text, token + 1) == "%" { return (.amount, Weight.amount) }
    return (.amount, Weight.number)
  }

  private static func isCurrency(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return scalar.value == 0x24 || scalar.value == 0xA3 || scalar.value == 0xA5
      || (0x20A0...0x20CF).contains(scalar.value)
  }
}

/// What a number token looks like.
private struct NumberShape {
  var digitCount = 0
  /// The value of a token of digits alone, below 10,000.
  var value: Int?
  var suffix = ""
  /// The first group of digits.
  var leading: Int?
  var isClock = false
  var isDate = false

  init(_ word: String) {
    var groups: [(value: Int, count: Int)] = [(0, 0)]
    var separator: Unicode.Scalar?
    for scalar in word.unicodeScalars {
      if Tokenizer.isDigit(scalar) {
        digitCount += 1
        let last = groups[groups.count - 1]
        groups[groups.count - 1] = (
          last.count < 5 ? last.value * 10 + Int(scalar.value - 48) : last.value, last.count + 1
        )
      } else if Tokenizer.isLetter(scalar) {
        suffix.unicodeScalars.append(scalar)
      } else {
        separator = scalar
        groups.append((0, 0))
      }
    }
    leading = groups[0].count <= 4 ? groups[0].value : nil
    if groups.count == 1, suffix.isEmpty, digitCount <= 4 { value = groups[0].value }
    if groups.count == 2, let separator {
      let isMinute = groups[1].count == 2 && groups[1].value < 60 && groups[0].value <= 24 && groups[0].count <= 2
      isClock = isMinute && (separator == ":" || separator == ".")
      let isDay = (1...31).contains(groups[0].value) && (1...12).contains(groups[1].value)
      isDate = isDay && (separator == "/" || (separator == "." && groups[1].count <= 2 && !isClock))
    }
    if groups.count == 3 { isDate = digitCount <= 8 && (separator == "." || separator == "/" || separator == "-") }
  }
}
