/// Knows which words a language has. What it is asked is one word: letters, with apostrophes and hyphens inside, at most
/// `Spelling.wordLimit` of them.
public protocol SpellingDictionary: Sendable {
  var language: Language { get }

  func contains(_ word: String) -> Bool
}
