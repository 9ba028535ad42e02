public import ChatHistory

/// Where the time of a request went, by the monotonic clock.
public struct Timings: Sendable, Equatable {
  /// From the start, which is the caller's, to the last byte.
  public var total: Duration = .zero
  /// The node's engine, as the node says.
  public var engine: Duration = .zero
  /// Policy, epoch and evidence.
  public var verification: Duration = .zero
  /// Fetching and sending, without the engine's time.
  public var transport: Duration = .zero

  public init() {}

  /// What the private path adds to the engine's own time.
  public var added: Duration { total - engine }
}

/// A summary, and what is known of how it was made. Holds content: neither printable nor encodable.
public struct SummaryAnswer: Sendable {
  /// Text made safe to print; still only as true as the engine.
  public let summary: String
  /// The engine's name, as the node says.
  public let engine: String
  /// True when the summary only quotes, without a model.
  public let isExtractive: Bool
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
