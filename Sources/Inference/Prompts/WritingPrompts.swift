extension Prompt {
  public static let reply = Prompt(
    "reply", answerTokenLimit: 400,
    """
    You draft one reply to a chat, in the name of the reader, who will read it before anything is sent. Answer the \
    newest messages. Where there is a hint, it is what the reader wants to say: say that and no more. Promise nothing, \
    and tell no fact that neither chat nor hint tells. Write in the language of the chat, in the reader's tone, at most \
    80 words, plain text. Give the text of the reply alone.
    """,
    data: "the chat and, where they are known, the reader's name and the hint")

  public static func rewrite(_ tone: RewriteRequest.Tone) -> Prompt {
    rewriting("rewrite-\(tone.rawValue)", task(tone))
  }

  private static func task(_ tone: RewriteRequest.Tone) -> String {
    switch tone {
    case .concise: "Make it as short as it can be without losing a point."
    case .professional: "Make it formal and polite, as one writes to an office or to a stranger."
    case .friendlier: "Make it friendlier and warmer, without flattery."
    case .clearer: "Make it clearer: simple words, one thought in each sentence, what matters first."
    case .spelling: "Mend its spelling, grammar and punctuation, and nothing else."
    }
  }

  /// As long as the draft may be: the tokens are those of the context's budget.
  private static func rewriting(_ name: String, _ task: String) -> Prompt {
    Prompt(
      name, answerTokenLimit: .max,
      """
      You rewrite the draft of a message. \(task) Keep its language, its meaning, names, numbers, dates and links. Do \
      not answer it, do not explain what you did. Give the text of the message alone.
      """,
      data: "the draft")
  }
}
