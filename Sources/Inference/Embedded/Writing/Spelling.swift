/// Mends single words: one that its dictionary does not know becomes one that it knows, where exactly one is near.
///
/// A word with a capital may be a name and stays. So does a word for which two known words are equally near, and one that
/// would become a negation or stop being one. What stays is listed.
struct Spelling {
  /// Letters of the longest word that is looked at.
  static let wordLimit = 32
  /// Unknown words of one draft for which near ones are sought; the others are only listed.
  static let searchLimit = 64
  /// Unknown words that are listed.
  static let listLimit = 64

  private let dictionary: any SpellingDictionary
  private let rules: WritingRules?
  private var verdicts: [String: String?] = [:]
  private var searchCount = 0
  private(set) var unknownWords: [String] = []

  /// - Parameter dictionary: of the draft's language.
  init(_ dictionary: any SpellingDictionary) {
    self.dictionary = dictionary
    rules = WritingRules.rules(for: dictionary.language)
  }

  /// The one of several dictionaries that knows most of the draft's words, if it knows half of them.
  static func dictionary(for draft: Draft, among dictionaries: [any SpellingDictionary]) -> (any SpellingDictionary)? {
    let words = draft.words.map(\.core).filter(isLegible).prefix(400)
    let counts = dictionaries.map { dictionary in words.count { dictionary.contains(normalized($0)) } }
    guard let best = counts.max(), best > 0, best * 2 >= words.count else { return nil }
    return counts.firstIndex(of: best).map { dictionaries[$0] }
  }

  mutating func apply(to line: inout [Draft.Chunk]) throws(InferenceError) {
    for index in line.indices where line[index].isWord && Self.isLegible(line[index].core) {
      let core = line[index].core
      if core == "i", dictionary.language == .english {
        line[index].core = "I"
      } else if !dictionary.contains(Self.normalized(core)) {
        guard !Task.isCancelled else { throw InferenceError(InferenceError.engineTooSlow, "spelling was cancelled") }
        if let mended = mended(core) { line[index].core = mended } else { list(core) }
      }
    }
  }

  private mutating func list(_ word: String) {
    if unknownWords.count < Self.listLimit, !unknownWords.contains(word) { unknownWords.append(word) }
  }

  private mutating func mended(_ core: String) -> String? {
    if let known = verdicts[core] { return known }
    var verdict: String?
    if searchCount < Self.searchLimit, core.count >= 3, !core.contains(where: { $0.isUppercase }), !core.contains("-") {
      searchCount += 1
      verdict = NearWords(Self.normalized(core), dictionary).onlyOne
    }
    if let found = verdict, isNegation(found) != isNegation(core) { verdict = nil }
    if core.contains("’") { verdict = verdict?.replacing("'", with: "’") }
    verdicts[core] = .some(verdict)
    return verdict
  }

  private func isNegation(_ word: String) -> Bool { rules?.isNegation(word) ?? false }

  private static func normalized(_ word: String) -> String { word.replacing("’", with: "'") }

  /// Latin letters, no combining marks, not all upper case.
  static func isLegible(_ word: String) -> Bool {
    var hasLower = false
    var count = 0
    for scalar in word.unicodeScalars {
      count += 1
      guard scalar.value < 0x250 || scalar == "’" else { return false }
      hasLower = hasLower || scalar.properties.isLowercase
    }
    return hasLower && count <= wordLimit
  }
}
