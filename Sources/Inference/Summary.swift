/// What an engine made of a chat: quotations put in order, a model's own words, or either as another node wrote it.
public struct Summary: Sendable {
  public enum Content: Sendable {
    case extracted([Section])
    case generated(String)
    /// Written out by another node, which says whether it quotes.
    case rendered(String, isExtractive: Bool)
  }

  /// What the items of a section have in common, in the order in which sections are shown.
  public enum Kind: Int, Sendable, Hashable, CaseIterable {
    case decisions
    /// Requests put to the reader by name or to everyone.
    case askedOfReader
    case openQuestions
    case datesAndPlaces
    /// What a person took on, or was asked by name to do.
    case tasks
    case topics
  }

  public struct Section: Sendable {
    public let kind: Kind
    public let items: [Item]

    public init(kind: Kind, items: [Item]) {
      self.kind = kind
      self.items = items
    }
  }

  /// Words of one sender. `text` is contiguous text of the chat; `…` stands where something was left out.
  public struct Item: Sendable, Equatable {
    public let text: String
    public let sender: String
    public let time: LocalMinute

    public init(text: String, sender: String, time: LocalMinute) {
      self.text = text
      self.sender = sender
      self.time = time
    }
  }

  public let content: Content
  public let language: Language

  public init(content: Content, language: Language) {
    self.content = content
    self.language = language
  }

  public var sections: [Section] {
    guard case .extracted(let sections) = content else { return [] }
    return sections
  }

  public var isExtractive: Bool {
    switch content {
    case .extracted: true
    case .generated: false
    case .rendered(_, let isExtractive): isExtractive
    }
  }

  /// Plain text for people, with control and direction characters removed.
  public func rendered() -> String {
    switch content {
    case .generated(let text), .rendered(let text, _): AnswerSanitizer.sanitized(text)
    case .extracted(let sections): SummaryText(sections: sections, wording: language.wording).text
    }
  }
}
