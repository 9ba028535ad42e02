/// How a message says where its parts end (RFC 9292, sections 3.1 and 3.2).
public enum Framing: Sendable, Equatable, CaseIterable {
  /// Of messages of either framing (RFC 9292, section 7).
  public static let mediaType = "message/bhttp"

  /// Each part behind its length.
  case knownLength
  /// Field lines and content chunks up to a zero: for streams.
  case indeterminateLength
}

/// Which of the two messages of an exchange a parser reads.
public enum MessageKind: Sendable, Equatable {
  case request, response

  /// The framing indicator: 0 and 1 for known, 2 and 3 for indeterminate length.
  func framingIndicator(_ framing: Framing) -> UInt64 {
    switch (self, framing) {
    case (.request, .knownLength): 0
    case (.response, .knownLength): 1
    case (.request, .indeterminateLength): 2
    case (.response, .indeterminateLength): 3
    }
  }
}
