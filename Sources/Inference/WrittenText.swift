/// A draft rewritten, or a reply: a model's own words, or the draft's after rules. Sanitized.
public struct WrittenText: Sendable, Equatable {
  public let content: String
  public let language: Language
  /// True where rules made it, without a model: every word is the draft's, or one that a rule puts in its place.
  public let isRuleBased: Bool
  /// Words that no dictionary knows and that were left as they are, in the order of the text; none twice.
  public let unknownWords: [String]

  /// - Parameters:
  ///   - content: untrusted; it is sanitized here.
  ///   - unknownWords: untrusted; they are sanitized here.
  public init(content: String, language: Language, isRuleBased: Bool = false, unknownWords: [String] = []) {
    self.content = AnswerSanitizer.sanitized(content)
    self.language = language
    self.isRuleBased = isRuleBased
    self.unknownWords = unknownWords.map { AnswerSanitizer.sanitized($0) }
  }
}
