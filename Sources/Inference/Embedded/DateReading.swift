/// Which day the words of a clause speak of, as far as they tell.
struct DateReading {
  let vocabulary: Vocabulary

  /// The latest day that the tokens name, as days since 1970-01-01, read from the day the message was written on.
  func latestDay(in text: MessageText, tokens: Range<Int>, written: LocalMinute) -> Int? {
    var latest: Int?
    for token in tokens where text.isWord(token) {
      guard let day = day(text, token, written: written) else { continue }
      latest = max(latest ?? day, day)
    }
    return latest
  }

  private func day(_ text: MessageText, _ token: Int, written: LocalMinute) -> Int? {
    let word = vocabulary.words[text.words[token]]
    if word.cues.contains(.relativeDay), let offset = DayWords.offset(of: word.text, language: vocabulary.language) {
      return written.dayNumber + offset
    }
    if word.cues.contains(.weekday), let weekday = DayWords.weekday(of: word.text, language: vocabulary.language) {
      let ahead = (weekday - written.weekday + 7) % 7
      // It may be the day of the week after.
      return written.dayNumber + ahead + 7
    }
    guard word.cues.contains(.month), let month = DayWords.month(of: word.text, language: vocabulary.language) else {
      return nil
    }
    // The day stands before the month, or right behind it.
    for offset in [-1, -2, -3, 1] where text.tokens.indices.contains(token + offset) && text.isWord(token + offset) {
      let digits = vocabulary.words[text.words[token + offset]].text.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits.prefix(3)), (1...31).contains(number) else { continue }
      guard
        let date = LocalMinute(year: written.year, month: month, day: number, hour: 0, minute: 0)
      else { continue }
      // A date long before the message is one of the next year.
      return date.dayNumber < written.dayNumber - 180 ? date.dayNumber + 365 : date.dayNumber
    }
    return nil
  }
}

/// Names of days and months, as the dictionaries fold them.
private enum DayWords {
  static func offset(of word: String, language: Language) -> Int? {
    switch (language, word) {
    case (.english, "today"), (.english, "tonight"), (.german, "heute"), (.german, "heut"), (.spanish, "hoy"): 0
    case (.english, "tomorrow"), (.english, "tmrw"), (.german, "morgen"): 1
    case (.german, "ubermorgen"): 2
    default: nil
    }
  }

  static func weekday(of word: String, language: Language) -> Int? {
    let stems: [String] =
      switch language {
      case .english: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
      case .german: ["mo", "di", "mi", "do", "fr", "sa", "so"]
      case .spanish: ["lun", "mar", "mie", "jue", "vie", "sab", "dom"]
      }
    return stems.firstIndex { word.hasPrefix($0) }
  }

  static func month(of word: String, language: Language) -> Int? {
    let stems: [String] =
      switch language {
      case .english: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
      case .german: ["jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"]
      case .spanish: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "se", "oct", "nov", "dic"]
      }
    return stems.firstIndex { word.hasPrefix($0) }.map { $0 + 1 }
  }
}
