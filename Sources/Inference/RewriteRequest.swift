/// A draft to put into other words. All of it is text of the person who asks.
public struct RewriteRequest: Sendable {
  /// How the draft should read afterwards.
  public enum Tone: String, Sendable, CaseIterable {
    case concise
    case professional
    case friendlier
    case clearer
    /// As before, with its mistakes mended and nothing else.
    case spelling

    /// Whether no fixed rules make a draft read like this.
    public var needsModel: Bool {
      switch self {
      case .friendlier, .clearer: true
      case .concise, .professional, .spelling: false
      }
    }
  }

  public let draft: String
  public let tone: Tone

  /// - Throws: `task-request-invalid` where there is nothing to rewrite.
  public init(draft: String, tone: Tone) throws(InferenceError) {
    guard draft.contains(where: { !$0.isWhitespace }) else {
      throw InferenceError(InferenceError.taskInvalid, "draft is empty")
    }
    self.draft = draft
    self.tone = tone
  }
}
