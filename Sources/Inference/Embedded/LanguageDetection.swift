extension Language {
  /// Words of a chat that are looked at.
  private static let sampleLimit = 4000

  /// The language whose stop words the chat holds most of; English where there is no telling.
  package init(detectedIn messages: [ChatMessage]) { self.init(detectedIn: messages.lazy.map(\.text)) }

  /// - Parameter texts: the newest last.
  package init(detectedIn texts: some BidirectionalCollection<String>) {
    var counts: [Language: Int] = [:]
    var sampled = 0
    // The newest messages are what a summary is about.
    for text in texts.reversed() where sampled < Self.sampleLimit {
      let scalars = Array(text.unicodeScalars.prefix(2000))
      for token in Tokenizer.tokens(of: scalars) where token.kind == .word {
        sampled += 1
        let word = Folding.folded(scalars[token.range])
        for language in Language.allCases where Lexicon.lexicon(for: language).isStopWord(word) {
          counts[language, default: 0] += 1
        }
      }
    }
    var best = Language.english
    for language in Language.allCases where counts[language, default: 0] > counts[best, default: 0] { best = language }
    self = best
  }
}
