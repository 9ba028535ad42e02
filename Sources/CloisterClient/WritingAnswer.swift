public import ChatHistory

/// A draft in other words, and what is known of how it was made. Holds content: neither printable nor encodable.
public struct RewriteAnswer: Sendable {
  /// The word of consent and receipt.
  public static let task = "rewrite"

  /// Text made safe to print.
  public let text: String
  /// The engine's name, as the node says.
  public let engine: String
  /// True where rules made it, without a model: nothing in it that is neither in the draft nor in a rule.
  public let isRuleBased: Bool
  /// Words that the engine's dictionary does not know and that were left as they are, for the person to look at. Empty
  /// for other tones than `spelling`.
  public let unknownWords: [String]
  public let receiptIdentifier: String
  /// True where the nodes are simulated: they protect nobody.
  public let isSimulated: Bool
  public var timings: Timings
  /// What follows on the wire, filler alone; nil where the answer was one block.
  public let remainder: AnswerRemainder?
}

/// A reply drafted in the person's name, which they read before they send it. Holds content: neither printable nor
/// encodable.
public struct ReplyAnswer: Sendable {
  /// The word of consent and receipt.
  public static let task = "reply"

  /// Text made safe to print.
  public let text: String
  /// The engine's name, as the node says.
  public let engine: String
  public let receiptIdentifier: String
  /// True where the nodes are simulated: they protect nobody.
  public let isSimulated: Bool
  /// What did not go into the request.
  public let omission: ChatSelection.Omission
  /// True where the export does not tell days from months.
  public let isDateOrderAmbiguous: Bool
  /// True where times may be 12 hours off: the export's words for morning and afternoon are not known.
  public let isDayPeriodAmbiguous: Bool
  public let messageCount: Int
  public var timings: Timings
  /// What follows on the wire, filler alone; nil where the answer was one block.
  public let remainder: AnswerRemainder?
}
