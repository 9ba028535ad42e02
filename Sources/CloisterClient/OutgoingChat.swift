import ChatHistory
public import Redaction

/// That names and numbers are replaced before a chat leaves the device, and put back into the answer.
public struct ChatRedaction: Sendable {
  /// What is replaced besides the names of who wrote or is mentioned: children, places, firms.
  public let furtherNames: [String]

  public init(furtherNames: [String] = []) { self.furtherNames = furtherNames }
}

/// How much was replaced.
public struct RedactionCounts: Sendable, Equatable {
  /// Different things of each kind; of names, their words, whether the chat says them or not.
  public let replacedCounts: [RedactedKind: Int]
}

/// The part of a chat that may leave, as it leaves: as it is, or redacted. Holds content, and what was redacted.
struct OutgoingChat: Sendable {
  let chat: Chat
  /// Of `chat`: all of it once it is redacted, since it holds no more than may leave.
  let range: ChatSelection.Range
  let reader: String?
  let isDateOrderAmbiguous: Bool
  let counts: RedactionCounts?
  private let restorer: Restorer?
  private let omission: ChatSelection.Omission?

  /// - Parameter redaction: nil where the chat leaves as it is.
  init(_ chat: Chat, range: ChatSelection.Range, reader: String?, redaction: ChatRedaction?) {
    isDateOrderAmbiguous = chat.isDateOrderAmbiguous
    guard let redaction else {
      (self.chat, self.range, self.reader) = (chat, range, reader)
      (counts, restorer, omission) = (nil, nil, nil)
      return
    }
    let selection = ChatSelection(chat, range)
    // What the app said itself names members who never write, and no engine reads it.
    let messages = selection.messages.filter { $0.sender != nil }
    var redactor = Redactor(
      names: chat.participants + [reader].compactMap(\.self) + redaction.furtherNames, texts: messages.map(\.text))
    self.reader = reader.map { redactor.redactName($0) }
    let redacted = messages.map { message in
      // A file's name says what nobody reads.
      Message(
        time: message.time, sender: message.sender.map { redactor.redactName($0) }, kind: message.kind,
        text: redactor.redact(message.text), isEdited: message.isEdited)
    }
    self.chat = Chat(
      title: nil, messages: redacted, dateOrder: chat.dateOrder, isDateOrderAmbiguous: chat.isDateOrderAmbiguous)
    self.range = .unread(.max)
    counts = RedactionCounts(
      replacedCounts: Dictionary(
        uniqueKeysWithValues: RedactedKind.allCases.map { ($0, redactor.count(of: $0)) }))
    restorer = redactor.restorer
    omission = selection.omission
  }

  /// The answer with everything put back.
  func restored(_ answer: String) -> String { restorer?.restored(answer) ?? answer }

  /// What was left out of the chat, before and after it was redacted.
  func omission(of selection: ChatSelection) -> ChatSelection.Omission {
    guard let omission else { return selection.omission }
    return ChatSelection.Omission(
      outsideRangeCount: omission.outsideRangeCount,
      overLimitCount: omission.overLimitCount + selection.omission.overLimitCount,
      shortenedCount: selection.omission.shortenedCount)
  }
}
