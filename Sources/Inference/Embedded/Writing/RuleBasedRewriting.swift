/// Rewrites a draft by rules, without a model. Deterministic, and it invents nothing: every word of the result is the
/// draft's or what a rule puts in the place of listed words; spelling takes words from its dictionary.
struct RuleBasedRewriting {
  /// Bytes of the longest draft.
  static let draftByteLimit = 8_192

  let dictionaries: [any SpellingDictionary]

  /// - Throws: `engine-cannot` for a tone that needs a model, or spelling without a dictionary of the draft's language;
  ///   `draft-too-long`.
  func rewrite(_ request: RewriteRequest) throws(InferenceError) -> WrittenText {
    guard request.draft.utf8.count <= Self.draftByteLimit else {
      throw InferenceError(
        InferenceError.draftTooLong, "draft has \(request.draft.utf8.count) bytes, the limit is \(Self.draftByteLimit)")
    }
    var draft = Draft(AnswerSanitizer.sanitized(request.draft))
    draft.fixFrame()
    let language = Language(detectedIn: [request.draft])
    let rules = Language(certainIn: request.draft).flatMap { WritingRules.rules(for: $0) }
    var unknownWords: [String] = []
    switch request.tone {
    case .concise:
      if let rules {
        for index in draft.lines.indices { ConciseRules.apply(to: &draft.lines[index].chunks, rules) }
      }
    case .professional:
      for index in draft.lines.indices { ProfessionalRules.apply(to: &draft.lines[index].chunks, rules) }
    case .spelling:
      guard let dictionary = Spelling.dictionary(for: draft, among: dictionaries) else {
        throw InferenceError(InferenceError.engineCannot, "there is no dictionary of the draft's language")
      }
      var spelling = Spelling(dictionary)
      for index in draft.lines.indices { try spelling.apply(to: &draft.lines[index].chunks) }
      unknownWords = spelling.unknownWords
      return WrittenText(
        content: draft.text, language: dictionary.language, isRuleBased: true, unknownWords: unknownWords)
    case .friendlier, .clearer:
      throw InferenceError(InferenceError.engineCannot, "engine has no model to rewrite with")
    }
    return WrittenText(content: draft.text, language: language, isRuleBased: true)
  }
}

extension Language {
  /// The language of a text, where one has more of its stop words than any other, and they are not only a few of the
  /// text's words; nil where there is no telling.
  init?(certainIn text: String) {
    let scalars = Array(text.unicodeScalars)
    let words = Tokenizer.tokens(of: scalars).filter { $0.kind == .word }.map { Folding.folded(scalars[$0.range]) }
    let counts = Language.allCases.map { language in
      (language, words.count { Lexicon.lexicon(for: language).isStopWord($0) })
    }.sorted { $0.1 > $1.1 }
    guard counts[0].1 >= 2, counts[0].1 > counts[1].1, counts[0].1 * 6 >= words.count else { return nil }
    self = counts[0].0
  }
}
