/// One message as a summary needs it. All of it is untrusted text.
public struct ChatMessage: Sendable {
  public let time: LocalMinute
  public let sender: String
  public let text: String

  public init(time: LocalMinute, sender: String, text: String) {
    self.time = time
    self.sender = sender
    self.text = text
  }
}

/// Messages in the order of the chat, and the name of the one who asks where it is known.
public struct SummaryRequest: Sendable {
  public let messages: [ChatMessage]
  public let reader: String?

  public init(messages: [ChatMessage], reader: String? = nil) {
    self.messages = messages
    self.reader = reader
  }
}
