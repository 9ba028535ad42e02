/// A model's own words, sanitized: a draft rewritten, or a reply.
public struct WrittenText: Sendable, Equatable {
  public let content: String
  public let language: Language

  /// - Parameter content: untrusted; it is sanitized here.
  public init(content: String, language: Language) {
    self.content = AnswerSanitizer.sanitized(content)
    self.language = language
  }
}
