/// A draft to put into other words. All of it is text of the person who asks.
public struct RewriteRequest: Sendable {
  /// How the draft should read afterwards.
  public enum Tone: String, Sendable, CaseIterable {
    case shorter
    case friendlier
    case formal
    case clearer
  }

  public let draft: String
  /// Nil for mistakes alone to be mended.
  public let tone: Tone?

  /// - Throws: `task-request-invalid` where there is nothing to rewrite.
  public init(draft: String, tone: Tone? = nil) throws(InferenceError) {
    guard draft.contains(where: { !$0.isWhitespace }) else {
      throw InferenceError(InferenceError.taskInvalid, "draft is empty")
    }
    self.draft = draft
    self.tone = tone
  }
}
